"""The steps that opening, replying and noting share. Callers have locked the ticket and asked for permission."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.actors import Actor, Source
from accounts.compiled_queries import CompiledQuery, Given, insert
from accounts.errors import InvalidInput, KeyReused
from accounts.models import User
from tickets.errors import Stale
from tickets.events.catalogue import MessageEdited, MessageSent, NoteAdded
from tickets.events.recording import record_event
from tickets.models import (
    Attachment,
    AttachmentState,
    AuthorRole,
    EventType,
    Message,
    MessageDeliveryState,
    MessageKind,
    MessageRevision,
    Ticket,
    TicketEvent,
)
from tickets.representations.audiences import Audience
from tickets.representations.messages import represent_message
from tickets.representations.people import represent_person
from tickets.representations.tickets import represent_ticket
from tickets.selectors.reading import canonical_position
from tickets.services.drafts import MessageDraft, check_attachment_count
from tickets.services.reading import advance_reading

_MESSAGE = CompiledQuery(lambda: Message.objects.filter(pk=Given("id")))
UNDO_TIME = timedelta(minutes=1)  # a press undoes for some seconds; the line may be slow

_FIELDS = {
    EventType.TICKET_ASSIGNED: "assignee",
    EventType.TICKET_UNASSIGNED: "assignee",
    EventType.TICKET_STATUS_CHANGED: "status",
    EventType.TICKET_PRIORITY_CHANGED: "priority",
    EventType.TICKET_CATEGORY_CHANGED: "category",
    EventType.TICKET_TAGGED: "tags",
    EventType.TICKET_UNTAGGED: "tags",
    EventType.TICKET_SUBJECT_CHANGED: "subject",
    EventType.TICKET_SNOOZED: "snoozed_until",
    EventType.TICKET_MERGED: "merged_into",
}  # what of a ticket's picture an event changes


class Posted(NamedTuple):
    """The stored message, and whether this call made it (else it is an earlier call's, by the same key)."""

    message: Message
    created: bool


def find_posted(actor: Actor, draft: MessageDraft, digest: bytes) -> Posted | None:
    """The message that an earlier try of the same request has stored. Raises KeyReused."""
    message = _MESSAGE.first(id=draft.id)
    if message is None:
        return None
    if bytes(message.request_digest) != digest or message.author_id != actor.user_id:
        raise KeyReused
    return Posted(message, created=False)


def require_fresh(actor: Actor, ticket: Ticket, expected_sequence: int | None) -> None:
    """Raises Stale, with that answer, where another agent has answered in public after what the author had seen."""
    if expected_sequence is None:
        return
    seen = expected_sequence if actor.is_staff else canonical_position(ticket.pk, expected_sequence)
    later = Message.objects.filter(ticket=ticket, sequence__gt=seen, internal=False, author_role=AuthorRole.AGENT)
    other = later.exclude(author=actor.user_id).order_by("-sequence").first()
    if other is not None:
        reply = represent_message(other.pk, Audience.of(actor))
        raise Stale(data={"message": str(other.pk), "sequence": reply["sequence"], "reply": reply})


def require_unchanged(actor: Actor, ticket: Ticket, expected_sequence: int | None, *event_types: EventType) -> None:
    """Raises Stale where somebody else's event of the same field came after what the actor had seen.

    Its data name the field, as a ticket's picture does, its value now, who changed it (None: the desk itself) and when.
    """
    if expected_sequence is None:
        return
    number = f"{_numbering(actor)}__gt"
    later = _changes(ticket, event_types).filter(**{number: expected_sequence}).exclude(actor=actor.user_id)
    event = later.first()
    if event is not None:
        raise Stale(data=_told(actor, ticket, event))


def find_change_to_undo(
    actor: Actor, ticket: Ticket, expected_sequence: int | None, *event_types: EventType
) -> TicketEvent | None:
    """The last change of those kinds, where whoever made it may undo it: for UNDO_TIME, and only knowingly."""
    event = _changes(ticket, event_types).first()
    if event is None or expected_sequence is None or actor.user_id is None:
        return None
    is_own = event.actor_id == actor.user_id and clock.now() - event.created_at <= UNDO_TIME
    return event if is_own and getattr(event, _numbering(actor)) <= expected_sequence else None


def told_of_last_change(actor: Actor, ticket: Ticket, *event_types: EventType) -> dict[str, Any]:
    """Who changed it last and to what, as `Stale` tells it; nothing where nobody did."""
    event = _changes(ticket, event_types).first()
    return _told(actor, ticket, event) if event else {}


def _numbering(actor: Actor) -> str:
    return "sequence" if actor.is_staff else "public_sequence"


def _changes(ticket: Ticket, event_types: Sequence[EventType]) -> QuerySet[TicketEvent]:
    """The newest first."""
    events = TicketEvent.objects.filter(ticket=ticket, type__in=event_types)
    return events.select_related("actor").order_by("-sequence")


def _told(actor: Actor, ticket: Ticket, event: TicketEvent) -> dict[str, Any]:
    field = _FIELDS[EventType(event.type)]
    return {
        "event": event.type,
        "sequence": getattr(event, _numbering(actor)),
        "actor": str(event.actor_id) if event.actor_id else None,
        "person": represent_person(event.actor) if event.actor else None,
        "changed_at": event.created_at,
        "field": field,
        "value": represent_ticket(ticket.pk, Audience.of(actor)).get(field),
    }


def append_message(actor: Actor, ticket: Ticket, draft: MessageDraft, *, digest: bytes, internal: bool) -> Message:
    """Write the message, its files and its event. Raises InvalidInput for what the draft refers to."""
    message = Message(
        id=draft.id,
        ticket=ticket,
        author_id=actor.user_id,
        author_role=AuthorRole.SYSTEM if draft.automatic else _author_role(actor, ticket),
        kind=draft.kind,
        text=draft.cleaned_text(),
        entities=list(draft.entities),
        content={**(draft.content or {}), **({"automatic": True} if draft.automatic else {})},
        internal=internal,
        reply_to_id=_find_reply_target(ticket, draft.reply_to, internal=internal),
        forwarded_from=draft.forwarded_from,
        source=actor.source,
        sequence=ticket.sequence + 1,
        public_sequence=None if internal else ticket.public_sequence + 1,
        request_digest=digest,
        created_at=clock.now(),
    )
    if not internal and message.author_role != AuthorRole.CUSTOMER:
        if actor.source == Source.BUSINESS:  # it was written in the customer's chat itself
            message.delivery_state = MessageDeliveryState.SENT
        else:
            _require_sendable(draft)
            if _is_on_telegram(ticket.customer_id):
                message.delivery_state = MessageDeliveryState.QUEUED
    insert(message)
    if draft.attachments:
        bind_attachments(actor, message, draft.attachments)
    if draft.kind == MessageKind.VOICE:
        _require_sound(message)
    ticket.last_message = message
    if not internal and not draft.automatic:  # whoever waits for an answer goes on waiting
        ticket.last_public_message = message
    fact = (
        NoteAdded(message=message.pk) if internal else MessageSent(message=message.pk, author_role=message.author_role)
    )
    record_event(ticket, actor, fact, changed=["last_message", "last_public_message"], message=message)
    if actor.user_id is not None:
        advance_reading(ticket.pk, actor.user_id, message.sequence)
    return message


def _require_sendable(draft: MessageDraft) -> None:
    """Raises InvalidInput: of what the desk knows only the name (a story, a gift), the customer would get nothing."""
    if draft.kind == MessageKind.UNSUPPORTED:
        raise InvalidInput.of("kind", _("This did not reach the customer: a bot cannot pass it on. Write it in words."))


def _require_sound(message: Message) -> None:
    """Raises InvalidInput: a voice message is one recording; what Telegram still has to bring is one."""
    files = list(message.attachments.values_list("state", "content_type"))
    if len(files) != 1 or (files[0][0] == AttachmentState.READY and not files[0][1].startswith("audio/")):
        raise InvalidInput.of("attachments", _("A voice message is one sound file."))


def _author_role(actor: Actor, ticket: Ticket) -> AuthorRole:
    """What a company's own account says is an agent's, though the desk may not know whose."""
    if actor.user_id is None:
        return AuthorRole.AGENT if actor.source == Source.BUSINESS else AuthorRole.SYSTEM
    if actor.user_id == ticket.customer_id:
        return AuthorRole.CUSTOMER
    return AuthorRole.AGENT


def _is_on_telegram(customer_id: UUID) -> bool:
    return User.objects.filter(pk=customer_id, telegram_id__isnull=False).exists()


def _find_reply_target(ticket: Ticket, reply_to: UUID | None, *, internal: bool) -> UUID | None:
    if reply_to is None:
        return None
    targets = Message.objects.filter(pk=reply_to, ticket__customer=ticket.customer_id)
    if not internal:  # a public answer must not point at a note
        targets = targets.filter(internal=False)
    target = targets.select_related("ticket").first()
    if target is None or target.ticket.lasting.pk != ticket.pk:  # what was merged goes on here
        raise InvalidInput.of("reply_to", _("There is no such message in this ticket."))
    return reply_to


@dataclass(frozen=True, kw_only=True)
class Change:
    """What an edit makes of a message, cleaned before.

    item: in an album, the file whose caption or content it is about. file: what comes new, in the place of `replaced`
    where there was one. asks: it makes a wish of a customer's thanks.
    """

    text: str
    entities: Sequence[dict[str, Any]] = ()
    item: UUID | None = None
    file: UUID | None = None
    replaced: UUID | None = None
    asks: bool = False


def apply_change(actor: Actor, ticket: Ticket, message: Message, change: Change) -> Message:
    """Change the message and keep what it was as a version, its former file too. What is the same changes nothing."""
    if change.file is None and (change.text, list(change.entities)) == (message.text, message.entities):
        return message
    now = clock.now()
    former = MessageRevision.objects.create(
        message=message,
        text=message.text,
        entities=message.entities,
        written_at=message.edited_at or message.created_at,
        replaced_at=now,
    )
    if change.file is not None:
        _exchange_files(actor, message, former, old=change.replaced, new=change.file)
    message.text, message.entities, message.edited_at = change.text, list(change.entities), now
    message.edited_after_answer = message.edited_after_answer or _is_answered(message)
    message.save(update_fields=["kind", "text", "entities", "edited_at", "edited_after_answer", "content"])
    fact = MessageEdited(message=message.pk, item=change.item, file=change.file, asks=change.asks)
    record_event(ticket, actor, fact, message=message)
    return message


def _exchange_files(actor: Actor, message: Message, former: MessageRevision, *, old: UUID | None, new: UUID) -> None:
    """The new one takes the old one's place, which goes into the earlier version."""
    files = {file.pk: file for file in message.attachments.all()}
    place = 0
    if old is not None:
        place = files[old].position
        Attachment.objects.filter(pk=old).update(message=None, revision=former)
    bind_attachments(actor, message, [new])
    Attachment.objects.filter(pk=new).update(position=place)


def _is_answered(message: Message) -> bool:
    """Whether it is a customer's, and staff have answered since."""
    later = Message.objects.filter(ticket=message.ticket_id, sequence__gt=message.sequence, internal=False)
    is_customers = message.author_role == AuthorRole.CUSTOMER
    return is_customers and later.filter(author_role=AuthorRole.AGENT).exists()


def bind_attachments(actor: Actor, message: Message, ids: Sequence[UUID]) -> None:
    """Give the message its files: each uploaded by its author, and in no other message yet."""
    check_attachment_count(ids)
    unbound = Attachment.objects.filter(Attachment.UNBOUND, pk__in=ids, owner=actor.user_id)
    free = unbound.select_for_update(no_key=True).order_by("pk")
    found = {attachment.pk: attachment for attachment in free}
    if len(found) != len(ids):
        raise InvalidInput.of("attachments", _("A file is missing, was sent already, or is not yours."))
    for position, pk in enumerate(ids):
        found[pk].message = message
        found[pk].position = position
    Attachment.objects.bulk_update(found.values(), ["message", "position"])
