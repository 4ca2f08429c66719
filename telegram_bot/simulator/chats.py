"""Users and chats: who exists, who may be written to, and how the Bot API shows them."""

import json
from typing import Any

from telegram_bot.simulator.changes import Changes
from telegram_bot.simulator.database import JSON, Database, dump
from telegram_bot.simulator.errors import ControlError, bad_request, forbidden

# What a chat's state does to a bot that writes there.
STATES = ("open", "not_started", "blocked", "deactivated", "kicked", "gone")


class Chats:
    """Rows of users and chats. A private chat has the id of its user."""

    def __init__(self, db: Database, changes: Changes) -> None:
        self._db = db
        self._changes = changes

    def add_user(self, user: JSON, *, state: str = "open") -> JSON:
        position = self._db.row("SELECT count(*) AS n FROM users")
        self._db.execute(
            "INSERT OR REPLACE INTO users (id, data, position) VALUES (?, ?, ?)",
            user["id"],
            dump(user),
            position["n"] if position else 0,
        )
        self.save({"id": user["id"], "type": "private", "state": state, "topics": {}})
        return user

    def user(self, user_id: int) -> JSON:
        row = self._db.row("SELECT data FROM users WHERE id = ?", user_id)
        if row is None:
            raise ControlError(f"There is no person {user_id}.", 404)
        user: JSON = json.loads(row["data"])
        return user

    def find_user(self, user_id: int) -> JSON | None:
        row = self._db.row("SELECT data FROM users WHERE id = ?", user_id)
        return json.loads(row["data"]) if row else None

    def users(self) -> list[JSON]:
        return [json.loads(row["data"]) for row in self._db.rows("SELECT data FROM users ORDER BY position, id")]

    def save(self, chat: JSON) -> None:
        self._db.execute("INSERT OR REPLACE INTO chats (id, data) VALUES (?, ?)", chat["id"], dump(chat))
        self._changes.record()

    def find(self, chat_id: int) -> JSON | None:
        row = self._db.row("SELECT data FROM chats WHERE id = ?", chat_id)
        return json.loads(row["data"]) if row else None

    def get(self, chat_id: int) -> JSON:
        chat = self.find(chat_id)
        if chat is None:
            raise ControlError(f"There is no chat {chat_id}.", 404)
        return chat

    def all(self) -> list[JSON]:
        return [json.loads(row["data"]) for row in self._db.rows("SELECT data FROM chats ORDER BY id")]

    def of_user(self, user_id: int) -> list[JSON]:
        """The private chat with the bot first, then the groups."""
        groups = [chat for chat in self.all() if user_id in chat.get("members", [])]
        return [self.get(user_id), *groups]

    def readable(self, reference: str) -> JSON:
        """The chat that a bot names in `chat_id`; refuses as Telegram does what the bot never met."""
        if not reference:
            raise bad_request("chat_id is empty")
        try:
            chat = self.find(int(reference))
        except ValueError:
            chat = self._named(reference)
        if chat is None or chat["state"] in ("gone", "not_started"):
            raise bad_request("chat not found")
        return chat

    def writable(self, reference: str) -> JSON:
        """As `readable`, and the bot may write there."""
        chat = self.readable(reference)
        if chat.get("migrated_to"):
            raise bad_request("group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat["migrated_to"])
        if chat["state"] == "blocked":
            raise forbidden("bot was blocked by the user")
        if chat["state"] == "deactivated":
            raise forbidden("user is deactivated")
        if chat["state"] == "kicked":
            raise forbidden(f"bot was kicked from the {chat['type']} chat")
        return chat

    def _named(self, reference: str) -> JSON | None:
        name = reference.removeprefix("@").lower()
        for chat in self.all():
            if chat["type"] != "private" and str(chat.get("username", "")).lower() == name:
                return chat
        return None

    def public(self, chat: JSON) -> JSON:
        """A Chat object of the Bot API."""
        if chat["type"] == "private":
            user = self.user(chat["id"])
            names = {name: user[name] for name in ("first_name", "last_name", "username") if user.get(name)}
            return {"id": chat["id"], **names, "type": "private"}
        answer: JSON = {"id": chat["id"], "title": chat["title"], "type": chat["type"]}
        if chat.get("username"):
            answer["username"] = chat["username"]
        if chat.get("is_forum"):
            answer["is_forum"] = True
        return answer


def public_user(user: JSON) -> JSON:
    """A User object of the Bot API, without what a client would not send."""
    shown: dict[str, Any] = {"id": user["id"], "is_bot": user.get("is_bot", False), "first_name": user["first_name"]}
    for name in ("last_name", "username", "language_code", "is_premium"):
        if user.get(name):
            shown[name] = user[name]
    return shown
