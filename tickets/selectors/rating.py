"""Whether to ask a customer how they liked it."""

from datetime import datetime

from django.db.models import Exists, F, OuterRef

from accounts.actors import Source
from tickets.models import Attachment, AuthorRole, EventType, Message, Ticket, TicketEvent, TicketStatus
from tickets.thanks import is_only_thanks

_LOOKED_AT = 20  # of its customer's messages


def is_rating_wanted(ticket: Ticket) -> bool:
    """Where somebody of the desk has answered and none is given. A channel asks once for a ticket.

    Not where its customer only thanked: there was no request that one could like the handling of.
    """
    return ticket.rating_score is None and ticket.merged_into_id is None and _was_answered(ticket)


def was_resolved_before(ticket: Ticket, moment: datetime) -> bool:
    resolved = {"type": EventType.TICKET_STATUS_CHANGED, "payload__new": TicketStatus.RESOLVED.value}
    return TicketEvent.objects.filter(ticket=ticket, created_at__lt=moment, **resolved).exists()


def is_resolved_anew(resolved_at: datetime | None, rated_at: datetime | None) -> bool:
    """Whether what was rated is of an earlier solution: it was reopened and resolved since."""
    return resolved_at is not None and rated_at is not None and resolved_at > rated_at


def can_be_rated(ticket: Ticket) -> bool:
    """Done, and by somebody of the desk."""
    return ticket.status == TicketStatus.RESOLVED and _was_answered(ticket)


def _was_answered(ticket: Ticket) -> bool:
    public = Message.objects.filter(ticket=ticket, internal=False)
    return public.filter(author_role=AuthorRole.AGENT).exists() and not _is_only_thanked_in(ticket)


def _is_only_thanked_in(ticket: Ticket) -> bool:
    """Whether all that its customer wrote is thanks; the first message that is none tells."""
    written = Message.objects.filter(ticket=ticket, author_role=AuthorRole.CUSTOMER).order_by("sequence")
    said = [
        is_only_thanks(kind, text, has_files=has_files)
        for kind, text, has_files in written.annotate(
            has_files=Exists(Attachment.objects.filter(message=OuterRef("pk")))
        ).values_list("kind", "text", "has_files")[:_LOOKED_AT]
    ]
    return bool(said) and all(said)


def is_commented_elsewhere(ticket: Ticket, *, since: datetime, source: Source) -> bool:
    """Whether the words to the rating were changed since then through another door than this one.

    A score that was changed there keeps the words that stand (TicketRated: equal values tell of the words alone).
    """
    rated = TicketEvent.objects.filter(ticket=ticket, type=EventType.TICKET_RATED, created_at__gt=since)
    return rated.exclude(source=source).filter(payload__old=F("payload__new")).exists()
