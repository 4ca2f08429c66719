"""Changes of messages that are already there: text, caption, buttons, deletion, reactions; answers to buttons."""

import json
from typing import Any

from telegram_bot.simulator.bot_api.composing import caption_content, text_content
from telegram_bot.simulator.bot_api.media import media_of_call
from telegram_bot.simulator.bot_api.parameters import Call
from telegram_bot.simulator.business import find_connection
from telegram_bot.simulator.database import JSON, dump
from telegram_bot.simulator.errors import bad_request
from telegram_bot.simulator.keyboards import read_markup
from telegram_bot.simulator.media import KINDS
from telegram_bot.simulator.reactions import REACTIONS
from telegram_bot.simulator.topics import may_delete
from telegram_bot.simulator.updates import CALLBACK_SECONDS
from telegram_bot.simulator.world import World

DELETABLE_SECONDS = 48 * 3600
ANSWER_LIMIT = 200
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content"
    " and reply markup of the message"
)
_EXCHANGEABLE = ("photo", "video", "animation", "document", "audio")
_TEXT = ("text", "entities", "link_preview_options")
_CAPTION = ("caption", "caption_entities", "show_caption_above_media")


def edit_message_text(world: World, call: Call) -> JSON:
    message = _own(world, call)
    if "text" not in message:
        raise bad_request("there is no text in the message to edit")
    return _replace(world, call, message, _TEXT, text_content(call))


def edit_message_caption(world: World, call: Call) -> JSON:
    message = _own(world, call)
    if not any(kind in message for kind in KINDS):
        raise bad_request("there is no caption in the message to edit")
    return _replace(world, call, message, _CAPTION, caption_content(call))


def edit_message_media(world: World, call: Call) -> JSON:
    message = _own(world, call)
    item = call.json("media", dict, "media") or {}
    kind = str(item.get("type", "")).lower()
    if kind not in _EXCHANGEABLE:
        raise bad_request(f'can\'t parse InputMedia: type "{kind}" is unknown')
    if "media_group_id" in message and ("photo" in message or "video" in message) != (kind in ("photo", "video")):
        raise bad_request("media of an album can't be replaced with media of another type")
    content = media_of_call(world, call, kind, str(item.get("media", "")), item) | caption_content(call, item)
    return _replace(world, call, message, (*_TEXT, *_CAPTION, *KINDS), content)


def edit_message_reply_markup(world: World, call: Call) -> JSON:
    return _replace(world, call, _own(world, call), (), {})


def _own(world: World, call: Call) -> JSON:
    """The bot's own message that the call names."""
    if call.text("inline_message_id"):
        raise bad_request("MESSAGE_ID_INVALID")
    chat = world.chats.writable(call.chat_id)
    message = world.history.find(chat["id"], call.message_id())
    if message is None:
        raise bad_request("message to edit not found")
    sender = message.get("sender_business_bot") or message["from"]
    if sender["id"] != world.options.bot_id:
        raise bad_request("message can't be edited")
    return message


def _replace(world: World, call: Call, message: JSON, fields: tuple[str, ...], content: JSON) -> JSON:
    """Writes the new content and buttons; buttons that are not given again go away, as on Telegram."""
    markup = read_markup(call.text("reply_markup"), chat_type=message["chat"]["type"], desk_url=world.options.desk_url)
    edited = {name: value for name, value in message.items() if name not in (*fields, "reply_markup", "edit_date")}
    edited |= content
    if markup and "inline_keyboard" in markup:
        edited["reply_markup"] = markup
    if edited == {name: value for name, value in message.items() if name != "edit_date"}:
        raise bad_request(_NOT_MODIFIED)
    # A change of the buttons alone does not mark a message as edited.
    if content:
        edited["edit_date"] = world.clock.today()
    elif "edit_date" in message:
        edited["edit_date"] = message["edit_date"]
    return world.history.save(edited)


def delete_message(world: World, call: Call) -> bool:
    chat = world.chats.writable(call.chat_id)
    _delete(world, chat, call.message_id())
    return True


def delete_business_messages(world: World, call: Call) -> bool:
    """Of a company's own account: by its connection, whichever chat they are in."""
    connection_id = call.text("business_connection_id")
    if find_connection(world, connection_id) is None:
        raise bad_request("BUSINESS_CONNECTION_INVALID")
    for number in call.json("message_ids", list, "message identifiers") or []:
        for chat in world.chats.all():
            found = world.history.find(chat["id"], int(number))
            if found is not None and found.get("business_connection_id") == connection_id:
                world.history.delete(chat["id"], int(number))
    return True


def delete_messages(world: World, call: Call) -> bool:
    chat = world.chats.writable(call.chat_id)
    numbers = call.json("message_ids", list, "message identifiers") or []
    if not numbers:
        raise bad_request("message identifiers are not specified")
    if len(numbers) > 100:
        raise bad_request("too many message identifiers specified")
    for number in numbers:
        if world.history.find(chat["id"], int(number)):
            _delete(world, chat, int(number))
    return True


def _delete(world: World, chat: JSON, message_id: int) -> None:
    message = world.history.find(chat["id"], message_id)
    if message is None:
        raise bad_request("message to delete not found")
    bot = world.options.bot_id
    if message["from"]["id"] != bot and not may_delete(world, chat, bot):
        raise bad_request("message can't be deleted")
    if world.clock.now() - message["date"] > DELETABLE_SECONDS:
        raise bad_request("message can't be deleted for everyone")
    world.history.delete(chat["id"], message_id)


def set_message_reaction(world: World, call: Call) -> bool:
    chat = world.chats.writable(call.chat_id)
    message_id = call.message_id()
    if world.history.find(chat["id"], message_id) is None:
        raise bad_request("message to react not found")
    reactions = call.json("reaction", list, "reaction types") or []
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    emoji = reactions[0].get("emoji") if reactions and isinstance(reactions[0], dict) else None
    if reactions and emoji not in REACTIONS:
        raise bad_request("REACTION_INVALID")
    react(world, chat["id"], message_id, world.options.bot_id, emoji)
    return True


def react(world: World, chat_id: int, message_id: int, who: int, emoji: str | None) -> str | None:
    """Sets or takes away one person's reaction; returns the former one."""
    marks = world.history.marks(chat_id, message_id)
    reactions = marks.setdefault("reactions", {})
    former: str | None = reactions.pop(str(who), None)
    if emoji:
        reactions[str(who)] = emoji
    world.history.save(world.history.get(chat_id, message_id), marks)
    return former


def answer_callback_query(world: World, call: Call) -> bool:
    row = world.db.row("SELECT * FROM callbacks WHERE id = ?", call.text("callback_query_id"))
    if row is None or row["answer"] is not None or world.clock.now() - row["created"] > CALLBACK_SECONDS:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if len(call.text("text")) > ANSWER_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    answer = {"text": call.text("text"), "alert": call.flag("show_alert"), "url": call.text("url")}
    world.db.execute("UPDATE callbacks SET answer = ? WHERE id = ?", dump(answer), row["id"])
    world.changes.notice("callback_answer", row["chat_id"], user_id=row["user_id"], query=row["id"], **answer)
    return True


def callback_answer(world: World, query_id: str) -> JSON | None:
    """What the bot answered to a button press, for the control API."""
    row = world.db.row("SELECT answer FROM callbacks WHERE id = ?", query_id)
    return json.loads(row["answer"]) if row and row["answer"] else None


METHODS: dict[str, Any] = {
    "editmessagetext": edit_message_text,
    "editmessagecaption": edit_message_caption,
    "editmessagemedia": edit_message_media,
    "editmessagereplymarkup": edit_message_reply_markup,
    "deletemessage": delete_message,
    "deletebusinessmessages": delete_business_messages,
    "deletemessages": delete_messages,
    "setmessagereaction": set_message_reaction,
    "answercallbackquery": answer_callback_query,
}
