"""Replying, noting, editing and removing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.actors import Actor, Source
from accounts.errors import KeyReused, NotFound
from accounts.text_cleaning import clean_text, utf16_length
from tickets.errors import NotEditable, TicketClosed, TooLateInTelegram
from tickets.events.catalogue import AttachmentAdded, MessageDeleted
from tickets.events.recording import record_event
from tickets.models import AuthorRole, Message, MessageDeliveryState, MessageKind, Ticket, TicketStatus
from tickets.permissions import (
    is_over_for_customer,
    require_can_delete,
    require_can_edit,
    require_can_note,
    require_can_write,
    require_not_merged,
)
from tickets.selectors.tickets import Reference, get_message_for, get_ticket_for
from tickets.services.albums import (
    AlbumItem,
    items_of,
    join_captions,
    order_attachments,
    store_items,
)
from tickets.services.drafts import FILES_LIMIT, TEXT_LIMIT, MessageDraft, NewFile
from tickets.services.messages import (
    Change,
    Posted,
    append_message,
    apply_change,
    bind_attachments,
    find_posted,
    require_fresh,
)
from tickets.services.snoozing import wake
from tickets.services.statuses import move_to_status
from tickets.thanks import is_only_thanks

CHANGEABLE_IN_TELEGRAM = timedelta(hours=48)  # what a bot may delete (Bot API, deleteMessage)


def post_reply(*, actor: Actor, ticket: Reference, draft: MessageDraft) -> Posted:
    """Write a public message.

    An agent's reply opens a new ticket; a customer's reopens one that waited or was resolved, unless it only thanks
    (tickets.thanks). Where AFTER_RESOLVED is `new`, what was resolved is closed to its customer. Raises NotFound,
    TicketMerged, TicketClosed, Stale, KeyReused, InvalidInput.
    """
    return _post(actor, ticket, draft, internal=False)


def add_note(*, actor: Actor, ticket: Reference, draft: MessageDraft) -> Posted:
    """Write an internal note, which only staff see.

    Raises NotFound, PermissionDenied, TicketMerged, KeyReused, InvalidInput.
    """
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
    """Raises TicketMerged, TicketClosed.

    Thanks by Telegram are kept even where the ticket is closed: nothing begins anew.
    """
    require_not_merged(ticket)
    by_customer = actor.user_id == ticket.customer_id
    thanks = by_customer and draft.is_only_thanks()
    if not (thanks and actor.source in (Source.TELEGRAM, Source.BUSINESS)):
        require_can_write(actor, ticket)
    if by_customer and not thanks and is_over_for_customer(ticket):
        raise TicketClosed


def _follow_the_conversation(actor: Actor, ticket: Ticket, message: Message, draft: MessageDraft) -> None:
    """The status that a public message leads to (decided once, for every door)."""
    then = draft.then
    if message.author_role == AuthorRole.CUSTOMER:
        if not draft.is_only_thanks():
            _take_up(actor, ticket)
        elif ticket.status == TicketStatus.PENDING:
            move_to_status(actor, ticket, TicketStatus.OPEN)
    elif message.author_role == AuthorRole.AGENT:
        if then in (TicketStatus.PENDING, TicketStatus.RESOLVED):
            move_to_status(actor, ticket, then)
        elif ticket.status == TicketStatus.NEW:
            move_to_status(actor, ticket, TicketStatus.OPEN)


def _take_up(actor: Actor, ticket: Ticket) -> None:
    """Its customer wants something: it is put aside no longer, and neither done nor waiting for them."""
    wake(actor, ticket)
    if ticket.status in (TicketStatus.RESOLVED, TicketStatus.PENDING):
        move_to_status(actor, ticket, TicketStatus.OPEN)


@transaction.atomic
def edit_message(
    *,
    actor: Actor,
    message_id: UUID,
    text: str,
    entities: list[dict[str, object]] | None = None,
    file: NewFile | None = None,
) -> Message:
    """Give a message another text, and its first file another content; the old ones are kept as a version.

    The same text again changes nothing. Where a customer makes a wish of what was only thanks, the ticket moves as it
    would by a message; where that would go into another ticket, it is refused (but not in a company's own account,
    where nobody can be told).

    Raises NotFound, PermissionDenied, NotEditable, TicketClosed, TooLateInTelegram, InvalidInput.
    """
    ticket, message = _lock(actor, message_id)
    require_can_edit(actor, message)
    _require_changeable_in_telegram(message)
    draft = MessageDraft(
        id=message.pk,
        text=text,
        kind=MessageKind(message.kind),
        attachments=[file.attachment] if file is not None else _attachment_ids(message),
        entities=entities or [],
    )
    new_text = draft.cleaned_text()
    asks = _makes_a_wish(message, draft)
    if asks and is_over_for_customer(ticket) and actor.source != Source.BUSINESS:
        raise TicketClosed(_("This ticket is done. Write what is to be done as a new message."))
    replaced = _attachment_ids(message)[:1] if file is not None else []
    if file is not None:
        message.kind = file.kind
    if items := items_of(message):  # of an album: all of it belongs to its first
        items = [replace(item, text="", entities=()) for item in items]
        store_items(message, [replace(items[0], text=new_text, entities=draft.entities), *items[1:]])
    change = Change(
        text=new_text,
        entities=draft.entities,
        file=file.attachment if file is not None else None,
        replaced=next(iter(replaced), None),
        asks=asks,
    )
    changed = apply_change(actor, ticket, message, change)
    if asks and not ticket.is_closed:
        _take_up(actor, ticket)
    return changed


def _makes_a_wish(message: Message, draft: MessageDraft) -> bool:
    """Whether the edit makes something that somebody has to do of a customer's thanks."""
    if message.author_role != AuthorRole.CUSTOMER or draft.is_only_thanks():
        return False
    return is_only_thanks(message.kind, message.text, has_files=message.attachments.exists())


@transaction.atomic
def edit_album_item(
    *,
    actor: Actor,
    message_id: UUID,
    place: int,
    text: str,
    entities: Sequence[dict[str, Any]] = (),
    file: NewFile | None = None,
) -> Message:
    """Give one item of an album another caption, or another file. Raises as `edit_message`; NotFound too where it has
    no such item.
    """
    ticket, message = _lock(actor, message_id)
    require_can_edit(actor, message)
    items = items_of(message)
    former = next((item for item in items if item.place == place), None)
    if former is None:
        raise NotFound
    caption = clean_text(text, field="text", limit=TEXT_LIMIT, required=False)
    attachment = file.attachment if file is not None else former.attachment
    item = replace(former, text=caption, entities=entities, attachment=attachment)
    items = [item if known is former else known for known in items]
    whole, marks = join_captions(items)
    whole = clean_text(whole, field="text", limit=TEXT_LIMIT, required=False)
    store_items(message, items)
    change = Change(text=whole, entities=marks, item=attachment)
    if file is not None:
        change = replace(change, file=attachment, replaced=former.attachment)
    return apply_change(actor, ticket, message, change)


@transaction.atomic
def join_album(*, actor: Actor, message_id: UUID, item: AlbumItem) -> Message:
    """Put a further item into one's own album, in its place. An item that is there changes nothing.

    It opens and reopens nothing: the album's first has. Raises NotFound, and NotEditable where the message takes no
    more: removed, full, or somebody else's.
    """
    ticket, message = _lock(actor, message_id)
    items = items_of(message)
    if any(known.place == item.place for known in items):
        return message
    is_own = message.author_id == actor.user_id
    items = sorted([*items, item], key=attrgetter("place"))
    text, entities = join_captions(items)
    has_room = len(items) <= FILES_LIMIT and utf16_length(text) <= TEXT_LIMIT
    if not is_own or message.deleted_at is not None or not has_room:
        raise NotEditable
    bind_attachments(actor, message, [item.attachment])
    order_attachments(message, [item.attachment for item in items])
    store_items(message, items)
    message.text, message.entities = text, entities
    message.save(update_fields=["text", "entities", "content"])
    record_event(ticket, actor, AttachmentAdded(message=message.pk, attachment=item.attachment), message=message)
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
    return list(message.attachments.order_by("position").values_list("pk", flat=True))
