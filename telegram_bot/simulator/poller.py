"""The one getUpdates request that may wait."""

import asyncio
from dataclasses import dataclass

OTHER_POLLER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


@dataclass
class Poller:
    """Remembers the request that waits now and the one before."""

    waiting: asyncio.Event | None = None
    reason: str = OTHER_POLLER
    last_offset: int | None = None
    last_start: float = 0.0

    def take_over(self) -> asyncio.Event:
        """Ends the waiting request with 409; the newcomer waits instead."""
        self.interrupt(OTHER_POLLER)
        self.waiting = asyncio.Event()
        return self.waiting

    def interrupt(self, reason: str) -> None:
        if self.waiting is not None:
            self.reason = reason
            self.waiting.set()
            self.waiting = None
