"""How far people have read."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Max

from accounts.actors import Actor
from tickets.models import TicketEvent


@dataclass(frozen=True)
class Reading:
    """What one viewer has of one ticket: unread messages of others, and the last sequence read (their numbering)."""

    unread: int
    read_sequence: int


# By hand, because every list asks for it and Django's own way costs seven times the CPU (docs/performance.md);
# tests/tickets/test_readings.py holds the two equal.
_READINGS = """
SELECT ticket.id,
    (SELECT count(*) FROM tickets_message AS message
     WHERE message.ticket_id = ticket.id AND message.sequence > ticket.read AND message.deleted_at IS NULL
       AND message.author_id IS DISTINCT FROM %(user)s AND {visible}),
    (SELECT max(event.{number}) FROM tickets_ticketevent AS event
     WHERE event.ticket_id = ticket.id AND event.sequence <= ticket.read)
FROM (
    SELECT wanted.id, COALESCE(participant.read_sequence, 0) AS read
    FROM unnest(%(tickets)s::uuid[]) AS wanted (id)
    LEFT JOIN tickets_participant AS participant ON participant.ticket_id = wanted.id AND participant.user_id = %(user)s
) AS ticket
"""
_OF_STAFF = _READINGS.format(number="sequence", visible="true")
_OF_CUSTOMERS = _READINGS.format(number="public_sequence", visible="NOT message.internal")


def list_readings(actor: Actor, ticket_ids: Iterable[UUID]) -> dict[UUID, Reading]:
    """Readings of these tickets by this actor, in one query."""
    with connection.cursor() as cursor:
        values = {"tickets": list(ticket_ids), "user": actor.user_id}
        cursor.execute(_OF_STAFF if actor.is_staff else _OF_CUSTOMERS, values)
        return {ticket: Reading(unread, position or 0) for ticket, unread, position in cursor.fetchall()}


def public_position(ticket_id: UUID, sequence: int) -> int:
    """A canonical sequence in the customer's numbering: that of the last public event up to it."""
    events = TicketEvent.objects.filter(ticket_id=ticket_id, sequence__lte=sequence)
    return events.aggregate(last=Max("public_sequence"))["last"] or 0


def canonical_position(ticket_id: UUID, public_sequence: int) -> int:
    """A customer's sequence in the canonical numbering. Beyond the end: the last public event."""
    events = TicketEvent.objects.filter(ticket_id=ticket_id, public_sequence__lte=public_sequence)
    return events.aggregate(last=Max("sequence"))["last"] or 0
