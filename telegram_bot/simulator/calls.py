"""Every Bot API call that arrived: what was asked, what was answered, and whether the answer got through."""

import json
from typing import Any

from telegram_bot.simulator.clock import Clock
from telegram_bot.simulator.database import JSON, Database, dump

CALLS_KEPT = 20_000
# These hold people's text, which may look like JSON and stays text.
_TEXTS = {"text", "caption", "title", "name", "description", "short_description"}


class CallLog:
    """`executed` says whether the call took effect, `answered` whether its answer was sent."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    def begin(self, method: str, params: JSON) -> int:
        chat_id = params.get("chat_id")
        cursor = self._db.execute(
            "INSERT INTO calls (method, chat_id, params, started) VALUES (?, ?, ?, ?)",
            method,
            None if chat_id is None else str(chat_id),
            dump(params),
            self._clock.now(),
        )
        number = int(cursor.lastrowid or 0)
        if number % 500 == 0:
            self._db.execute("DELETE FROM calls WHERE id <= ?", number - CALLS_KEPT)
        return number

    def executed(self, number: int) -> None:
        self._db.execute("UPDATE calls SET executed = 1 WHERE id = ?", number)

    def finish(self, number: int, status: int, answer: Any, *, answered: bool = True) -> None:
        self._db.execute(
            "UPDATE calls SET finished = ?, status = ?, answer = ?, answered = ? WHERE id = ?",
            self._clock.now(),
            status,
            dump(answer),
            int(answered),
            number,
        )

    def listing(self, *, method: str = "", chat_id: str = "", after: int = 0, limit: int = 1000) -> list[JSON]:
        """Calls in order of arrival; `method` in any case; polling is left out unless asked for."""
        rows = self._db.rows(
            "SELECT * FROM calls WHERE id > ? AND (? = '' OR lower(method) = lower(?)) AND (? = '' OR chat_id = ?)"
            " AND (? != '' OR lower(method) != 'getupdates') ORDER BY id LIMIT ?",
            after,
            method,
            method,
            chat_id,
            chat_id,
            method,
            limit,
        )
        return [
            {
                "id": row["id"],
                "method": row["method"],
                "params": json.loads(row["params"]),
                "at": row["started"],
                "finished_at": row["finished"],
                "status": row["status"],
                "answer": json.loads(row["answer"]) if row["answer"] else None,
                "executed": bool(row["executed"]),
                "answered": bool(row["answered"]),
            }
            for row in rows
        ]

    def clear(self) -> None:
        self._db.execute("DELETE FROM calls")


def readable(params: dict[str, str]) -> JSON:
    """Parameters as a test wants them: numbers as numbers, JSON as JSON."""
    return {name: value if name in _TEXTS else _decoded(name, value) for name, value in params.items()}


def _decoded(name: str, value: str) -> Any:
    is_number = value.lstrip("-").isdigit() and (name.endswith("_id") or name in ("offset", "limit", "timeout"))
    if is_number or value[:1] in ("{", "[") or value in ("true", "false"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
