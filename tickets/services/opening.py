"""Opening tickets."""

from typing import NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import clock
from accounts.actors import Actor
from accounts.errors import Conflict, InvalidInput, KeyReused, PermissionDenied
from accounts.models import User
from accounts.permissions import Capability, can, require
from tickets.events.catalogue import TicketCreated
from tickets.events.recording import record_event
from tickets.models import Category, Priority, Ticket
from tickets.selectors.tickets import get_ticket_for
from tickets.services.assignment import assign_automatically
from tickets.services.drafts import TicketDraft
from tickets.services.messages import append_message


class Opened(NamedTuple):
    """The stored ticket, and whether this call made it (else it is an earlier call's, by the same key)."""

    ticket: Ticket
    created: bool


def open_ticket(*, actor: Actor, draft: TicketDraft) -> Opened:
    """Open a ticket with its first message. Raises PermissionDenied, KeyReused, InvalidInput."""
    return _open(actor, draft, continues=None)


def continue_ticket(*, actor: Actor, closed: UUID, draft: TicketDraft) -> Opened:
    """Open a ticket that goes on where a closed one ended, with its category and team. Raises Conflict too."""
    return _open(actor, draft, continues=closed)


def _open(actor: Actor, draft: TicketDraft, *, continues: UUID | None) -> Opened:
    require(actor, Capability.OPEN_TICKETS)
    try:
        with transaction.atomic():
            earlier = _find_opened(actor, draft)
            if earlier is not None:
                return earlier
            return Opened(_insert(actor, draft, continues), created=True)
    except IntegrityError as error:  # the same key at the same moment: the other call has committed
        earlier = _find_opened(actor, draft)
        if earlier is None:
            raise Conflict from error
        return earlier


def _find_opened(actor: Actor, draft: TicketDraft) -> Opened | None:
    ticket = Ticket.objects.filter(pk=draft.id).first()
    if ticket is None:
        return None
    if bytes(ticket.request_digest) != draft.digest() or ticket.customer_id != _customer_id(actor, draft):
        raise KeyReused
    return Opened(ticket, created=False)


def _insert(actor: Actor, draft: TicketDraft, continues: UUID | None) -> Ticket:
    first = draft.first_message()
    first.cleaned_text()  # refuse before anything is written
    origin = get_ticket_for(actor, continues) if continues is not None else None
    category = _find_category(actor, draft.category_id) or (origin.category if origin else None)
    team_id = category.team_id if category is not None and category.team_id else (origin.team_id if origin else None)
    now = clock.now()
    ticket = Ticket.objects.create(
        id=draft.id,
        subject=draft.cleaned_subject() or (origin.subject if origin else _("No subject")),
        priority=Priority.NORMAL,
        category=category,
        customer_id=_customer_id(actor, draft),
        team_id=team_id,
        source=actor.source,
        continues=origin,
        request_digest=draft.digest(),
        created_at=now,
        updated_at=now,
        public_updated_at=now,
    )
    record_event(
        ticket,
        actor,
        TicketCreated(
            subject=ticket.subject,
            customer=ticket.customer_id,
            priority=Priority.NORMAL.value,
            category=ticket.category_id,
            team=ticket.team_id,
            continues=continues,
        ),
    )
    digest = first.digest(ticket_id=ticket.pk, internal=False)
    append_message(actor, ticket, first, digest=digest, internal=False)
    assign_automatically(ticket)
    return ticket


def _customer_id(actor: Actor, draft: TicketDraft) -> UUID:
    """Whose ticket it is: the actor's own, or of the customer that staff name. Raises PermissionDenied."""
    if draft.customer_id is None or draft.customer_id == actor.user_id:
        if actor.user_id is None:
            raise InvalidInput.of("customer", _("Say whose ticket this is."))
        return actor.user_id
    if not can(actor, Capability.WORK_TICKETS):
        raise PermissionDenied
    if not User.objects.filter(pk=draft.customer_id).exists():
        raise InvalidInput.of("customer", _("There is no such person."))
    return draft.customer_id


def _find_category(actor: Actor, category_id: UUID | None) -> Category | None:
    if category_id is None:
        return None
    category = Category.objects.filter(pk=category_id).first()
    if category is None or (not category.is_active and not actor.is_staff):
        raise InvalidInput.of("category", _("There is no such category."))
    return category
