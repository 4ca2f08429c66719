"""The messages of all chats, stored as the Bot API shows them."""

import json
from typing import Any

from telegram_bot.simulator.changes import Changes
from telegram_bot.simulator.database import JSON, Database, dump
from telegram_bot.simulator.errors import ControlError

# What the page and the tests see beside the Bot API's object.
SHOWN_MARKS = ("reactions",)


class History:
    """Message ids: one counter for private chats and groups, one for each supergroup, as in Telegram."""

    def __init__(self, db: Database, changes: Changes) -> None:
        self._db = db
        self._changes = changes

    def next_id(self, chat: JSON) -> int:
        supergroup = chat["type"] in ("supergroup", "channel")
        if not supergroup:
            return self._db.next("message_id")
        # The first message of a supergroup says that it was made; as a topic's number, 1 is General.
        return self._db.next(f"message_id:{chat['id']}", lambda: 2)

    def save(self, message: JSON, marks: JSON | None = None) -> JSON:
        """Inserts the message, or writes its new form; `marks` replaces what is kept beside it, None keeps that."""
        chat_id, message_id = message["chat"]["id"], message["message_id"]
        revision = self._changes.record()
        kept = dump(marks) if marks is not None else None
        self._db.execute(
            "INSERT INTO messages (chat_id, message_id, revision, data, marks) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (chat_id, message_id) DO UPDATE SET data = excluded.data, revision = excluded.revision,"
            " marks = coalesce(?, marks)",
            chat_id,
            message_id,
            revision,
            dump(message),
            kept or "{}",
            kept,
        )
        return message

    def find(self, chat_id: int, message_id: int) -> JSON | None:
        row = self._db.row(
            "SELECT data FROM messages WHERE chat_id = ? AND message_id = ? AND NOT deleted", chat_id, message_id
        )
        return json.loads(row["data"]) if row else None

    def get(self, chat_id: int, message_id: int) -> JSON:
        message = self.find(chat_id, message_id)
        if message is None:
            raise ControlError(f"There is no message {message_id} in chat {chat_id}.", 404)
        return message

    def marks(self, chat_id: int, message_id: int) -> JSON:
        row = self._db.row("SELECT marks FROM messages WHERE chat_id = ? AND message_id = ?", chat_id, message_id)
        return json.loads(row["marks"]) if row else {}

    def delete(self, chat_id: int, message_id: int) -> None:
        self._db.execute(
            "UPDATE messages SET deleted = 1, revision = ? WHERE chat_id = ? AND message_id = ?",
            self._changes.record(),
            chat_id,
            message_id,
        )

    def transcript(self, chat_id: int, *, after_revision: int = -1, deleted: bool = False) -> list[JSON]:
        """Messages in order; `reactions` beside them; deleted ones carry `deleted: true`."""
        rows = self._db.rows(
            "SELECT * FROM messages WHERE chat_id = ? AND revision > ? ORDER BY message_id", chat_id, after_revision
        )
        return [_shown(row) for row in rows if deleted or not row["deleted"]]

    def last(self, chat_id: int) -> JSON | None:
        row = self._db.row(
            "SELECT * FROM messages WHERE chat_id = ? AND NOT deleted ORDER BY message_id DESC LIMIT 1", chat_id
        )
        return _shown(row) if row else None

    def delete_thread(self, chat_id: int, thread_id: int) -> None:
        """A deleted topic takes its messages along."""
        for message in self.transcript(chat_id):
            if message.get("message_thread_id") == thread_id:
                self.delete(chat_id, message["message_id"])


def _shown(row: Any) -> JSON:
    message: JSON = json.loads(row["data"])
    message["revision"] = row["revision"]
    if row["deleted"]:
        message["deleted"] = True
    marks = json.loads(row["marks"])
    message.update({name: marks[name] for name in SHOWN_MARKS if name in marks})
    return message
