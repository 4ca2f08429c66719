"""Telegram's sending limits, as its FAQ gives them: about 1 message/s in a chat, 20/min in a group, 30/s overall.

The real numbers are not published; short bursts pass. Off unless switched on.
"""

import math
from dataclasses import dataclass

from telegram_bot.simulator.clock import Clock
from telegram_bot.simulator.errors import too_many_requests


@dataclass
class Bucket:
    """`rate` tokens a second up to `burst`."""

    rate: float
    burst: float
    tokens: float
    at: float

    def missing(self, now: float) -> float:
        """Seconds until a token is there; 0 where one is."""
        self.tokens = min(self.burst, self.tokens + max(0.0, now - self.at) * self.rate)
        self.at = now
        return 0.0 if self.tokens >= 1 else (1 - self.tokens) / self.rate


class Pace:
    """Counts sends; an overrun is answered with 429."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: dict[str, Bucket] = {}
        self.enabled = False

    def check(self, chat_id: str) -> None:
        """Takes one send to this chat, or raises 429."""
        if not self.enabled:
            return
        now = self._clock.now()
        rate, burst = (20 / 60, 20.0) if chat_id.startswith("-") else (1.0, 5.0)
        buckets = [self._bucket("all", 30.0, 30.0, now), self._bucket(chat_id, rate, burst, now)]
        wait = max(bucket.missing(now) for bucket in buckets)
        if wait > 0:
            raise too_many_requests(max(1, math.ceil(wait)))
        for bucket in buckets:
            bucket.tokens -= 1

    def _bucket(self, name: str, rate: float, burst: float, now: float) -> Bucket:
        return self._buckets.setdefault(name, Bucket(rate, burst, burst, now))
