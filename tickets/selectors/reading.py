"""How far people have read."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Aggregate, Count, Max, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from tickets.models import Message, Participant, Ticket, TicketEvent


@dataclass(frozen=True)
class Reading:
    """What one viewer has of one ticket: unread messages of others, and the last sequence read (their numbering)."""

    unread: int
    read_sequence: int


def list_readings(actor: Actor, ticket_ids: Iterable[UUID]) -> dict[UUID, Reading]:
    """Readings of these tickets by this actor, in one query."""
    participants = Participant.objects.filter(ticket=OuterRef("pk"), user=actor.user_id)
    messages = Message.objects.filter(ticket=OuterRef("pk"), sequence__gt=OuterRef("read"), deleted_at=None)
    messages = messages.exclude(author=actor.user_id)
    events = TicketEvent.objects.filter(ticket=OuterRef("pk"), sequence__lte=OuterRef("read"))
    if not actor.is_staff:
        messages = messages.filter(internal=False)
    number = "sequence" if actor.is_staff else "public_sequence"
    rows = (
        Ticket.objects.filter(pk__in=list(ticket_ids))
        .annotate(read=Coalesce(Subquery(participants.values("read_sequence")[:1]), 0))
        .annotate(unread=_scalar(messages, Count("pk")), position=_scalar(events, Max(number)))
        .values_list("pk", "unread", "position")
    )
    return {pk: Reading(unread or 0, position or 0) for pk, unread, position in rows}


def _scalar(rows: QuerySet[Any], value: Aggregate) -> Subquery:
    """An aggregate over a correlated query, without grouping the outer one."""
    return Subquery(rows.order_by().annotate(_one=Value(1)).values("_one").annotate(value=value).values("value"))


def public_position(ticket_id: UUID, sequence: int) -> int:
    """A canonical sequence in the customer's numbering: that of the last public event up to it."""
    events = TicketEvent.objects.filter(ticket_id=ticket_id, sequence__lte=sequence)
    return events.aggregate(last=Max("public_sequence"))["last"] or 0


def canonical_position(ticket_id: UUID, public_sequence: int) -> int:
    """A customer's sequence in the canonical numbering. Beyond the end: the last public event."""
    events = TicketEvent.objects.filter(ticket_id=ticket_id, public_sequence__lte=public_sequence)
    return events.aggregate(last=Max("sequence"))["last"] or 0
