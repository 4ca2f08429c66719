"""sendMessage and what else goes out without a file."""

import secrets
from typing import Any

from telegram_bot.simulator.bot_api.composing import start_message, text_content
from telegram_bot.simulator.bot_api.parameters import Call
from telegram_bot.simulator.database import JSON
from telegram_bot.simulator.errors import bad_request
from telegram_bot.simulator.formatting.given import CAPTION_LIMIT
from telegram_bot.simulator.formatting.text import utf16_length
from telegram_bot.simulator.world import World

_NEVER_COPIED = {"paid_media", "invoice", "giveaway", "giveaway_winners", "pinned_message", "forum_topic_created"}
_ACTIONS = [
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
]


def send_message(world: World, call: Call) -> JSON:
    draft = start_message(world, call)
    return draft.build(text_content(call))


def send_location(world: World, call: Call) -> JSON:
    draft = start_message(world, call)
    return draft.build({"location": _location(call)})


def send_venue(world: World, call: Call) -> JSON:
    draft = start_message(world, call)
    title, address = call.text("title"), call.text("address")
    if not title or not address:
        raise bad_request("Venue title and address must be non-empty")
    location = _location(call)
    return draft.build({"venue": {"location": location, "title": title, "address": address}, "location": location})


def send_contact(world: World, call: Call) -> JSON:
    draft = start_message(world, call)
    phone, name = call.text("phone_number"), call.text("first_name")
    if not phone:
        raise bad_request("PHONE_NUMBER_INVALID")
    if not name:
        raise bad_request("first name must be non-empty")
    contact = {"phone_number": phone.lstrip("+"), "first_name": name}
    contact |= {key: call.text(key) for key in ("last_name", "vcard") if call.text(key)}
    return draft.build({"contact": contact})


def send_chat_action(world: World, call: Call) -> bool:
    chat = world.chats.writable(call.chat_id)
    action = call.text("action").lower()
    if action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    world.changes.notice("action", chat["id"], action=action)
    return True


def forward_message(world: World, call: Call) -> JSON:
    original = _original(world, call)
    draft = start_message(world, call)
    origin = {"type": "user", "sender_user": original["from"], "date": original["date"]}
    return draft.build(_content(original), forward_origin=original.get("forward_origin", origin))


def copy_message(world: World, call: Call) -> JSON:
    """Of any length by itself; as an answer it is a message of the bot's own, with a bot's limit of captions."""
    original = _original(world, call)
    if not _may_be_copied(original):
        raise bad_request("message can't be copied")
    draft = start_message(world, call)
    if call.text("reply_parameters") and utf16_length(original.get("caption", "")) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    return {"message_id": draft.build(_content(original))["message_id"]}


def copy_messages(world: World, call: Call) -> list[JSON]:
    """What is not found, or cannot be copied, is skipped without a word, as on Telegram; an album stays one."""
    source = world.chats.readable(call.text("from_chat_id"))
    numbers = call.json("message_ids", list, "message identifiers") or []
    if not 1 <= len(numbers) <= 100 or numbers != sorted(set(numbers)):
        raise bad_request("message identifiers must be from 1 to 100 and strictly increasing")
    draft = start_message(world, call)
    found = [world.history.find(source["id"], int(number)) for number in numbers]
    group = str(secrets.randbelow(1 << 53) + (1 << 53))
    copies = [
        draft.build(_content(one), **({"media_group_id": group} if one.get("media_group_id") else {}))
        for one in found
        if one is not None and _may_be_copied(one)
    ]
    return [{"message_id": one["message_id"]} for one in copies]


def _original(world: World, call: Call) -> JSON:
    source = world.chats.readable(call.text("from_chat_id"))
    original = world.history.find(source["id"], call.message_id())
    if original is None:
        raise bad_request(f"message to {'copy' if call.method == 'copymessage' else 'forward'} not found")
    return original


def _may_be_copied(message: JSON) -> bool:
    """As the Bot API says of copyMessage."""
    quiz = message.get("poll", {})
    is_open_quiz = quiz.get("type") == "quiz" and "correct_option_id" not in quiz
    return not (is_open_quiz or message.get("has_protected_content") or _NEVER_COPIED & message.keys())


def _content(message: JSON) -> JSON:
    frame = {
        "message_id", "message_thread_id", "from", "chat", "date", "edit_date", "is_topic_message", "reply_to_message",
        "quote", "reply_markup", "media_group_id", "forward_origin", "has_protected_content",
    }  # fmt: skip
    return {name: value for name, value in message.items() if name not in frame}


def _location(call: Call) -> JSON:
    try:
        latitude, longitude = float(call.text("latitude")), float(call.text("longitude"))
    except ValueError as error:
        raise bad_request("latitude is empty" if not call.text("latitude") else "longitude is empty") from error
    return {"latitude": latitude, "longitude": longitude}


METHODS: dict[str, Any] = {
    "sendmessage": send_message,
    "sendlocation": send_location,
    "sendvenue": send_venue,
    "sendcontact": send_contact,
    "sendchataction": send_chat_action,
    "forwardmessage": forward_message,
    "copymessage": copy_message,
    "copymessages": copy_messages,
}
