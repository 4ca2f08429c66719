"""The only writer of the log."""

from collections.abc import Iterable

from django.db.models import QuerySet

from accounts import clock
from accounts.actors import Actor
from accounts.announcements import announce
from accounts.services.erasure import ERASED
from tickets.events.catalogue import Fact, MessageFact
from tickets.events.subscribers import names_that_want
from tickets.models import EventDelivery, EventType, Message, Ticket, TicketEvent


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
    event = TicketEvent.objects.create(
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
    _owe_reactions(event)
    announce("ticket_changed", ticket=ticket.pk, sequence=ticket.sequence, public_sequence=ticket.public_sequence)
    return event


def redact_subjects(ticket: Ticket) -> None:
    """The one exception to a log that is only appended to: the subjects in its payloads are blotted out."""
    log: QuerySet[TicketEvent] = QuerySet(TicketEvent)  # the log's own manager refuses
    named = log.filter(ticket=ticket, type__in=(EventType.TICKET_CREATED, EventType.TICKET_SUBJECT_CHANGED))
    for event in named:
        blotted = {name: ERASED for name in ("subject", "old", "new") if name in event.payload}
        log.filter(pk=event.pk).update(payload={**event.payload, **blotted})


def _owe_reactions(event: TicketEvent) -> None:
    names = names_that_want(event)
    EventDelivery.objects.bulk_create(
        EventDelivery(
            event=event,
            ticket_id=event.ticket_id,
            subscriber=name,
            next_attempt_at=event.created_at,
            created_at=event.created_at,
        )
        for name in names
    )
    for name in names:
        announce("deliveries_due", subscriber=name)
