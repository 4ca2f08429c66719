"""Whether to ask a customer how they liked it."""

from tickets.models import AuthorRole, EventType, Message, Ticket, TicketEvent, TicketStatus


def is_rating_wanted(ticket: Ticket, *, resolved_by: TicketEvent) -> bool:
    """Asked once for a ticket, at its first resolution, where somebody of the desk has answered and none is given."""
    if ticket.rating_score is not None or ticket.merged_into_id is not None or not _was_answered(ticket):
        return False
    earlier = TicketEvent.objects.filter(
        ticket=ticket,
        type=EventType.TICKET_STATUS_CHANGED,
        payload__new=TicketStatus.RESOLVED.value,
        sequence__lt=resolved_by.sequence,
    )
    return not earlier.exists()


def can_be_rated(ticket: Ticket) -> bool:
    """Done, and by somebody of the desk."""
    return ticket.status == TicketStatus.RESOLVED and _was_answered(ticket)


def _was_answered(ticket: Ticket) -> bool:
    return Message.objects.filter(ticket=ticket, internal=False, author_role=AuthorRole.AGENT).exists()
