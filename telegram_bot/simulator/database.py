"""The simulator's own SQLite file. One process and one thread use it: the event loop."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

JSON = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, data TEXT NOT NULL, position INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS chats (id INTEGER PRIMARY KEY, data TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS messages (
    chat_id INTEGER NOT NULL, message_id INTEGER NOT NULL, revision INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0, data TEXT NOT NULL, marks TEXT NOT NULL DEFAULT '{}',
    PRIMARY KEY (chat_id, message_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS messages_revision ON messages (revision);
CREATE TABLE IF NOT EXISTS updates (
    id INTEGER PRIMARY KEY AUTOINCREMENT, update_id INTEGER NOT NULL, queue INTEGER NOT NULL, body TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending', forced INTEGER NOT NULL DEFAULT 0,
    expires REAL NOT NULL, tries INTEGER NOT NULL DEFAULT 0, next_try REAL NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS updates_order ON updates (state, update_id, id);
CREATE TABLE IF NOT EXISTS callbacks (
    id TEXT PRIMARY KEY, user_id INTEGER NOT NULL, chat_id INTEGER NOT NULL, created REAL NOT NULL, answer TEXT
);
CREATE TABLE IF NOT EXISTS files (id TEXT PRIMARY KEY, unique_id TEXT NOT NULL, path TEXT NOT NULL, data TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS calls (
    id INTEGER PRIMARY KEY AUTOINCREMENT, method TEXT NOT NULL, chat_id TEXT, params TEXT NOT NULL,
    started REAL NOT NULL, finished REAL, status INTEGER, answer TEXT, executed INTEGER NOT NULL DEFAULT 0,
    answered INTEGER NOT NULL DEFAULT 0
);
"""


class Database:
    """Rows as JSON documents, a number that rises with every visible change, and nothing clever."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(SCHEMA)
        self._depth = 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; nested uses join the outer one. Never await inside."""
        if self._depth == 0:
            self._connection.execute("BEGIN IMMEDIATE")
        self._depth += 1
        try:
            yield
        except BaseException:
            self._depth -= 1
            if self._depth == 0:
                self._connection.execute("ROLLBACK")
            raise
        self._depth -= 1
        if self._depth == 0:
            self._connection.execute("COMMIT")

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        return self._connection.execute(sql, values)

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._connection.execute(sql, values).fetchone()
        return row

    def setting(self, name: str, default: Any = None) -> Any:
        row = self.row("SELECT value FROM settings WHERE name = ?", name)
        return default if row is None else json.loads(row["value"])

    def settings(self) -> list[tuple[str, Any]]:
        return [(row["name"], json.loads(row["value"])) for row in self.rows("SELECT * FROM settings")]

    def set(self, name: str, value: Any) -> None:
        self.execute("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", name, dump(value))

    def next(self, name: str, start: Callable[[], int] = lambda: 1) -> int:
        """The next number of a named counter; `start` gives the first one."""
        value = self.setting(name)
        number = start() if value is None else int(value) + 1
        self.set(name, number)
        return number

    def erase(self) -> None:
        """Forgets everything but the file itself."""
        for table in ("settings", "users", "chats", "messages", "updates", "callbacks", "files", "calls"):
            self.execute(f"DELETE FROM {table}")  # noqa: S608 - fixed names

    def close(self) -> None:
        self._connection.close()


def dump(value: Any) -> str:
    """JSON as the Bot API writes it: compact, and ASCII only."""
    return json.dumps(value, separators=(",", ":"))
