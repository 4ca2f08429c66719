"""Tickets: the list, one of them, and what is done with it."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actors import Actor
from accounts.api.authentication import actor_of
from accounts.api.documentation import documented
from accounts.api.serializers import StrictSerializer
from accounts.errors import InvalidInput
from accounts.transactions import run_unit
from tickets.api import inputs, outputs
from tickets.api.lists import build_ticket_page, read_ticket_query
from tickets.models import Priority, Ticket, TicketStatus
from tickets.representations.tickets import represent_ticket_for
from tickets.selectors.counts import count_tabs
from tickets.selectors.reading import public_position
from tickets.selectors.tickets import get_ticket_for
from tickets.services.assignment import assign_by_rule, assign_ticket
from tickets.services.drafts import TicketDraft
from tickets.services.labelling import KEEP, TicketChanges, update_ticket
from tickets.services.merging import merge_ticket
from tickets.services.opening import open_ticket
from tickets.services.rating import rate_ticket
from tickets.services.reading import mark_read
from tickets.services.snoozing import snooze_ticket
from tickets.services.workflow import change_status

_CHANGE_ERRORS = (401, 403, 404, 409, 415)


class TicketsView(APIView):
    @documented(
        {200: outputs.TicketPage}, errors=(401, 403), parameters=[inputs.TicketQuery], operation_id="tickets_list"
    )
    def get(self, request: Request) -> Response:
        """A customer's own tickets; for staff those that they may see."""
        actor = actor_of(request)
        query, cursor, limit = read_ticket_query(actor, request)
        return Response(build_ticket_page(request, actor, query, cursor, limit))

    @documented(
        {200: outputs.TicketOutput, 201: outputs.TicketOutput},
        errors=(401, 403, 409, 415),
        request=inputs.OpenTicketInput,
        operation_id="tickets_open",
    )
    def post(self, request: Request) -> Response:
        """Open a ticket. The same key and body again: 200 with the stored ticket."""
        actor, body = actor_of(request), _read(inputs.OpenTicketInput, request)
        draft = TicketDraft(
            id=body["id"],
            text=body["text"],
            subject=body["subject"],
            category_id=body["category"],
            attachments=body["attachments"],
            customer_id=body["customer"],
        )
        opened = run_unit(lambda: open_ticket(actor=actor, draft=draft))
        return Response(represent_ticket_for(actor, opened.ticket.pk), status=201 if opened.created else 200)


class CountsView(APIView):
    @documented({200: outputs.CountsOutput}, errors=(401,), operation_id="tickets_counts")
    def get(self, request: Request) -> Response:
        """How many tickets each tab of the inbox holds, and how many of them something unread."""
        counts = count_tabs(actor_of(request))
        return Response({tab: {"count": found.count, "unread": found.unread} for tab, found in counts.items()})


class TicketView(APIView):
    @documented({200: outputs.TicketOutput}, operation_id="tickets_read")
    def get(self, request: Request, reference: str) -> Response:
        """By id or by number."""
        actor = actor_of(request)
        return Response(represent_ticket_for(actor, get_ticket_for(actor, reference).pk))

    @documented(
        {200: outputs.TicketOutput},
        errors=_CHANGE_ERRORS,
        request=inputs.TicketChangesInput,
        operation_id="tickets_change",
    )
    def patch(self, request: Request, reference: str) -> Response:
        """Subject, category, priority, tags. With `expected_sequence`, 409 where somebody was faster."""
        actor, body = actor_of(request), _read(inputs.TicketChangesInput, request)
        changes = TicketChanges(
            subject=body.get("subject", KEEP),
            category_id=body.get("category", KEEP),
            priority=Priority(body["priority"]) if "priority" in body else KEEP,
            tags=body.get("tags", KEEP),
        )
        expected = body["expected_sequence"]
        return _answer(
            actor, lambda: update_ticket(actor=actor, ticket=reference, changes=changes, expected_sequence=expected)
        )


class AssignView(APIView):
    @documented(
        {200: outputs.TicketOutput}, errors=_CHANGE_ERRORS, request=inputs.AssignInput, operation_id="tickets_assign"
    )
    def post(self, request: Request, reference: str) -> Response:
        """To a person, to nobody (null), or by the team's rule ("auto")."""
        actor, body = actor_of(request), _read(inputs.AssignInput, request)
        if body["assignee"] == "auto":
            return _answer(actor, lambda: assign_by_rule(actor=actor, ticket=reference))
        assignee, expected = _person(body["assignee"]), body["expected_sequence"]
        return _answer(
            actor,
            lambda: assign_ticket(actor=actor, ticket=reference, assignee_id=assignee, expected_sequence=expected),
        )


class StatusView(APIView):
    @documented(
        {200: outputs.TicketOutput}, errors=_CHANGE_ERRORS, request=inputs.StatusInput, operation_id="tickets_status"
    )
    def post(self, request: Request, reference: str) -> Response:
        actor, body = actor_of(request), _read(inputs.StatusInput, request)
        status, expected = TicketStatus(body["status"]), body["expected_sequence"]
        return _answer(
            actor, lambda: change_status(actor=actor, ticket=reference, status=status, expected_sequence=expected)
        )


class SnoozeView(APIView):
    @documented(
        {200: outputs.TicketOutput}, errors=_CHANGE_ERRORS, request=inputs.SnoozeInput, operation_id="tickets_snooze"
    )
    def post(self, request: Request, reference: str) -> Response:
        """Put aside until then, or take up again (null). A message of its customer takes it up too."""
        actor, body = actor_of(request), _read(inputs.SnoozeInput, request)
        until, expected = body["until"], body["expected_sequence"]
        return _answer(
            actor, lambda: snooze_ticket(actor=actor, ticket=reference, until=until, expected_sequence=expected)
        )


class MergeView(APIView):
    @documented(
        {200: outputs.TicketOutput}, errors=_CHANGE_ERRORS, request=inputs.MergeInput, operation_id="tickets_merge"
    )
    def post(self, request: Request, reference: str) -> Response:
        """Let it go on in another ticket of the same customer, and close it for good."""
        actor, body = actor_of(request), _read(inputs.MergeInput, request)
        into, expected = body["into"], body["expected_sequence"]
        return _answer(
            actor, lambda: merge_ticket(actor=actor, ticket=reference, into=into, expected_sequence=expected)
        )


class RateView(APIView):
    @documented(
        {200: outputs.TicketOutput}, errors=_CHANGE_ERRORS, request=inputs.RateInput, operation_id="tickets_rate"
    )
    def post(self, request: Request, reference: str) -> Response:
        """Its customer rates what is done; changeable for a day. Without `comment` the one that is there stays."""
        actor, body = actor_of(request), _read(inputs.RateInput, request)
        return _answer(
            actor,
            lambda: rate_ticket(actor=actor, ticket=reference, score=body["score"], comment=body.get("comment")),
        )


class ReadView(APIView):
    @documented(
        {200: outputs.ReadOutput}, errors=(401, 404, 415), request=inputs.ReadInput, operation_id="tickets_mark_read"
    )
    def post(self, request: Request, reference: str) -> Response:
        """How far one has read; never goes back."""
        actor, body = actor_of(request), _read(inputs.ReadInput, request)
        ticket = get_ticket_for(actor, reference)
        held = run_unit(lambda: mark_read(actor=actor, ticket=ticket.pk, sequence=body["sequence"]))
        return Response({"sequence": held if actor.is_staff else public_position(ticket.pk, held)})


def _answer(actor: Actor, change: Any) -> Response:
    """Run a change of a ticket, and show the ticket as the actor sees it then."""
    ticket: Ticket = run_unit(change)
    return Response(represent_ticket_for(actor, ticket.pk))


def _read(kind: type[StrictSerializer], request: Request) -> dict[str, Any]:
    body = kind(data=request.data)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


def _person(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text is not None else None
    except ValueError as error:
        raise InvalidInput.of("assignee", _("There is no such person.")) from error
