"""Who should know of an event. The only place that decides it."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.compiled_queries import CompiledQuery, Given
from accounts.models import Availability, Role, User
from tickets.models import AuthorRole, EventType, MessageDeliveryState, NotificationKind, Ticket, TicketEvent
from tickets.permissions import people_who_can_see

_ENDS = ("resolved", "closed")
_NOT_ARRIVED = (MessageDeliveryState.FAILED, MessageDeliveryState.BLOCKED)
Decision = tuple[NotificationKind, Iterable[User]]
Answering = Callable[[Ticket], list[User]]


def find_recipients(events: Sequence[TicketEvent]) -> list[Decision | None]:
    """For each event the kind of the notification and the people who get it; None where nobody has to know.

    Never the person who did it, never somebody who may not see the ticket.
    """
    answering = _Answering()
    return [_find_recipients(event, answering) for event in events]


def _find_recipients(event: TicketEvent, answering: Answering) -> Decision | None:
    decide = _DECISIONS.get(EventType(event.type))
    decision = decide(event, answering) if decide is not None else None
    if decision is None:
        return None
    kind, people = decision
    return kind, [person for person in people if person.pk != event.actor_id]


def may_concern(event: TicketEvent) -> bool:
    """Whether anybody may have to know, as far as the event itself says: most ends of a delivery concern nobody."""
    match event.type:
        case EventType.TICKET_STATUS_CHANGED:
            return event.payload["new"] in _ENDS
        case EventType.MESSAGE_DELIVERY_CHANGED:
            return event.payload["new"] in _NOT_ARRIVED
        case EventType.MESSAGE_EDITED:
            return bool(event.payload.get("asks"))  # older events say nothing of it
    return True


def _customer(event: TicketEvent) -> "QuerySet[User]":
    return User.objects.filter(pk=event.ticket.customer_id, is_active=True)


def _those_who_answer(ticket: Ticket) -> "QuerySet[User]":
    """Its agent; while it has none, the available agents of its queue."""
    people = people_who_can_see(ticket).exclude(pk=ticket.customer_id).order_by("pk")
    if ticket.assignee_id is not None:
        return people.filter(pk=ticket.assignee_id)
    queue = Q(team=ticket.team_id) if ticket.team_id else Q()
    return people.filter(queue, role=Role.AGENT, availability=Availability.AVAILABLE)


def _those_who_answer_any(*, of_team: bool, assigned: bool) -> "QuerySet[User]":
    """The same of a ticket that is not known yet: whoever asks leaves its customer out."""
    given: Any = Given
    return _those_who_answer(
        Ticket(team_id=given("team") if of_team else None, assignee_id=given("assignee") if assigned else None)
    )


class _Answering:
    """Those who answer a ticket, looked up once for all of a queue or of an agent."""

    _QUERIES = {
        (of_team, assigned): CompiledQuery(partial(_those_who_answer_any, of_team=of_team, assigned=assigned))
        for of_team in (False, True)
        for assigned in (False, True)
    }

    def __init__(self) -> None:
        self._known: dict[tuple[UUID | None, UUID | None], list[User]] = {}

    def __call__(self, ticket: Ticket) -> list[User]:
        key = ticket.team_id, ticket.assignee_id
        if key not in self._known:
            query = self._QUERIES[ticket.team_id is not None, ticket.assignee_id is not None]
            self._known[key] = query.fetch(team=ticket.team_id, assignee=ticket.assignee_id)
        return [person for person in self._known[key] if person.pk != ticket.customer_id]


def _ticket_created(event: TicketEvent, answering: Answering) -> Decision:
    return NotificationKind.TICKET_CREATED, answering(event.ticket)


def _ticket_assigned(event: TicketEvent, _answering: Answering) -> Decision:
    agent = people_who_can_see(event.ticket).filter(pk=UUID(event.payload["new"]))
    return NotificationKind.TICKET_ASSIGNED, agent


def _status_changed(event: TicketEvent, _answering: Answering) -> Decision | None:
    """Only an end matters to the customer; that a ticket moved on, or goes on in another one, they see there."""
    if event.payload["new"] not in _ENDS or event.ticket.merged_into_id is not None:
        return None
    return NotificationKind.TICKET_STATUS_CHANGED, _customer(event)


def _snoozed(event: TicketEvent, answering: Answering) -> Decision | None:
    """Its time has come; whoever took it up, or woke it by writing, is heard of otherwise."""
    if event.payload["new"] is not None or event.actor_id is not None:
        return None
    return NotificationKind.TICKET_WOKEN, answering(event.ticket)


def _merged(event: TicketEvent, _answering: Answering) -> Decision | None:
    """The agent of the ticket that has taken the other one in; where nobody has it, nobody's work has grown."""
    if event.payload["direction"] != "from":
        return None
    agent = people_who_can_see(event.ticket).filter(pk__in=[event.ticket.assignee_id])
    return NotificationKind.TICKET_MERGED, agent


def _message_sent(event: TicketEvent, answering: Answering) -> Decision | None:
    """A customer's first message is the ticket itself, of which its own event tells."""
    if event.payload["author_role"] == AuthorRole.SYSTEM:  # automatic words: there is nothing to be told of
        return None
    if event.payload["author_role"] != AuthorRole.CUSTOMER:
        return NotificationKind.MESSAGE_RECEIVED, _customer(event)
    if event.message is not None and event.message.sequence == 2:
        return None
    return NotificationKind.MESSAGE_RECEIVED, answering(event.ticket)


def _message_edited(event: TicketEvent, answering: Answering) -> Decision | None:
    """Thanks that became a wish: nobody has looked at them. Of every other edit the conversation itself tells."""
    return (NotificationKind.MESSAGE_RECEIVED, answering(event.ticket)) if may_concern(event) else None


def _delivery_changed(event: TicketEvent, _answering: Answering) -> Decision | None:
    """The author of what did not arrive, and the ticket's agent."""
    if event.payload["new"] not in _NOT_ARRIVED:
        return None
    author = event.message.author_id if event.message is not None else None
    people = people_who_can_see(event.ticket).filter(pk__in=[author, event.ticket.assignee_id])
    return NotificationKind.DELIVERY_FAILED, people.exclude(pk=event.ticket.customer_id)


_DECISIONS: dict[EventType, Callable[[TicketEvent, Answering], Decision | None]] = {
    EventType.TICKET_CREATED: _ticket_created,
    EventType.TICKET_ASSIGNED: _ticket_assigned,
    EventType.TICKET_STATUS_CHANGED: _status_changed,
    EventType.TICKET_SNOOZED: _snoozed,
    EventType.TICKET_MERGED: _merged,
    EventType.MESSAGE_SENT: _message_sent,
    EventType.MESSAGE_EDITED: _message_edited,
    EventType.MESSAGE_DELIVERY_CHANGED: _delivery_changed,
}
WANTED_EVENTS = frozenset(_DECISIONS)
