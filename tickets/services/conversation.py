"""Replying, noting, editing and removing."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts import clock
from accounts.actors import Actor, Source
from accounts.errors import KeyReused
from tickets.errors import TicketClosed, TooLateInTelegram
from tickets.events.catalogue import MessageDeleted, MessageEdited
from tickets.events.recording import record_event
from tickets.models import AuthorRole, Message, MessageDeliveryState, MessageKind, MessageRevision, Ticket, TicketStatus
from tickets.permissions import require_can_delete, require_can_edit, require_can_note, require_can_write
from tickets.selectors.tickets import Reference, get_message_for, get_ticket_for
from tickets.services.drafts import MessageDraft
from tickets.services.messages import Posted, append_message, find_posted, require_fresh
from tickets.services.statuses import move_to_status

CHANGEABLE_IN_TELEGRAM = timedelta(hours=48)  # what a bot may delete (Bot API, deleteMessage)


def post_reply(*, actor: Actor, ticket: Reference, draft: MessageDraft) -> Posted:
    """Write a public message.

    An agent's reply opens a new ticket; a customer's reopens one that waited or was resolved, unless it only thanks
    (tickets.thanks). Where AFTER_RESOLVED is `new`, what was resolved is closed to its customer. Raises NotFound,
    TicketClosed, Stale, KeyReused, InvalidInput.
    """
    return _post(actor, ticket, draft, internal=False)


def add_note(*, actor: Actor, ticket: Reference, draft: MessageDraft) -> Posted:
    """Write an internal note, which only staff see. Raises NotFound, PermissionDenied, KeyReused, InvalidInput."""
    return _post(actor, ticket, draft, internal=True)


def _post(actor: Actor, reference: Reference, draft: MessageDraft, *, internal: bool) -> Posted:
    try:
        with transaction.atomic():
            ticket = get_ticket_for(actor, reference, lock=True)
            digest = draft.digest(ticket_id=ticket.pk, internal=internal)
            posted = find_posted(actor, draft, digest)
            if posted is not None:
                return posted
            if internal:
                require_can_note(actor, ticket)
            else:
                _require_open_for(actor, ticket, draft)
                require_fresh(actor, ticket, draft.expected_sequence)
            message = append_message(actor, ticket, draft, digest=digest, internal=internal)
            if not internal:
                _follow_the_conversation(actor, ticket, message, draft)
            return Posted(message, created=True)
    except IntegrityError as error:  # the same key, at the same moment, in another ticket
        if Message.objects.filter(pk=draft.id).exists():
            raise KeyReused from error
        raise


def _require_open_for(actor: Actor, ticket: Ticket, draft: MessageDraft) -> None:
    """Raises TicketClosed. Thanks by Telegram are kept even where the ticket is closed: nothing begins anew."""
    by_customer = actor.user_id == ticket.customer_id
    thanks = by_customer and draft.is_only_thanks()
    if not (thanks and actor.source == Source.TELEGRAM):
        require_can_write(actor, ticket)
    is_done = ticket.status == TicketStatus.RESOLVED and settings.AFTER_RESOLVED == "new"
    if is_done and by_customer and not thanks:
        raise TicketClosed


def _follow_the_conversation(actor: Actor, ticket: Ticket, message: Message, draft: MessageDraft) -> None:
    """The status that a public message leads to (decided once, for every door)."""
    then = draft.then
    if message.author_role == AuthorRole.CUSTOMER:
        asks = ticket.status == TicketStatus.RESOLVED and not draft.is_only_thanks()
        if asks or ticket.status == TicketStatus.PENDING:
            move_to_status(actor, ticket, TicketStatus.OPEN)
    elif message.author_role == AuthorRole.AGENT:
        if then in (TicketStatus.PENDING, TicketStatus.RESOLVED):
            move_to_status(actor, ticket, then)
        elif ticket.status == TicketStatus.NEW:
            move_to_status(actor, ticket, TicketStatus.OPEN)


@transaction.atomic
def edit_message(
    *, actor: Actor, message_id: UUID, text: str, entities: list[dict[str, object]] | None = None
) -> Message:
    """Give a message another text; the old one is kept. The same text again changes nothing.

    Raises NotFound, PermissionDenied, NotEditable, TooLateInTelegram, InvalidInput.
    """
    ticket, message = _lock(actor, message_id)
    require_can_edit(actor, message)
    _require_changeable_in_telegram(message)
    draft = MessageDraft(
        id=message.pk,
        text=text,
        kind=MessageKind(message.kind),
        attachments=_attachment_ids(message),
        entities=entities or [],
    )
    new_text = draft.cleaned_text()
    if (new_text, list(draft.entities)) == (message.text, message.entities):
        return message
    now = clock.now()
    MessageRevision.objects.create(
        message=message,
        text=message.text,
        entities=message.entities,
        written_at=message.edited_at or message.created_at,
        replaced_at=now,
    )
    message.text, message.entities, message.edited_at = new_text, list(draft.entities), now
    message.save(update_fields=["text", "entities", "edited_at"])
    record_event(ticket, actor, MessageEdited(message=message.pk), message=message)
    return message


@transaction.atomic
def delete_message(*, actor: Actor, message_id: UUID) -> Message:
    """Remove a message from every view; it stays as a tombstone in its place. Raises as `edit_message`."""
    ticket, message = _lock(actor, message_id)
    require_can_delete(actor, message)
    _require_changeable_in_telegram(message)
    message.deleted_at = clock.now()
    message.save(update_fields=["deleted_at"])
    record_event(ticket, actor, MessageDeleted(message=message.pk), message=message)
    return message


def _require_changeable_in_telegram(message: Message) -> None:
    """What the customer has in Telegram must not go on there unseen by staff. Raises TooLateInTelegram."""
    arrived = message.delivery_state == MessageDeliveryState.SENT
    if arrived and clock.now() - message.created_at > CHANGEABLE_IN_TELEGRAM:
        raise TooLateInTelegram


def _lock(actor: Actor, message_id: UUID) -> tuple[Ticket, Message]:
    """The ticket's lock first, then the message as it is under the lock."""
    ticket = get_ticket_for(actor, get_message_for(actor, message_id).ticket_id, lock=True)
    return ticket, get_message_for(actor, message_id)


def _attachment_ids(message: Message) -> list[UUID]:
    return list(message.attachments.values_list("pk", flat=True))
