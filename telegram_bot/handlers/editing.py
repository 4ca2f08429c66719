"""What people change of what they sent: its words, its file, the place of a live location."""

from contextlib import suppress
from uuid import UUID

import telegram
from django.utils.translation import gettext as _

from accounts.errors import NotFound
from telegram_bot.customer_chat.held import held_in
from telegram_bot.handlers.command_line import parse_command, read_note, split_number
from telegram_bot.handlers.contents import Content, keep_rest, read_content
from telegram_bot.handlers.incoming_files import is_known, message_key, reserve_file
from telegram_bot.handlers.rating import change_comment, was_comment
from telegram_bot.handlers.routing import find_answered_ticket, find_link
from telegram_bot.incoming import Incoming, Outcome, read_body
from telegram_bot.models import Direction
from tickets.errors import NotEditable
from tickets.models import MessageKind
from tickets.selectors.tickets import get_message_for
from tickets.services import conversation
from tickets.services.albums import items_of
from tickets.services.drafts import NewFile
from tickets.services.live_places import move_place


def is_first_seen(incoming: Incoming, message: telegram.Message) -> bool:
    """Whether nothing was ever stored of the message that is changed: a mistyped command, what was refused."""
    has_words = bool((message.text or message.caption or "").strip())
    return has_words and find_link(incoming, message.message_id) is None and not _is_held(incoming, message)


def edit_message(incoming: Incoming, message: telegram.Message) -> Outcome:
    """Telegram also reports edits that change nothing that we can see; the service compares."""
    link = find_link(incoming, message.message_id)
    if link is None and _is_held(incoming, message):
        return Outcome.HELD  # it waits behind what it changes
    content = read_content(message)
    if link is not None and content is not None and was_comment(incoming, link):
        return change_comment(incoming, link, content)
    if link is None or link.message is None or content is None or link.direction != Direction.INCOMING:
        return Outcome.IGNORED
    _refuse_change_of_readers(incoming, message, link.message, content)
    try:
        if content.kind == MessageKind.LOCATION:
            move_place(actor=incoming.actor, message_id=link.message, place=content.data)
        else:
            _edit(incoming, message, link.message, _without_command(incoming, message, content))
    except NotFound:
        return Outcome.IGNORED
    return Outcome.MESSAGE_EDITED


def _refuse_change_of_readers(incoming: Incoming, message: telegram.Message, stored: UUID, content: Content) -> None:
    """An answer is read already, and whoever takes a note's sign away believes that the customer reads it now.

    Of an album one item alone bears the sign. Raises NotEditable.
    """
    if not incoming.actor.is_staff or incoming.chat.is_business or not content.text:
        return
    has_sign = read_note(content.text)[0]
    if message.media_group_id and not has_sign:
        return
    with suppress(NotFound):
        is_note = get_message_for(incoming.actor, stored).internal
        if has_sign and not is_note:
            raise NotEditable(
                _("The customer has this already and keeps it as it was: an edit makes no note of an answer.")
            )
        if is_note and not has_sign:
            raise NotEditable(
                _(
                    "This note stays as it was, and the customer sees nothing of it: an edit makes no answer of a "
                    "note. Send the answer anew; to change the note, keep // before it."
                )
            )


def _is_held(incoming: Incoming, message: telegram.Message) -> bool:
    """Whether the message itself still waits for its customer's choice of a ticket."""
    held = held_in(incoming.row.bot_id, incoming.row.queue)
    return any(read_body(row).get("message", {}).get("message_id") == message.message_id for row in held)


def _without_command(incoming: Incoming, message: telegram.Message, content: Content) -> Content:
    """An edit brings the whole line again, of which only what stands behind the command was written down.

    In a chat of a company's own account there are no commands.
    """
    if incoming.chat.is_business:
        return content
    is_note, text = read_note(content.text) if incoming.actor.is_staff else (False, content.text)
    if not incoming.chat.is_of_staff:  # there the topic says which ticket, and nothing is opened
        command = parse_command(content.text)
        if is_note and find_answered_ticket(incoming, message) is None:
            text = split_number(text)[1]
        elif command is not None and command.name == "new":
            text = command.argument
    return keep_rest(content, text)


def _edit(incoming: Incoming, message: telegram.Message, stored: UUID, content: Content) -> None:
    """Raises NotFound."""
    file = _find_new_file(incoming, message, stored, content)
    if message.media_group_id:
        with suppress(NotFound):  # it may be a message of its own
            conversation.edit_album_item(
                actor=incoming.actor,
                message_id=stored,
                place=message.message_id,
                text=content.text,
                entities=content.entities,
                file=file,
            )
            return
    conversation.edit_message(
        actor=incoming.actor, message_id=stored, text=content.text, entities=content.entities, file=file
    )


def _find_new_file(incoming: Incoming, message: telegram.Message, stored: UUID, content: Content) -> NewFile | None:
    """The file that this edit put in the place of the former; None where that is still the same. Raises NotFound."""
    if content.file is None:
        return None
    row = get_message_for(incoming.actor, stored)
    files = [item.attachment for item in items_of(row) if item.place == message.message_id]
    files = files or list(row.attachments.order_by("position").values_list("pk", flat=True)[:1])
    if is_known(incoming.row.bot_id, files, content.file):
        return None
    place = (incoming.row.bot_id, incoming.chat_id, message.message_id)
    edited_at = message.edit_date.timestamp() if message.edit_date is not None else 0
    key = message_key(*place, "file", content.file.unique_id, int(edited_at))
    reserve_file(incoming, key, content.file)
    return NewFile(attachment=key, kind=content.kind)
