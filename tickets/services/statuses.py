"""The one place that assigns a ticket's status. The caller has locked the ticket and knows that it may."""

from accounts import clock
from accounts.actors import Actor
from tickets.events.catalogue import TicketStatusChanged
from tickets.events.recording import record_event
from tickets.models import Ticket, TicketStatus
from tickets.services.snoozing import wake


def move_to_status(actor: Actor, ticket: Ticket, status: TicketStatus) -> None:
    """Nothing happens where it already has this status. A closing that is undone leaves when it was resolved."""
    old = ticket.status
    if old == status:
        return
    ticket.status = status
    if status == TicketStatus.RESOLVED:
        if old != TicketStatus.CLOSED or ticket.resolved_at is None:
            ticket.resolved_at = clock.now()
    elif status != TicketStatus.CLOSED:
        ticket.resolved_at = None
    fact = TicketStatusChanged(old=old, new=status.value)
    record_event(ticket, actor, fact, changed=["status", "resolved_at"])
    if status in (TicketStatus.RESOLVED, TicketStatus.CLOSED):
        wake(actor, ticket)
