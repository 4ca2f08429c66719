"""What a Telegram message is to the help desk: its kind, its text, its file and what else it carries."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import telegram

from accounts.text_cleaning import repair_text, utf16_length
from telegram_bot.handlers.formatting import tidy_formatted
from telegram_bot.incoming import UNREADABLE
from tickets.models import MessageKind
from tickets.representations.contents import SAME_CHAT


@dataclass(frozen=True, kw_only=True)
class IncomingFile:
    """kind: the Bot API's name of it; size: bytes, 0 where Telegram does not say; duration: seconds.

    sides: width and height in pixels, where they are no part of the file; preview_id: of Telegram's own still picture
    of what may be shown as nothing else (`thumbnail`), empty without.
    """

    kind: str
    file_id: str
    unique_id: str
    name: str
    content_type: str
    size: int
    duration: int | None = None
    sides: tuple[int, int] | None = None
    preview_id: str = ""


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
SERVICE_FIELDS = {
    "pinned_message",
    "write_access_allowed",
    "message_auto_delete_timer_changed",
    "chat_background_set",
    "connected_website",
    "web_app_data",
    "passport_data",
    "proximity_alert_triggered",
    "forum_topic_created",
    "forum_topic_edited",
    "forum_topic_closed",
    "forum_topic_reopened",
    "general_forum_topic_hidden",
    "general_forum_topic_unhidden",
}
# What a message says of itself, and no content. Of fields that the library does not know, names of the API before 7.0.
ENVELOPE = {
    "message_id", "message_thread_id", "direct_messages_topic", "from", "sender_chat", "sender_boost_count",
    "sender_business_bot", "sender_tag", "date", "business_connection_id", "chat", "forward_origin", "is_topic_message",
    "is_automatic_forward", "reply_to_message", "external_reply", "quote", "reply_to_story",
    "reply_to_checklist_task_id", "reply_to_poll_option_id", "via_bot", "edit_date", "has_protected_content",
    "is_from_offline", "is_paid_post",
    "media_group_id", "author_signature", "paid_star_count", "link_preview_options", "suggested_post_info", "effect_id",
    "text", "entities", "caption", "caption_entities", "show_caption_above_media", "has_media_spoiler", "reply_markup",
    "guest_bot_caller_chat", "guest_bot_caller_user", "guest_query_id", "origin",
    "forward_from", "forward_from_chat", "forward_from_message_id", "forward_signature", "forward_sender_name",
    "forward_date", "ephemeral_message_id", "receiver_user",
}  # fmt: skip
_NAME_LIMIT = 128
_QUOTE_LIMIT = 1000
_LONGEST = 0x7FFFFFFF  # seconds


def read_content(message: telegram.Message) -> Content | None:
    """None for what Telegram itself says (a pinned message and the like)."""
    content = _read_kind(message)
    if content is None:
        return None
    answered: dict[str, Any] = {}
    if message.quote is not None and (words := repair_text(message.quote.text)):
        answered["quote"] = words
    if (elsewhere := _answered_elsewhere(message)) is not None:
        answered["external_reply"] = elsewhere
    return replace(content, data={**content.data, **answered}) if answered else content


def keep_rest(content: Content, words: str) -> Content:
    """Only the words with which its text ends, with the formatting that they have."""
    removed, length = utf16_length(content.text) - utf16_length(words), utf16_length(words)
    entities = []
    for entity in content.entities:
        begin = max(entity["offset"] - removed, 0)
        end = min(entity["offset"] + entity["length"] - removed, length)
        if end > begin:
            entities.append({**entity, "offset": begin, "length": end - begin})
    return replace(content, text=words, entities=entities)


def find_answered(message: telegram.Message) -> telegram.Message | None:
    """What the message replies to in its own chat. A topic's beginning is nothing: all that is written there answers it
    (Bot API, Message.reply_to_message in topics)."""
    reply = message.reply_to_message
    return None if reply is None or _content_name(reply) in SERVICE_FIELDS else reply


def quote_answered(message: telegram.Message) -> dict[str, Any]:
    """What the message replies to in its own chat, for where the desk holds no message of that: its words, and whose
    they are."""
    reply = find_answered(message)
    if reply is None:
        return {}
    whose = reply.from_user.full_name if reply.from_user is not None else ""
    name = _content_name(reply)
    answered = {"type": SAME_CHAT, "name": _limited(whose), "date": reply.date.isoformat(), "kind": name}
    words = repair_text(message.quote.text if message.quote is not None else reply.text or reply.caption or "").strip()
    if len(words) > _QUOTE_LIMIT:
        words = words[: _QUOTE_LIMIT - 1] + "…"
    return {"external_reply": answered, **({"quote": words} if words else {})}


def _answered_elsewhere(message: telegram.Message) -> dict[str, Any] | None:
    """What the message replies to, where that stands in another chat: whose it is, and Telegram's name of its kind."""
    reply = message.external_reply
    if reply is not None and reply.origin:  # an origin that the library does not know is none
        return {**_describe_origin(reply.origin), "kind": _content_name(reply)}
    if (story := message.reply_to_story) is not None:
        return {"type": "story", "name": _limited(story.chat.effective_name), "kind": "story"}
    return None


def _read_kind(message: telegram.Message) -> Content | None:
    text, entities = _text_of(message)
    origin = _origin_of(message)
    for name, (kind, ending, content_type) in _FILE_KINDS.items():
        if (content := getattr(message, name)) is not None:
            file = _file_of(name, content, message.message_id, ending, content_type)
            return Content(kind=kind, text=text, entities=entities, file=file, forwarded_from=origin)
    if message.sticker is not None:
        return _read_sticker(message.sticker, message.message_id, origin)
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        file = _file_of("photo", largest, message.message_id, "jpg", "image/jpeg")
        return Content(kind=MessageKind.PHOTO, text=text, entities=entities, file=file, forwarded_from=origin)
    if text and message.text:
        return Content(kind=MessageKind.TEXT, text=text, entities=entities, forwarded_from=origin)
    read = _without_text(message, origin)
    return replace(read, text=text, entities=entities) if read is not None and text else read


def _read_sticker(sticker: telegram.Sticker, message_id: int, origin: dict[str, Any] | None) -> Content:
    """A sticker is one of three kinds of file, which Telegram names nowhere else."""
    form = "animated" if sticker.is_animated else "video" if sticker.is_video else "static"
    ending, content_type = _STICKER_FILES[form]
    file = _file_of("sticker", sticker, message_id, ending, content_type)
    if form != "static":
        preview_id = sticker.thumbnail.file_id if sticker.thumbnail is not None else ""
        file = replace(file, sides=(sticker.width, sticker.height), preview_id=preview_id)
    data = {"format": form, **({"emoji": repair_text(sticker.emoji)} if sticker.emoji else {})}
    return Content(kind=MessageKind.STICKER, file=file, data=data, forwarded_from=origin)


def _without_text(message: telegram.Message, origin: dict[str, Any] | None) -> Content | None:
    if (venue := message.venue) is not None:
        place = {"latitude": venue.location.latitude, "longitude": venue.location.longitude}
        data = {**place, "title": repair_text(venue.title), "address": repair_text(venue.address)}
        return Content(kind=MessageKind.VENUE, data=data, forwarded_from=origin)
    if (point := message.location) is not None:
        data = {"latitude": point.latitude, "longitude": point.longitude, **_liveliness(message, point)}
        return Content(kind=MessageKind.LOCATION, data=data, forwarded_from=origin)
    if (contact := message.contact) is not None:
        names = {"first_name": contact.first_name, "last_name": contact.last_name, "phone": contact.phone_number}
        data = {name: repair_text(value) for name, value in names.items() if value}
        return Content(kind=MessageKind.CONTACT, data=data, forwarded_from=origin)
    if (poll := message.poll) is not None:
        data = {"question": repair_text(poll.question), "options": [repair_text(one.text) for one in poll.options]}
        return Content(kind=MessageKind.POLL, data=data, forwarded_from=origin)
    if (dice := message.dice) is not None:
        data = {"emoji": repair_text(dice.emoji), "value": dice.value}
        return Content(kind=MessageKind.DICE, data=data, forwarded_from=origin)
    name = _content_name(message)
    if name in SERVICE_FIELDS:
        return None
    # of a Bot API newer than the library, or nothing that a desk can show
    return Content(kind=MessageKind.UNSUPPORTED, data={"type": name}, forwarded_from=origin)


def _liveliness(message: telegram.Message, point: telegram.Location) -> dict[str, Any]:
    """Until when a live location moves on; nothing where it does not, or has ended."""
    seconds = _seconds(getattr(point, "live_period", None))
    return {"live_until": (message.date + timedelta(seconds=seconds)).isoformat()} if seconds is not None else {}


def _content_name(message: telegram.Message | telegram.ExternalReplyInfo) -> str:
    """Telegram's name of what the message holds, at most 40 characters; empty where it holds nothing but text."""
    names = [name for name, value in message.to_dict().items() if name not in ENVELOPE and value is not False]
    name = next((name for name in names if name in SERVICE_FIELDS), "") or next(iter(names), "")
    return repair_text(name.removeprefix(UNREADABLE))[:40]


def _text_of(message: telegram.Message) -> tuple[str, list[dict[str, Any]]]:
    """The text or caption as it is kept, and its formatting."""
    entities = message.entities or message.caption_entities
    formatting = [entity.to_dict() for entity in entities if entity.type != "bot_command"]
    return tidy_formatted(message.text or message.caption or "", formatting)


def _file_of(kind: str, content: Any, message_id: int, ending: str, content_type: str) -> IncomingFile:
    """Under the name and type that Telegram gives, or those that files of its kind have."""
    return IncomingFile(
        kind=kind,
        file_id=content.file_id,
        unique_id=content.file_unique_id,
        name=getattr(content, "file_name", None) or f"{kind}-{message_id}.{ending}",
        content_type=getattr(content, "mime_type", None) or content_type,
        size=content.file_size or 0,
        duration=_seconds(getattr(content, "duration", None)),
    )


def _seconds(period: object) -> int | None:
    """None too for what is no length of time, or longer than Telegram's longest (Bot API, live_period)."""
    seconds = period.total_seconds() if isinstance(period, timedelta) else period
    return int(seconds) if isinstance(seconds, int | float) and 0 <= seconds <= _LONGEST else None


def _origin_of(message: telegram.Message) -> dict[str, Any] | None:
    """Who wrote what was forwarded, for reading only: a hidden sender has no id, and nobody is known by a forward."""
    origin = message.forward_origin
    return _describe_origin(origin) if origin is not None else None


def _describe_origin(origin: telegram.MessageOrigin) -> dict[str, Any]:
    name: str | None = ""
    match origin:
        case telegram.MessageOriginUser():
            name = origin.sender_user.full_name
        case telegram.MessageOriginHiddenUser():
            name = origin.sender_user_name
        case telegram.MessageOriginChat():
            name = origin.sender_chat.effective_name
        case telegram.MessageOriginChannel():
            name = origin.chat.effective_name
    return {"type": str(origin.type), "name": _limited(name), "date": origin.date.isoformat()}


def _limited(name: str | None) -> str:
    return repair_text(name or "")[:_NAME_LIMIT]
