"""How far people have read. Not an event: it takes no ticket lock and raises no sequence."""

from uuid import UUID

from django.db import connection, transaction

from accounts import clock
from accounts.actors import Actor
from accounts.announcements import announce
from accounts.errors import PermissionDenied
from tickets.models import AuthorRole, Message
from tickets.selectors.reading import canonical_position
from tickets.selectors.tickets import Reference, get_ticket_for


@transaction.atomic
def mark_read(*, actor: Actor, ticket: Reference, sequence: int) -> int:
    """The actor has read up to `sequence` (their numbering). Returns the canonical sequence now held.

    A smaller sequence than the one held changes nothing; one beyond the end counts as the end.
    """
    if actor.user_id is None:
        raise PermissionDenied
    row = get_ticket_for(actor, ticket)
    position = min(max(sequence, 0), row.sequence) if actor.is_staff else canonical_position(row.pk, sequence)
    held = advance_reading(row.pk, actor.user_id, position)
    if actor.user_id == row.customer_id:
        unseen = Message.objects.filter(ticket=row, sequence__lte=held, internal=False, seen_at=None)
        unseen.exclude(author_role=AuthorRole.CUSTOMER).update(seen_at=clock.now())
    return held


def advance_reading(ticket_id: UUID, user_id: UUID, sequence: int) -> int:
    """Raise a person's canonical read position, never lower it; announces only a change."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO tickets_participant AS p (ticket_id, user_id, read_sequence, updated_at)
            VALUES (%s, %s, %s, %s)
            ON CONFLICT (ticket_id, user_id) DO UPDATE
                SET read_sequence = EXCLUDED.read_sequence, updated_at = EXCLUDED.updated_at
                WHERE p.read_sequence < EXCLUDED.read_sequence
            RETURNING read_sequence
            """,
            [ticket_id, user_id, sequence, clock.now()],
        )
        advanced = cursor.fetchone()
        if advanced is None:
            cursor.execute(
                "SELECT read_sequence FROM tickets_participant WHERE ticket_id = %s AND user_id = %s",
                [ticket_id, user_id],
            )
            return int(cursor.fetchone()[0])
    announce("ticket_read", ticket=ticket_id, user=user_id, sequence=sequence)
    return sequence
