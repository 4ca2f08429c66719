"""An update on its way through the middlewares to its handler, and what may come of it."""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import telegram

from accounts import clock
from accounts.actors import Actor
from accounts.models import User
from telegram_bot.models import Chat, Update

UNREADABLE = "unreadable:"
_UNREADABLE_ERRORS = (TypeError, ValueError, LookupError, AttributeError)
_MESSAGES = {"message", "edited_message", "business_message", "edited_business_message"}
_BARE_MESSAGE = ("message_id", "date", "chat", "from", "business_connection_id")


class Outcome(StrEnum):
    """What came of an update; kept in its row."""

    MESSAGE_STORED = "message_stored"
    MESSAGE_EDITED = "message_edited"
    TICKET_OPENED = "ticket_opened"
    RATED = "rated"
    REACTED = "reacted"
    HELD = "held"
    ANSWERED = "answered"
    REFUSED = "refused"
    CONNECTION = "connection"
    MESSAGES_DELETED = "messages_deleted"
    KEPT = "kept"
    UNAPPROVED = "unapproved"  # written to an account of which nobody has decided yet
    STRANGER = "stranger"  # written to an account that is not the company's; the words are gone
    REPEATED = "repeated"
    MEMBERSHIP = "membership"
    ERASED = "erased"
    FLOOD = "flood"
    BANNED = "banned"
    FORMER_BOT = "former_bot"  # of a bot that the desk has no more, and nothing to act on
    IGNORED = "ignored"


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """An update of a known person in a private chat. flooded: they write faster than they may."""

    row: Update
    update: telegram.Update
    person: User
    chat: Chat
    actor: Actor
    flooded: bool = False

    @property
    def chat_id(self) -> int:
        return self.chat.telegram_id

    @property
    def is_turned_away(self) -> bool:
        """Whether a ban stands against it. What a customer wrote or changed, and the desk had received before the ban
        began, is handled as if there were none; a press of a button is not, nor what staff send."""
        if self.person.is_active:
            return False
        began = self.person.banned_at
        is_in_time = began is not None and self.row.received_at < began
        return not is_in_time or self.row.kind not in _MESSAGES or self.actor.is_staff

    @property
    def said_at(self) -> datetime:
        """When the person wrote this, or changed it, by Telegram's clock, however long the bot was away since; a press
        of a button says no time, so it is now."""
        message = self.update.message or self.update.edited_message
        return min(message.edit_date or message.date, clock.now()) if message is not None else clock.now()


def read_body(row: Update) -> dict[str, Any]:
    """The update as Telegram's JSON, whatever bytes its texts hold."""
    body: dict[str, Any] = json.loads(bytes(row.raw).decode("utf-8", "surrogateescape"))
    for kind in _MESSAGES & body.keys():
        _tell_apart(body[kind])
    return body


def _tell_apart(message: Any) -> None:
    """Ephemeral messages all have message_id 0 and a number of their own (Bot API 10.2): here that, below zero."""
    if not isinstance(message, dict):
        return
    if message.get("message_id") == 0 and isinstance(number := message.get("ephemeral_message_id"), int):
        message["message_id"] = -number
    _tell_apart(message.get("reply_to_message"))


def parse_update(row: Update) -> telegram.Update:
    """A field of a message that python-telegram-bot cannot read is given to it as one that it does not know.

    Raises what the library raises where nothing can be read: the row is then poison.
    """
    body = read_body(row)
    try:
        return telegram.Update.de_json(body, None)
    except _UNREADABLE_ERRORS:
        return telegram.Update.de_json(_mark_unreadable(body), None)


def _mark_unreadable(body: dict[str, Any]) -> dict[str, Any]:
    marked = dict(body)
    for kind in _MESSAGES & body.keys():
        message = body[kind]
        bare = {name: message[name] for name in _BARE_MESSAGE if name in message}
        marked[kind] = {
            name if name in bare or _is_readable({**bare, name: value}) else UNREADABLE + name: value
            for name, value in message.items()
        }
    return marked


def _is_readable(message: dict[str, Any]) -> bool:
    try:
        telegram.Message.de_json(message, None)
    except _UNREADABLE_ERRORS:
        return False
    return True


def find_thread(update: telegram.Update) -> int | None:
    """The topic of a private chat that the message stands in, or the message whose button was pressed."""
    message = update.effective_message
    if not isinstance(message, telegram.Message) or not message.is_topic_message:
        return None
    return message.message_thread_id
