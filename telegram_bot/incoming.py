"""An update on its way through the middlewares to its handler, and what may come of it."""

import json
from dataclasses import dataclass
from enum import StrEnum

import telegram

from accounts.actors import Actor
from accounts.models import User
from telegram_bot.models import Chat, Update


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
    NOTED = "noted"
    REPEATED = "repeated"
    MEMBERSHIP = "membership"
    ERASED = "erased"
    FLOOD = "flood"
    BANNED = "banned"
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


def parse_update(row: Update) -> telegram.Update:
    """Raises what python-telegram-bot raises for an update that it cannot read: the row is then poison."""
    body = json.loads(bytes(row.raw).decode("utf-8", "surrogateescape"))
    return telegram.Update.de_json(body, None)


def find_thread(update: telegram.Update) -> int | None:
    """The topic of a private chat that the message stands in, or the message whose button was pressed."""
    message = update.effective_message
    if not isinstance(message, telegram.Message) or not message.is_topic_message:
        return None
    return message.message_thread_id
