"""Builds the message that a bot sends: who, where, in reply to what, with which buttons."""

from dataclasses import dataclass
from typing import Any

from telegram_bot.simulator.bot_api.parameters import Call
from telegram_bot.simulator.business import require_answerable
from telegram_bot.simulator.database import JSON
from telegram_bot.simulator.errors import bad_request
from telegram_bot.simulator.formatting import given
from telegram_bot.simulator.formatting.text import utf16_length
from telegram_bot.simulator.keyboards import read_markup
from telegram_bot.simulator.topics import find_first_message, require_open
from telegram_bot.simulator.world import World

# Kept with the chat, not with the message.
_CHAT_MARKUP = ("keyboard", "remove_keyboard", "force_reply")
_RIGHTS = {
    "animation": "animations",
    "audio": "music",
    "contact": "contacts",
    "dice": "dice",
    "document": "documents",
    "location": "locations",
    "photo": "photos",
    "poll": "polls",
    "sticker": "stickers",
    "video": "videos",
    "video_note": "video notes",
    "voice": "voice notes",
}


@dataclass
class Draft:
    """A message being sent, without its content; `build` may be used once for each item of an album."""

    world: World
    chat: JSON
    thread_id: int
    reply_to: JSON | None
    quote: JSON | None
    markup: JSON | None
    call: Call
    connection: JSON | None = None  # of the company's account in whose name the bot writes

    def build(self, content: JSON, **more: Any) -> JSON:
        """Stores the message and returns it as the Bot API does."""
        world, chat = self.world, self.chat
        _require_right(chat, content)
        message: JSON = {"message_id": world.history.next_id(chat)}
        if self.thread_id:
            message["message_thread_id"] = self.thread_id
        if self.connection:
            message |= {"business_connection_id": self.connection["id"], "sender_business_bot": world.bot_user}
        sender = self.connection["user"] if self.connection else world.bot_user
        message |= {"from": sender, "chat": world.chats.public(chat), "date": world.clock.today()}
        if self.thread_id:
            message["is_topic_message"] = True
        message |= more
        if self.reply_to:
            message["reply_to_message"] = {k: v for k, v in self.reply_to.items() if k != "reply_to_message"}
        if self.quote:
            message["quote"] = self.quote
        message |= content
        if self.call.flag("protect_content"):
            message["has_protected_content"] = True
        if self.markup and "inline_keyboard" in self.markup:
            message["reply_markup"] = self.markup
        world.history.save(message, {})
        self._keep_chat_markup()
        return message

    def _keep_chat_markup(self) -> None:
        if self.markup and any(name in self.markup for name in _CHAT_MARKUP):
            chat = self.world.chats.get(self.chat["id"])
            chat["keyboard"] = None if self.markup.get("remove_keyboard") else self.markup
            self.world.chats.save(chat)


def start_message(world: World, call: Call) -> Draft:
    """Checks everything of a send but its content; raises as Telegram does."""
    connection_id = call.text("business_connection_id")
    connection = None
    if connection_id:
        chat = world.chats.get(call.integer("chat_id"))
        connection = require_answerable(world, connection_id, chat["id"])
    else:
        chat = world.chats.writable(call.chat_id)
    markup = read_markup(call.text("reply_markup"), chat_type=chat["type"], desk_url=world.options.desk_url)
    thread_id = call.integer("message_thread_id")
    reply_to, quote = _reply(world, call, chat)
    if not thread_id and reply_to and reply_to.get("is_topic_message"):
        thread_id = reply_to.get("message_thread_id", 0)
    require_open(world, chat, world.options.bot_id, thread_id)
    reply_to = reply_to or find_first_message(world, chat, thread_id)
    return Draft(world, chat, thread_id, reply_to, quote, markup, call, connection)


def _require_right(chat: JSON, content: JSON) -> None:
    """A member who may not write is refused for what they would send (TDLib, can_send_message_content)."""
    if chat.get("bot_is_muted"):
        what = next((words for field, words in _RIGHTS.items() if field in content), "text messages")
        raise bad_request(f"not enough rights to send {what} to the chat")


def _reply(world: World, call: Call, chat: JSON) -> tuple[JSON | None, JSON | None]:
    given_reply = call.json("reply_parameters", dict, "reply parameters") or {}
    message_id = given_reply.get("message_id") or call.integer("reply_to_message_id")
    if not message_id:
        return None, None
    reply_to = world.history.find(given_reply.get("chat_id") or chat["id"], int(message_id))
    if reply_to is None:
        if given_reply.get("allow_sending_without_reply") or call.flag("allow_sending_without_reply"):
            return None, None
        raise bad_request("message to be replied not found")
    quote = given_reply.get("quote")
    if not quote:
        return reply_to, None
    source = reply_to.get("text") or reply_to.get("caption") or ""
    position = source.find(quote)
    if position < 0:
        raise bad_request("QUOTE_TEXT_INVALID")
    return reply_to, {"text": quote, "position": utf16_length(source[:position]), "is_manual": True}


def text_content(call: Call) -> JSON:
    """`text`, `entities` and the link preview of sendMessage and editMessageText."""
    formatted = given.message_text(
        call.text("text"), call.text("parse_mode"), call.json("entities", list, "message entities")
    )
    content: JSON = {"text": formatted.text}
    if formatted.entities:
        content["entities"] = formatted.entities
    preview = call.json("link_preview_options", dict, "link preview options")
    if preview is None and call.flag("disable_web_page_preview"):
        preview = {"is_disabled": True}
    if preview:
        content["link_preview_options"] = preview
    return content


def caption_content(call: Call, values: JSON | None = None) -> JSON:
    """`caption` and its entities, of the call or of one item of an album."""
    if values is None:
        entities = call.json("caption_entities", list, "caption entities")
        source, mode, above = call.text("caption"), call.text("parse_mode"), call.flag("show_caption_above_media")
    else:
        entities = values.get("caption_entities")
        source, mode = str(values.get("caption") or ""), str(values.get("parse_mode") or "")
        above = bool(values.get("show_caption_above_media"))
    formatted = given.caption(source, mode, entities)
    content: JSON = {}
    if formatted.text:
        content["caption"] = formatted.text
        if formatted.entities:
            content["caption_entities"] = formatted.entities
        if above:
            content["show_caption_above_media"] = True
    return content
