"""Putting a ticket aside until a time, and taking it up again."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.actors import Actor
from accounts.errors import InvalidInput
from tickets.events.catalogue import TicketSnoozed
from tickets.events.recording import record_event
from tickets.models import EventType, Ticket
from tickets.permissions import require_can_snooze
from tickets.selectors.tickets import Reference, get_ticket_for
from tickets.services.messages import require_unchanged

LONGEST = timedelta(days=366)


@transaction.atomic
def snooze_ticket(
    *, actor: Actor, ticket: Reference, until: datetime | None, expected_sequence: int | None = None
) -> Ticket:
    """Put a ticket aside until then; None takes it up again. The same time again changes nothing.

    Raises NotFound, PermissionDenied, TicketClosed, TransitionRefused (it is resolved), Stale, InvalidInput.
    """
    row = get_ticket_for(actor, ticket, lock=True)
    if until is not None:
        until = until.replace(microsecond=0)
    require_can_snooze(actor, row)
    if until == row.snoozed_until:
        return row
    require_unchanged(actor, row, expected_sequence, EventType.TICKET_SNOOZED)
    now = clock.now()
    if until is not None and not now < until <= now + LONGEST:
        raise InvalidInput.of("until", _("Choose a time within the coming year."))
    _set(actor, row, until)
    return row


def wake(actor: Actor, ticket: Ticket) -> None:
    """A step of others, which have locked the ticket: what happens to it now matters at once."""
    if ticket.snoozed_until is not None:
        _set(actor, ticket, None)


def wake_due(*, limit: int = 500) -> int:
    """Take up the tickets whose time has come; returns how many. Each in its own transaction."""
    actor = Actor.system()
    due = Ticket.objects.filter(snoozed_until__lte=clock.now()).order_by("snoozed_until")
    woken = 0
    for pk, until in list(due.values_list("pk", "snoozed_until")[:limit]):
        with transaction.atomic():
            ticket = get_ticket_for(actor, pk, lock=True)
            if ticket.snoozed_until == until:
                wake(actor, ticket)
                woken += 1
    return woken


def _set(actor: Actor, ticket: Ticket, until: datetime | None) -> None:
    fact = TicketSnoozed(old=_text(ticket.snoozed_until), new=_text(until))
    ticket.snoozed_until = until
    record_event(ticket, actor, fact, changed=["snoozed_until"])


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
