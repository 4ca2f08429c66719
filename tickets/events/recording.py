"""The only writer of the log."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from accounts import clock
from accounts.actors import Actor
from accounts.announcements import announce
from accounts.compiled_queries import mark_as_stored
from accounts.services.erasure import ERASED
from tickets.events.catalogue import Fact, MessageFact
from tickets.events.subscribers import names_that_want
from tickets.models import EventType, Message, Ticket, TicketEvent

# By hand, because every change of a ticket writes it.
_APPEND = """
WITH event AS (
    INSERT INTO tickets_ticketevent
        (ticket_id, sequence, public_sequence, type, payload, message_id, actor_id, source, created_at)
    VALUES (%(ticket)s, %(sequence)s, %(public_sequence)s, %(type)s, %(payload)s::jsonb, %(message)s, %(actor)s,
        %(source)s, %(now)s)
    RETURNING id, ticket_id, created_at),
owed AS (
    INSERT INTO tickets_eventdelivery
        (event_id, ticket_id, subscriber, state, attempts, next_attempt_at, last_error, created_at)
    SELECT event.id, event.ticket_id, name, 'pending', 0, event.created_at, '', event.created_at
    FROM event, unnest(%(subscribers)s::text[]) WITH ORDINALITY AS subscriber (name, place) ORDER BY place)
SELECT id FROM event
"""


def record_event(
    ticket: Ticket, actor: Actor, fact: Fact, *, changed: Iterable[str] = (), message: Message | None = None
) -> TicketEvent:
    """Append a fact to a ticket whose row is locked, and save the fields that it changed, in one UPDATE.

    message: of a fact about a message. A fact about an internal note is never public, whatever its type.
    """
    now = clock.now()
    public = fact.public and not (message is not None and message.internal)
    ticket.sequence += 1
    ticket.public_sequence += public
    ticket.updated_at = now
    if public:
        ticket.public_updated_at = now
    ticket.save(update_fields=["sequence", "public_sequence", "updated_at", "public_updated_at", *changed])
    event = TicketEvent(
        ticket=ticket,
        sequence=ticket.sequence,
        public_sequence=ticket.public_sequence if public else None,
        type=fact.type,
        payload=fact.payload(),
        message_id=fact.message if isinstance(fact, MessageFact) else None,
        actor_id=actor.user_id,
        source=actor.source,
        created_at=now,
    )
    names = names_that_want(event)
    _append(event, names)
    for name in names:
        announce("deliveries_due", subscriber=name)
    announce("ticket_changed", ticket=ticket.pk, sequence=ticket.sequence, public_sequence=ticket.public_sequence)
    return event


def _append(event: TicketEvent, subscribers: Sequence[str]) -> None:
    """The event and the reactions to it that are owed."""
    values: dict[str, Any] = {
        "ticket": event.ticket_id,
        "sequence": event.sequence,
        "public_sequence": event.public_sequence,
        "type": str(event.type),
        "payload": json.dumps(event.payload),
        "message": event.message_id,
        "actor": event.actor_id,
        "source": str(event.source),
        "now": event.created_at,
        "subscribers": list(subscribers),
    }
    with connection.cursor() as cursor:
        cursor.execute(_APPEND, values)
        (event.pk,) = cursor.fetchone()
    mark_as_stored(event)


def redact_subjects(ticket: Ticket) -> None:
    """The one exception to a log that is only appended to: the subjects in its payloads are blotted out."""
    log: QuerySet[TicketEvent] = QuerySet(TicketEvent)  # the log's own manager refuses
    named = log.filter(ticket=ticket, type__in=(EventType.TICKET_CREATED, EventType.TICKET_SUBJECT_CHANGED))
    for event in named:
        blotted = {name: ERASED for name in ("subject", "old", "new") if name in event.payload}
        log.filter(pk=event.pk).update(payload={**event.payload, **blotted})
