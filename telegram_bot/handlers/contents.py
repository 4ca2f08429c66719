"""What a Telegram message is to the help desk: its kind, its text, its file and what else it carries."""

import unicodedata
from dataclasses import dataclass, field, replace
from typing import Any

import telegram
from telegram.constants import MessageType

from accounts.text_cleaning import repair_text
from tickets.models import MessageKind


@dataclass(frozen=True, kw_only=True)
class IncomingFile:
    """size: bytes, 0 where Telegram does not say."""

    file_id: str
    unique_id: str
    name: str
    content_type: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Content:
    kind: MessageKind
    text: str = ""
    entities: list[dict[str, Any]] = field(default_factory=list)
    file: IncomingFile | None = None
    data: dict[str, Any] = field(default_factory=dict)
    forwarded_from: dict[str, Any] | None = None


# Telegram names the kind of a message by the field that it has. Their order matters: a venue also has a location, an
# animation also a document.
_FILE_KINDS = {
    "animation": (MessageKind.ANIMATION, "mp4", "video/mp4"),
    "voice": (MessageKind.VOICE, "ogg", "audio/ogg"),
    "video_note": (MessageKind.VIDEO_NOTE, "mp4", "video/mp4"),
    "video": (MessageKind.VIDEO, "mp4", "video/mp4"),
    "audio": (MessageKind.AUDIO, "mp3", "audio/mpeg"),
    "document": (MessageKind.DOCUMENT, "bin", "application/octet-stream"),
}
_STICKER_FILES = {
    "static": ("webp", "image/webp"),
    "animated": ("tgs", "application/x-tgsticker"),
    "video": ("webm", "video/webm"),
}
# What Telegram says itself, in the form of a message: nobody wrote it.
_SERVICE_TYPES = {
    MessageType.PINNED_MESSAGE,
    MessageType.WRITE_ACCESS_ALLOWED,
    MessageType.MESSAGE_AUTO_DELETE_TIMER_CHANGED,
    MessageType.CHAT_BACKGROUND_SET,
    MessageType.CONNECTED_WEBSITE,
    MessageType.WEB_APP_DATA,
    MessageType.PASSPORT_DATA,
    MessageType.PROXIMITY_ALERT_TRIGGERED,
}


def read_content(message: telegram.Message) -> Content | None:
    """None for what Telegram itself says (a pinned message and the like)."""
    content = _read_kind(message)
    if content is None or message.quote is None or not (words := repair_text(message.quote.text)):
        return content
    return replace(content, data={**content.data, "quote": words})


def _read_kind(message: telegram.Message) -> Content | None:
    text, entities = _text_of(message)
    origin = _origin_of(message)
    for name, (kind, ending, content_type) in _FILE_KINDS.items():
        if (content := getattr(message, name)) is not None:
            file = _file_of(content, fallback=f"{name}-{message.message_id}.{ending}", content_type=content_type)
            return Content(kind=kind, text=text, entities=entities, file=file, forwarded_from=origin)
    if message.sticker is not None:
        return _read_sticker(message.sticker, message.message_id, origin)
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        file = _file_of(largest, fallback=f"photo-{message.message_id}.jpg", content_type="image/jpeg")
        return Content(kind=MessageKind.PHOTO, text=text, entities=entities, file=file, forwarded_from=origin)
    if text:
        return Content(kind=MessageKind.TEXT, text=text, entities=entities, forwarded_from=origin)
    return _without_text(message, origin)


def _read_sticker(sticker: telegram.Sticker, message_id: int, origin: dict[str, Any] | None) -> Content:
    """A sticker is one of three kinds of file, which Telegram names nowhere else."""
    form = "animated" if sticker.is_animated else "video" if sticker.is_video else "static"
    ending, content_type = _STICKER_FILES[form]
    file = _file_of(sticker, fallback=f"sticker-{message_id}.{ending}", content_type=content_type)
    data = {"format": form, **({"emoji": repair_text(sticker.emoji)} if sticker.emoji else {})}
    return Content(kind=MessageKind.STICKER, file=file, data=data, forwarded_from=origin)


def _without_text(message: telegram.Message, origin: dict[str, Any] | None) -> Content | None:
    if (venue := message.venue) is not None:
        place = {"latitude": venue.location.latitude, "longitude": venue.location.longitude}
        data = {**place, "title": repair_text(venue.title), "address": repair_text(venue.address)}
        return Content(kind=MessageKind.VENUE, data=data, forwarded_from=origin)
    if (point := message.location) is not None:
        data = {"latitude": point.latitude, "longitude": point.longitude}
        return Content(kind=MessageKind.LOCATION, data=data, forwarded_from=origin)
    if (contact := message.contact) is not None:
        names = {"first_name": contact.first_name, "last_name": contact.last_name, "phone": contact.phone_number}
        data = {name: repair_text(value) for name, value in names.items() if value}
        return Content(kind=MessageKind.CONTACT, data=data, forwarded_from=origin)
    if (poll := message.poll) is not None:
        data = {"question": repair_text(poll.question), "options": [repair_text(one.text) for one in poll.options]}
        return Content(kind=MessageKind.POLL, data=data, forwarded_from=origin)
    if (dice := message.dice) is not None:
        return Content(kind=MessageKind.TEXT, text=f"{dice.emoji} {dice.value}", forwarded_from=origin)
    name = telegram.helpers.effective_message_type(message)
    if name in _SERVICE_TYPES:
        return None
    # of a Bot API newer than the library, or nothing that a desk can show
    seen = name or next(iter(message.api_kwargs), "")
    return Content(kind=MessageKind.UNSUPPORTED, data={"type": str(seen)[:40]}, forwarded_from=origin)


def _text_of(message: telegram.Message) -> tuple[str, list[dict[str, Any]]]:
    """The text or caption. Entities count code units, so they hold only for a text that nothing changes on its way."""
    raw = message.text or message.caption or ""
    text = repair_text(raw)
    entities = message.entities or message.caption_entities
    untouched = text == raw and text == unicodedata.normalize("NFC", text).strip() and "\r" not in text
    return text, [entity.to_dict() for entity in entities if entity.type != "bot_command"] if untouched else []


def _file_of(content: Any, *, fallback: str, content_type: str) -> IncomingFile:
    return IncomingFile(
        file_id=content.file_id,
        unique_id=content.file_unique_id,
        name=getattr(content, "file_name", None) or fallback,
        content_type=getattr(content, "mime_type", None) or content_type,
        size=content.file_size or 0,
    )


def _origin_of(message: telegram.Message) -> dict[str, Any] | None:
    """Who wrote what was forwarded, for reading only: a hidden sender has no id, and nobody is known by a forward."""
    origin = message.forward_origin
    if origin is None:
        return None
    match origin:
        case telegram.MessageOriginUser():
            name = origin.sender_user.full_name
        case telegram.MessageOriginHiddenUser():
            name = origin.sender_user_name
        case telegram.MessageOriginChat():
            name = origin.sender_chat.effective_name or ""
        case telegram.MessageOriginChannel():
            name = origin.chat.effective_name or ""
        case _:
            name = ""
    return {"type": str(origin.type), "name": repair_text(name or "")[:128], "date": origin.date.isoformat()}
