"""What people do in Telegram, and the updates that the bot gets from it."""

import secrets
from typing import Any

from telegram_bot.simulator import topics
from telegram_bot.simulator.bot_api.editing import react
from telegram_bot.simulator.chats import public_user
from telegram_bot.simulator.database import JSON
from telegram_bot.simulator.errors import ControlError
from telegram_bot.simulator.files import Upload
from telegram_bot.simulator.formatting.given import formatted
from telegram_bot.simulator.keyboards import CALLBACK_BYTES
from telegram_bot.simulator.media import KINDS, media_content
from telegram_bot.simulator.world import World

# Premium people may write longer captions than a bot may send.
MAX_TEXT = 4096
_AS_GIVEN = ("forward_origin", "media_group_id", "via_bot", "external_reply", "quote")
_EDITED_CONTENT = ("text", "entities", "caption", "caption_entities")


def say(world: World, user_id: int, values: JSON) -> list[JSON]:
    """Sends a text; one longer than a message becomes several, as clients do it."""
    text = str(values.get("text", ""))
    answer = formatted(text, "", values.get("entities"))
    if not answer.text:
        raise ControlError("The text is empty.")
    if len(answer.text) <= MAX_TEXT:
        content: JSON = {"text": answer.text}
        if answer.entities:
            content["entities"] = answer.entities
        return [send(world, user_id, content, values)]
    parts = [text[start : start + MAX_TEXT] for start in range(0, len(text), MAX_TEXT)]
    return [sent for part in parts for sent in say(world, user_id, {**values, "text": part, "entities": None})]


def send_file(world: World, user_id: int, kind: str, upload: Upload, values: JSON) -> JSON:
    content = media_content(world.files, kind, upload, values)
    if values.get("caption"):
        answer = formatted(str(values["caption"]), "", values.get("caption_entities"))
        content["caption"] = answer.text
        if answer.entities:
            content["caption_entities"] = answer.entities
    return send(world, user_id, content, values)


def send(world: World, user_id: int, content: JSON, values: JSON) -> JSON:
    """Writes a message of this person and queues its update; `values` say where and in reply to what."""
    user, chat = world.chats.user(user_id), _chat(world, user_id, values)
    world_chat = world.chats.public(chat)
    if chat["type"] == "private" and chat["state"] in ("not_started", "blocked"):
        unblock(world, user_id)
    reply_to = world.history.get(chat["id"], int(values["reply_to"])) if values.get("reply_to") else None
    thread_id = int(values.get("thread_id") or (reply_to or {}).get("message_thread_id", 0))
    topics.require_open(world, chat, user_id, thread_id)
    reply_to = reply_to or topics.find_first_message(world, chat, thread_id)
    message: JSON = {"message_id": world.history.next_id(chat)}
    if thread_id:
        message["message_thread_id"] = thread_id
    message |= {"from": public_user(user), "chat": world_chat, "date": int(values.get("date") or world.clock.today())}
    if thread_id:
        message["is_topic_message"] = True
    message |= {name: values[name] for name in _AS_GIVEN if values.get(name)}
    if reply_to:
        message["reply_to_message"] = {k: v for k, v in reply_to.items() if k != "reply_to_message"}
    message |= content
    world.history.save(message, {})
    if chat["state"] != "kicked":
        world.updates.put("message", message, owner=chat["id"], date=message["date"])
    return message


def _chat(world: World, user_id: int, values: JSON) -> JSON:
    chat = world.chats.get(int(values.get("chat_id") or user_id))
    if chat.get("migrated_to"):
        chat = world.chats.get(chat["migrated_to"])
    if chat["type"] == "private" and chat["id"] != user_id:
        raise ControlError("A person writes only in the own chat and in groups.", 403)
    return chat


def share_contact(world: World, user_id: int, values: JSON) -> JSON:
    user = world.chats.user(user_id)
    contact = {"phone_number": values.get("phone_number") or f"7900{user_id:07d}", "first_name": user["first_name"]}
    contact |= {"last_name": user["last_name"]} if user.get("last_name") else {}
    return send(world, user_id, {"contact": {**contact, "user_id": user_id}}, values)


def share_location(world: World, user_id: int, values: JSON) -> JSON:
    location = {
        "latitude": float(values.get("latitude", 55.7558)),
        "longitude": float(values.get("longitude", 37.6173)),
    }
    if values.get("live_period"):
        location["live_period"] = int(values["live_period"])
    return send(world, user_id, {"location": location}, values)


def edit(world: World, user_id: int, values: JSON) -> JSON:
    """Changes an own text or caption."""
    message = _own(world, user_id, values)
    answer = formatted(str(values.get("text", "")), "", values.get("entities"))
    field, entities = ("text", "entities") if "text" in message else ("caption", "caption_entities")
    content: JSON = {field: answer.text} | ({entities: answer.entities} if answer.entities else {})
    return _change(world, message, _EDITED_CONTENT, content)


def exchange_file(world: World, user_id: int, kind: str, upload: Upload, values: JSON) -> JSON:
    """Puts another file into an own message, whose caption stays."""
    content = media_content(world.files, kind, upload, values)
    return _change(world, _own(world, user_id, values), KINDS, content)


def move_location(world: World, user_id: int, values: JSON) -> JSON:
    """The next step of an own live location; without `live_period` it ends there."""
    message = _own(world, user_id, values)
    if "live_period" not in message.get("location", {}):
        raise ControlError("This is no live location.")
    point = {name: values[name] for name in ("latitude", "longitude", "live_period") if name in values}
    return _change(world, message, (), {"location": point})


def _own(world: World, user_id: int, values: JSON) -> JSON:
    chat = _chat(world, user_id, values)
    message = world.history.get(chat["id"], int(values["message_id"]))
    if message["from"]["id"] != user_id:
        raise ControlError("People edit only their own messages.", 403)
    return message


def _change(world: World, message: JSON, gone: tuple[str, ...], content: JSON) -> JSON:
    edited = {name: value for name, value in message.items() if name not in gone}
    edited |= {"edit_date": world.clock.today(), **content}
    chat = message["chat"]
    world.history.save(edited)
    world.updates.put("edited_message", edited, owner=chat["id"], date=world.clock.now())
    return edited


def delete(world: World, user_id: int, values: JSON) -> None:
    """Deletes a message for both; Telegram tells a bot nothing about it."""
    chat = _chat(world, user_id, values)
    world.history.get(chat["id"], int(values["message_id"]))
    world.history.delete(chat["id"], int(values["message_id"]))


def change_topic(world: World, user_id: int, values: JSON) -> JSON:
    """`{action, thread_id, name, chat_id}`; `thread_id` 1 is General. The chat, as it is afterwards."""
    chat, number = _chat(world, user_id, values), int(values.get("thread_id") or 0)
    match values.get("action"):
        case "create":
            topics.create(world, chat, user_id, str(values["name"]))
        case "rename":
            topics.rename(world, chat, user_id, number, str(values["name"]))
        case "close" | "reopen" as action:
            topics.set_closed(world, chat, user_id, number, action == "close")
        case "delete":
            topics.delete(world, chat, user_id, number)
        case _:
            raise ControlError("action takes one of: create, rename, close, reopen, delete.")
    return chat


def set_reaction(world: World, user_id: int, values: JSON) -> None:
    chat, message_id = _chat(world, user_id, values), int(values["message_id"])
    world.history.get(chat["id"], message_id)
    emoji = values.get("emoji") or None
    former = react(world, chat["id"], message_id, user_id, emoji)
    if former == emoji:
        return
    payload = {
        "chat": world.chats.public(chat),
        "message_id": message_id,
        "user": public_user(world.chats.user(user_id)),
        "date": world.clock.today(),
        "old_reaction": _reaction(former),
        "new_reaction": _reaction(emoji),
    }
    world.updates.put("message_reaction", payload, owner=chat["id"])


def _reaction(emoji: str | None) -> list[JSON]:
    return [{"type": "emoji", "emoji": emoji}] if emoji else []


def press(world: World, user_id: int, values: JSON) -> JSON:
    """Presses an inline button, named by its text or its data; the newest message that has it, unless one is named."""
    chat = _chat(world, user_id, values)
    message, button = _find_button(world, chat, values)
    if "callback_data" not in button:
        return {"button": button, "message_id": message["message_id"]}
    data = str(values.get("forged_data") or button["callback_data"])
    if len(data.encode()) > CALLBACK_BYTES:
        raise ControlError("Callback data is at most 64 bytes.")
    return {"button": button, "message_id": message["message_id"], "query": _query(world, user_id, message, data)}


def _query(world: World, user_id: int, message: JSON, data: str) -> str:
    query_id, chat = str(secrets.randbelow(1 << 62)), message["chat"]
    world.db.execute(
        "INSERT INTO callbacks (id, user_id, chat_id, created) VALUES (?, ?, ?, ?)",
        query_id,
        user_id,
        chat["id"],
        world.clock.now(),
    )
    payload = {
        "id": query_id,
        "from": public_user(world.chats.user(user_id)),
        "message": message,
        "chat_instance": str(abs(hash((chat["id"], world.options.bot_id)))),
        "data": data,
    }
    world.updates.put("callback_query", payload, owner=user_id)
    return query_id


def _find_button(world: World, chat: JSON, values: JSON) -> tuple[JSON, JSON]:
    named = values.get("message_id")
    messages = [world.history.get(chat["id"], int(named))] if named else world.history.transcript(chat["id"])[::-1]
    for message in messages:
        for row in message.get("reply_markup", {}).get("inline_keyboard", []):
            for button in row:
                if _is_meant(button, values):
                    plain = {name: value for name, value in message.items() if name not in ("revision", "reactions")}
                    return plain, button
    raise ControlError(f"No message has such a button: {values.get('text') or values.get('data')!r}.", 404)


def _is_meant(button: dict[str, Any], values: JSON) -> bool:
    if values.get("data") is not None:
        return bool(button.get("callback_data") == values["data"])
    return bool(button["text"] == values.get("text"))


def block(world: World, user_id: int) -> None:
    _change_membership(world, user_id, "blocked", "member", "kicked")


def unblock(world: World, user_id: int) -> None:
    chat = world.chats.get(user_id)
    former = "kicked" if chat["state"] == "blocked" else "left"
    if former == "kicked":
        _change_membership(world, user_id, "open", "kicked", "member")
    else:
        world.chats.save({**chat, "state": "open"})


def _change_membership(world: World, user_id: int, state: str, old: str, new: str) -> None:
    chat = world.chats.get(user_id)
    if chat["state"] == state:
        return
    world.chats.save({**chat, "state": state})
    payload = {
        "chat": world.chats.public(chat),
        "from": public_user(world.chats.user(user_id)),
        "date": world.clock.today(),
        "old_chat_member": _member(world, old),
        "new_chat_member": _member(world, new),
    }
    world.updates.put("my_chat_member", payload, owner=user_id)


def _member(world: World, status: str) -> JSON:
    return {"user": world.bot_user, "status": status, **({"until_date": 0} if status == "kicked" else {})}
