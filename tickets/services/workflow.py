"""Changing a ticket's status."""

from datetime import timedelta

from django.db import transaction

from accounts import clock
from accounts.actors import Actor
from tickets.models import EventType, Ticket, TicketStatus
from tickets.permissions import require_can_change_status
from tickets.selectors.tickets import Reference, get_ticket_for
from tickets.services.messages import find_change_to_undo, require_unchanged
from tickets.services.statuses import move_to_status


@transaction.atomic
def change_status(
    *, actor: Actor, ticket: Reference, status: TicketStatus, expected_sequence: int | None = None
) -> Ticket:
    """The status it already has changes nothing. Raises NotFound, TicketMerged, TransitionRefused, Stale.

    expected_sequence: what the actor has seen. With it staff may also undo, within `UNDO_TIME`, what they have just set
    themselves: the ticket goes back where it came from, even where its table leads nowhere else (out of "closed").
    """
    row = get_ticket_for(actor, ticket, lock=True)
    if row.status == status:
        return row
    require_unchanged(actor, row, expected_sequence, EventType.TICKET_STATUS_CHANGED)
    last = find_change_to_undo(actor, row, expected_sequence, EventType.TICKET_STATUS_CHANGED)
    require_can_change_status(actor, row, status, undoing=last)
    move_to_status(actor, row, status)
    return row


def close_resolved(*, older_than: timedelta, limit: int = 500) -> int:
    """Close what was resolved longer ago than that; returns how many. Each ticket in its own transaction."""
    actor = Actor.system()
    due = Ticket.objects.filter(status=TicketStatus.RESOLVED, resolved_at__lt=clock.now() - older_than)
    closed = 0
    for pk, resolved_at in list(due.order_by("resolved_at").values_list("pk", "resolved_at")[:limit]):
        with transaction.atomic():
            ticket = get_ticket_for(actor, pk, lock=True)
            if ticket.status == TicketStatus.RESOLVED and ticket.resolved_at == resolved_at:
                move_to_status(actor, ticket, TicketStatus.CLOSED)
                closed += 1
    return closed
