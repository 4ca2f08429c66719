"""Joining two tickets of one customer: the conversation goes on in one of them."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, Source
from accounts.errors import InvalidInput, NotFound
from tickets.errors import OtherChannel, OtherCustomer, TicketClosed, TicketMerged
from tickets.events import catalogue
from tickets.events.recording import record_event
from tickets.models import EventType, Ticket, TicketStatus
from tickets.permissions import require_can_merge, require_not_merged
from tickets.selectors.inbox import waiting_for_an_answer
from tickets.selectors.tickets import Reference, get_ticket_for
from tickets.services.messages import require_unchanged, told_of_last_change
from tickets.services.snoozing import wake
from tickets.services.statuses import move_to_status


@transaction.atomic
def merge_ticket(*, actor: Actor, ticket: Reference, into: Reference, expected_sequence: int | None = None) -> Ticket:
    """Close the ticket for good and let it go on in another of its customer; returns the one that was merged.

    Messages stay where they are, so each is shown once. A customer who still waits for an answer waits in the other
    one from now on. The same again changes nothing. Raises NotFound, PermissionDenied, TicketMerged (either was merged
    already), TicketClosed (the other one), OtherCustomer, OtherChannel, Stale,
    InvalidInput.
    """
    row, other = _lock_both(actor, ticket, into)
    if row.merged_into_id == other.pk:
        return row
    with _telling_who(actor, row):
        require_can_merge(actor, row)
    with _telling_who(actor, other):
        _require_takes_it_in(other, row)
    require_unchanged(actor, row, expected_sequence, EventType.TICKET_STATUS_CHANGED)
    waits = waiting_for_an_answer(Ticket.objects.filter(pk=row.pk)).exists()
    move_to_status(actor, row, TicketStatus.CLOSED)
    row.merged_into = other
    merged = catalogue.TicketMerged(other=other.pk, number=other.number, direction="into")
    record_event(row, actor, merged, changed=["merged_into"])
    record_event(other, actor, catalogue.TicketMerged(other=row.pk, number=row.number, direction="from"))
    if waits:
        wake(actor, other)
        if other.status in (TicketStatus.PENDING, TicketStatus.RESOLVED):
            move_to_status(actor, other, TicketStatus.OPEN)
    return row


def _lock_both(actor: Actor, ticket: Reference, into: Reference) -> tuple[Ticket, Ticket]:
    """In the order of their ids, as all who lock several."""
    source = get_ticket_for(actor, ticket).pk
    try:
        target = get_ticket_for(actor, into).pk
    except NotFound as error:
        raise InvalidInput.of("into", _("There is no such ticket.")) from error
    if source == target:
        raise InvalidInput.of("into", _("A ticket cannot be merged into itself."))
    rows = {pk: get_ticket_for(actor, pk, lock=True) for pk in sorted((source, target))}
    return rows[source], rows[target]


@contextmanager
def _telling_who(actor: Actor, ticket: Ticket) -> Iterator[None]:
    """A refusal because the ticket has ended says also who ended it and when, as `Stale` does."""
    try:
        yield
    except (TicketMerged, TicketClosed) as error:
        how = EventType.TICKET_MERGED if ticket.merged_into_id else EventType.TICKET_STATUS_CHANGED
        error.data |= told_of_last_change(actor, ticket, how)
        raise


def _require_takes_it_in(other: Ticket, row: Ticket) -> None:
    if other.customer_id != row.customer_id:
        raise OtherCustomer
    if (other.source == Source.BUSINESS) != (row.source == Source.BUSINESS):
        raise OtherChannel
    require_not_merged(other)
    if other.is_closed:
        raise TicketClosed(_("The other ticket is closed. Reopen it first."))
