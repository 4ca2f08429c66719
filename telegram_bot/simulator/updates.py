"""The bot's queue of updates: numbering, expiry, confirmation, duplicates.

The rules are those of tdlib/telegram-bot-api: an update lives until its message's date + 24 h, a button press 150 s;
`allowed_updates` acts when an update is made, not on what already waits.
"""

import json
import secrets
from sqlite3 import Row
from typing import Any

from telegram_bot.simulator.clock import Clock
from telegram_bot.simulator.database import JSON, Database, dump
from telegram_bot.simulator.signals import Signal

CALLBACK_SECONDS = 150
UPDATE_SECONDS = 86_400
ANSWER_BYTES = 4 << 20
KEPT = 5_000
NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}
KINDS = [
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "message_reaction",
    "message_reaction_count",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "shipping_query",
    "pre_checkout_query",
    "purchased_paid_media",
    "poll",
    "poll_answer",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
    "chat_boost",
    "removed_chat_boost",
]
_QUEUE_KIND = {"callback_query": 3, "my_chat_member": 5, "chat_member": 6, "message_reaction": 8,
    "business_connection": 10, "business_message": 11, "edited_business_message": 11,
    "deleted_business_messages": 11,
}  # fmt: skip


class UpdateQueue:
    """Pending, confirmed and expired updates; the latter two stay for a while so that they can be replayed."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self.arrived = Signal()
        self.duplicates: list[str] = []

    def put(self, kind: str, payload: JSON, *, owner: int, date: float | None = None) -> int | None:
        """Queues an update and returns its id; None where the bot did not ask for this kind.

        `owner` is the chat or, for a button press, the person: updates of one owner and kind keep their order.
        """
        allowed = self._db.setting("allowed_updates")
        if kind in NOT_BY_DEFAULT if not allowed else kind not in allowed:
            return None
        lifetime = CALLBACK_SECONDS if kind == "callback_query" else UPDATE_SECONDS
        expires = (self._clock.now() if date is None else date) + lifetime
        if expires <= self._clock.now():
            return None
        queue = owner + (_QUEUE_KIND.get(kind, 0) << 33)
        update_id = self._add(f'"{kind}":{dump(payload)}', queue, expires)
        for mode in self.duplicates:
            self._add(f'"{kind}":{dump(payload)}', queue, expires, update_id if mode == "same" else None)
        self.arrived.fire()
        return update_id

    def put_raw(self, fields: str, *, queue: int = 0) -> int:
        """Queues an update whose text after `update_id` is given as it is, however wrong."""
        update_id = self._add(fields, queue, self._clock.now() + UPDATE_SECONDS)
        self.arrived.fire()
        return update_id

    def replay(self, update_id: int, *, new_id: bool) -> int:
        """Queues a known update once more, also below the confirmed offset."""
        row = self._db.row("SELECT * FROM updates WHERE update_id = ? ORDER BY id LIMIT 1", update_id)
        if row is None:
            raise KeyError(update_id)
        fields = row["body"].partition("\n")[2].removesuffix("}")
        expires = self._clock.now() + UPDATE_SECONDS
        number = self._add(fields, row["queue"], expires, None if new_id else update_id, forced=not new_id)
        self.arrived.fire()
        return number

    def _add(self, fields: str, queue: int, expires: float, update_id: int | None = None, forced: bool = False) -> int:
        if update_id is None:
            update_id = self._db.next("update_id", lambda: 100_000_000 + secrets.randbelow(800_000_000))
        body = f'{{"update_id":{update_id},\n{fields}}}'
        cursor = self._db.execute(
            "INSERT INTO updates (update_id, queue, body, expires, forced) VALUES (?, ?, ?, ?, ?)",
            update_id,
            queue,
            body,
            expires,
            int(forced),
        )
        number = int(cursor.lastrowid or 0)
        if number % 500 == 0:
            self._db.execute("DELETE FROM updates WHERE id <= ? AND state != 'pending'", number - KEPT)
        return update_id

    def expire(self) -> None:
        self._db.execute(
            "UPDATE updates SET state = 'expired' WHERE state = 'pending' AND expires <= ?", self._clock.now()
        )

    def confirm_below(self, offset: int) -> None:
        """Forgets what the bot has confirmed; a replayed update only after it was handed out."""
        self._db.execute(
            "UPDATE updates SET state = 'confirmed' WHERE state = 'pending' AND update_id < ?"
            " AND (forced = 0 OR tries > 0)",
            offset,
        )

    def skip_to_last(self, count: int) -> None:
        """A negative offset: everything but the last `count` updates is forgotten."""
        self._db.execute(
            "UPDATE updates SET state = 'confirmed' WHERE state = 'pending' AND id NOT IN"
            " (SELECT id FROM updates WHERE state = 'pending' ORDER BY update_id DESC, id DESC LIMIT ?)",
            count,
        )

    def batch(self, limit: int) -> list[str]:
        """The oldest pending updates as JSON texts; an answer is cut at 4 MiB."""
        rows = self._db.rows(
            "SELECT id, body FROM updates WHERE state = 'pending' ORDER BY update_id, id LIMIT ?", limit
        )
        bodies: list[str] = []
        size = 0
        for row in rows:
            size += len(row["body"])
            if bodies and size > ANSWER_BYTES:
                break
            self._db.execute("UPDATE updates SET tries = tries + 1 WHERE id = ?", row["id"])
            bodies.append(row["body"])
        return bodies

    def heads(self) -> list[Row]:
        """The oldest pending update of every queue, for the webhook."""
        return self._db.rows("SELECT *, min(id) FROM updates WHERE state = 'pending' GROUP BY queue ORDER BY id")

    def close(self, row_id: int, state: str) -> None:
        self._db.execute("UPDATE updates SET state = ? WHERE id = ?", state, row_id)

    def postpone(self, row_id: int, until: float) -> None:
        self._db.execute("UPDATE updates SET tries = tries + 1, next_try = ? WHERE id = ?", until, row_id)

    def pending(self) -> int:
        row = self._db.row("SELECT count(*) AS n FROM updates WHERE state = 'pending'")
        return int(row["n"]) if row else 0

    def drop_all(self) -> None:
        self._db.execute("UPDATE updates SET state = 'confirmed' WHERE state = 'pending'")

    def listing(self, limit: int = 200) -> list[dict[str, Any]]:
        rows = self._db.rows("SELECT * FROM updates ORDER BY id DESC LIMIT ?", limit)
        return [
            {
                "update_id": row["update_id"],
                "state": row["state"],
                "tries": row["tries"],
                "expires": row["expires"],
                "update": _parsed(row["body"]),
            }
            for row in reversed(rows)
        ]


def _parsed(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body
