"""What the page asks again and again: everything that became different since a revision."""

from collections import deque
from typing import Any

from telegram_bot.simulator.clock import Clock
from telegram_bot.simulator.database import JSON, Database
from telegram_bot.simulator.signals import Signal

NOTICES_KEPT = 500


class Changes:
    """Revisions rise with every visible change; notices (typing, answers to buttons) pass and are not stored."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._notices: deque[JSON] = deque(maxlen=NOTICES_KEPT)
        self.signal = Signal()

    @property
    def revision(self) -> int:
        return int(self._db.setting("revision", 0))

    def record(self) -> int:
        """The revision of a change that is being written now."""
        revision = self._db.next("revision")
        self.signal.fire()
        return revision

    def notice(self, kind: str, chat_id: int, **data: Any) -> None:
        self._notices.append(
            {"revision": self.record(), "kind": kind, "chat_id": chat_id, "at": self._clock.now(), **data}
        )

    def notices_after(self, revision: int, chat_ids: set[int]) -> list[JSON]:
        return [item for item in self._notices if item["revision"] > revision and item["chat_id"] in chat_ids]

    def forget_notices(self) -> None:
        self._notices.clear()
