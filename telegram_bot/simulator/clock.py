"""Simulated time: it can be moved forward, and waits between tries can be shortened."""

import asyncio
import time


class Clock:
    """`offset` moves the time of messages and expiry; `scale` multiplies the waits between webhook tries."""

    def __init__(self) -> None:
        self.offset = 0.0
        self.scale = 1.0

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time() + self.offset

    def today(self) -> int:
        """The time in whole seconds, as the Bot API writes dates."""
        return int(self.now())

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds * self.scale)
