"""From an owed call to what Telegram takes, at the moment of sending.

In `params` the names that begin with @ are ours:
  @message, @part     a part of this message of ours: its text, or for an edit or a removal the link to it
  @header             a line above the first part, where the customer has several tickets
  @attachment         this file of ours (its @part begins at FILE_PARTS)
  @reply_to           our message that is answered
  @ticket             the ticket that a reply to the sent message belongs to
  @admin_entry        a one-time link into the admin for this person, made only now: no table holds the secret
  @plain, @upload, @document   what was learned from a refusal: send without formatting; upload again in place of a
                      file's id; send the picture as a file
All others go to Telegram as they are.
"""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext as _

from accounts.actors import Actor, Source
from accounts.errors import NotFound, PermissionDenied
from accounts.selectors.people import get_person
from accounts.services.one_time_links import create_admin_entry
from accounts.text_cleaning import utf16_length
from telegram_bot.bot_api import Upload
from telegram_bot.files import FileRequest
from telegram_bot.keyboards import link_button
from telegram_bot.mini_app import mini_app_url
from telegram_bot.models import Chat, Direction, MessageLink, OutgoingCall, TelegramFile
from telegram_bot.text_parts import TEXT_LIMIT, TextPart, split_text
from telegram_bot.verdicts import Failed, Sent
from tickets.models import Attachment, AttachmentState, Message
from tickets.selectors.tickets import get_attachment_for, get_message_for

_TAG = re.compile(r"<[^>]*>")
FILE_FIELDS = {
    "sendPhoto": "photo",
    "sendDocument": "document",
    "sendVideo": "video",
    "sendAudio": "audio",
    "sendVoice": "voice",
    "sendAnimation": "animation",
}
FILE_PARTS = 100
_PHOTO_TYPES = ("image/jpeg", "image/png", "image/webp")
_LARGEST_PHOTO = 10 * 2**20  # bytes; and the sides at most 10000 together, 1:20 at the flattest (Bot API, sendPhoto)


@dataclass(frozen=True, kw_only=True)
class Request:
    """One call of the Bot API."""

    method: str
    params: dict[str, Any]
    file: Upload | None = None


Rendered = Request | FileRequest | Sent | Failed

_NOTHING_LEFT_TO_DO = Sent(result=None, asked=False)


def render_call(call: OutgoingCall) -> Rendered:
    """What to do for this call: a request, nothing any more, or why it cannot be done."""
    if call.queue is not None and (reason := _unreachable(call)):
        return Failed(code="unreachable", unreachable=reason)
    try:
        if call.method == "getFile":
            return _file_request(call)
        if call.method in FILE_FIELDS:
            return _file_message(call)
        if "@message" in call.params:
            return _message_part(call)
        if "@admin_entry" in call.params:
            return _admin_entry(call)
    except NotFound:  # removed meanwhile
        return _NOTHING_LEFT_TO_DO
    return Request(method=call.method, params=_plain_params(call))


def _unreachable(call: OutgoingCall) -> str:
    chats = Chat.objects.filter(bot_id=call.bot_id, telegram_id=call.queue or 0)
    return chats.values_list("unreachable", flat=True).first() or ""


def _plain_params(call: OutgoingCall) -> dict[str, Any]:
    params = {name: value for name, value in call.params.items() if not name.startswith("@")}
    if call.queue is not None:
        params["chat_id"] = call.queue
    if (reply_to := call.params.get("@reply_to")) and (link := _find_link(call, reply_to)):
        # the customer may have deleted what is answered: the answer must still go out
        params["reply_parameters"] = {"message_id": link.telegram_message_id, "allow_sending_without_reply": True}
    return without_formatting(params) if call.params.get("@plain") else params


def without_formatting(params: dict[str, Any]) -> dict[str, Any]:
    """The same words with no entities: Telegram could not read them."""
    formatting = ("parse_mode", "entities", "caption_entities")
    plain = {name: value for name, value in params.items() if name not in formatting}
    if params.get("parse_mode") == "HTML":
        for name in ("text", "caption"):
            if name in plain:
                plain[name] = unescape(_TAG.sub("", plain[name]))
    return plain


def _find_link(call: OutgoingCall, message_id: str, part: int = 0) -> MessageLink | None:
    links = MessageLink.objects.filter(bot_id=call.bot_id, chat_id=call.queue or 0, message=message_id)
    return links.filter(part=part).first()


def message_parts(message: Message, header: str) -> list[TextPart]:
    """The message's text as it goes to Telegram; the header takes its room from the first piece."""
    head = f"{header}\n" if header else ""
    length = utf16_length(head)
    parts = split_text(message.text, message.entities, first_limit=TEXT_LIMIT - length)
    if not parts or not head:
        return parts
    moved = [{**entity, "offset": entity["offset"] + length} for entity in parts[0].entities]
    return [TextPart(head + parts[0].text, moved), *parts[1:]]


def _message_part(call: OutgoingCall) -> Rendered:
    """A piece of a message's text, as it reads now: sent, put in place of the old one, or taken back."""
    number = call.params.get("@part", 0)
    if call.method == "deleteMessage":
        return _removal(call, number)
    message = get_message_for(Actor.system(), UUID(call.params["@message"]))
    if message.deleted_at is not None:
        return _NOTHING_LEFT_TO_DO
    parts = message_parts(message, call.params.get("@header", ""))
    link = _find_link(call, call.params["@message"], number)
    if number >= len(parts):
        return _removal(call, number) if link else _NOTHING_LEFT_TO_DO
    params = _plain_params(call)
    params["text"] = parts[number].text
    if parts[number].entities and not call.params.get("@plain"):
        params["entities"] = parts[number].entities
    if call.method == "editMessageText":
        if link is None:  # the text has grown by a piece
            return Request(method="sendMessage", params=params)
        params["message_id"] = link.telegram_message_id
    return Request(method=call.method, params=params)


def _admin_entry(call: OutgoingCall) -> Rendered:
    """Telegram shows no button to an address that is not public: there the link stands in the text."""
    person = get_person(UUID(call.params["@admin_entry"]))
    params = _plain_params(call)
    with translation.override(person.language):
        try:
            url = create_admin_entry(actor=Actor.of(person, Source.TELEGRAM))
        except PermissionDenied as error:
            return Failed(code=error.code)
        if mini_app_url() is None:
            params["text"] += f"\n\n{escape(url)}"
        else:
            params["reply_markup"] = link_button(_("Enter the back office"), url)
    return Request(method=call.method, params=params)


def _removal(call: OutgoingCall, number: int) -> Rendered:
    link = _find_link(call, call.params["@message"], number)
    if link is None or link.direction != Direction.OUTGOING:
        return _NOTHING_LEFT_TO_DO
    return Request(method="deleteMessage", params={"chat_id": call.queue, "message_id": link.telegram_message_id})


def file_method(attachment: Attachment) -> str:
    """How Telegram shows a file of this type."""
    width, height = attachment.width or 0, attachment.height or 0
    if attachment.content_type in _PHOTO_TYPES and attachment.size <= _LARGEST_PHOTO and width and height:
        fits = width + height <= 10_000 and max(width, height) <= 20 * min(width, height)
        return "sendPhoto" if fits else "sendDocument"
    by_type = {"video/mp4": "sendVideo", "audio/mpeg": "sendAudio", "image/gif": "sendAnimation"}
    return by_type.get(attachment.content_type, "sendDocument")


def _file_message(call: OutgoingCall) -> Rendered:
    """A file of a message: by Telegram's own id where it has one, else uploaded."""
    attachment = get_attachment_for(Actor.system(), UUID(call.params["@attachment"]))
    method = "sendDocument" if call.params.get("@document") else call.method
    field = FILE_FIELDS[method]
    params = _plain_params(call)
    known = TelegramFile.objects.filter(bot_id=call.bot_id, attachment=attachment.pk).first()
    if known is not None and not call.params.get("@upload"):
        return Request(method=method, params={**params, field: known.file_id})
    if attachment.state != AttachmentState.READY:
        return Failed(code="file_missing")
    content = _read(attachment)
    if content is None:
        return Failed(code="file_missing")
    return Request(method=method, params=params, file=Upload(field=field, name=attachment.name, content=content))


def _read(attachment: Attachment) -> bytes | None:
    try:
        with default_storage.open(attachment.storage_key) as file:
            return bytes(file.read())
    except FileNotFoundError:
        return None


def _file_request(call: OutgoingCall) -> Rendered:
    attachment_id = UUID(call.params["@attachment"])
    known = TelegramFile.objects.filter(bot_id=call.bot_id, attachment=attachment_id).first()
    if known is None:
        return Failed(code="file_missing")
    return FileRequest(attachment_id=attachment_id, file_id=known.file_id)
