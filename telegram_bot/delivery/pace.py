"""How fast we may send. Telegram's numbers (Bot FAQ, "My bot is hitting limits"): about one message a second to a chat
with short bursts, 20 a minute to a group, 30 a second in all. They are not exact: a `retry_after` always wins.

They are of messages: what is sent or changed counts, what removes one or shows nothing new does not.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable

# At most rate + burst calls fall into any one second: 30.
OVERALL_RATE, OVERALL_BURST = 28.8, 1.2
CHAT_RATE, CHAT_BURST = 1.0, 3.0
GROUP_RATE, GROUP_BURST = 0.3, 2.0  # groups have negative ids

LOOK_AHEAD = 0.25  # seconds; calls are given their turns so far ahead, because claiming them one by one costs most

UNCOUNTED = frozenset(
    {
        "answerCallbackQuery",
        "deleteBusinessMessages",
        "deleteMessage",
        "getFile",
        "sendChatAction",
        "setMessageReaction",
    }
)

_REFUSALS_THAT_STOP_ALL = 3
_REFUSAL_WINDOW = 10.0
_LONGEST_FREE_PAUSE = 20.0  # seconds


class Bucket:
    """Fills by `rate` tokens a second up to `burst`."""

    __slots__ = ("at", "burst", "rate", "tokens")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self.rate, self.burst, self.tokens, self.at = rate, burst, burst, now

    def wait(self, now: float, tokens: float = 1.0) -> float:
        """Seconds until so many tokens are there."""
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.rate)
        self.at = now
        return max(0.0, (tokens - self.tokens) / self.rate)

    def take(self) -> None:
        self.tokens -= 1.0

    def give_back(self) -> None:
        self.tokens = min(self.burst, self.tokens + 1.0)


class Pace:
    """The bot's buckets and pauses; of one process, which is the only one that sends."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._overall = Bucket(OVERALL_RATE, OVERALL_BURST, clock())
        self._chats: dict[int, Bucket] = {}
        self._paused_chats: dict[int, float] = {}
        self._paused_until = 0.0
        self._free_paused_until = {False: 0.0, True: 0.0}  # by whether it is of files
        self._refusals: deque[tuple[float, int]] = deque()

    def wait(self) -> float:
        """Seconds until any call may go."""
        return max(self.paused(), self._overall.wait(self._clock()))

    def room(self) -> int:
        """How many calls may go within LOOK_AHEAD."""
        if self.paused() > 0:
            return 0
        self._overall.wait(self._clock())
        return max(0, int(self._overall.tokens + LOOK_AHEAD * OVERALL_RATE))

    def take(self, queue: int | None, method: str) -> float:
        """Give a call its turn; returns in how many seconds it comes."""
        if method in UNCOUNTED:
            return 0.0
        self._overall.take()
        if queue is not None:
            self._bucket(queue).take()
        return max(0.0, -self._overall.tokens / OVERALL_RATE)

    def give_back(self, queue: int | None, method: str) -> None:
        """Telegram did not have to be asked: the turn is another call's."""
        if method in UNCOUNTED:
            return
        self._overall.give_back()
        if queue is not None:
            self._bucket(queue).give_back()

    def paused(self) -> float:
        """Seconds until anything may go out again."""
        return max(0.0, self._paused_until - self._clock())

    def is_free_paused(self, *, files: bool = False) -> bool:
        """Whether calls without a chat have to wait: those that fetch files, or all others."""
        return self._free_paused_until[files] > self._clock()

    def not_now(self) -> Iterable[int]:
        """The chats that have to wait."""
        now = self._clock()
        self._paused_chats = {queue: until for queue, until in self._paused_chats.items() if until > now}
        yield from self._paused_chats
        full = []
        for queue, bucket in self._chats.items():
            if bucket.wait(now) > 0:
                yield queue
            elif bucket.tokens >= bucket.burst:
                full.append(queue)
        for queue in full:
            del self._chats[queue]

    def nearly_full(self) -> Iterable[int]:
        """The chats that may take one call more, and then have to wait."""
        now = self._clock()
        return [queue for queue, bucket in self._chats.items() if bucket.wait(now, tokens=2.0) > 0]

    def refused(self, queue: int | None, retry_after: float, *, files: bool = False) -> None:
        """Telegram answered 429: the chat pauses; when several chats are refused, all do. No chat: only calls without
        one pause, of files or the others, for a moment; the call itself waits as long as it was told."""
        now = self._clock()
        if queue is None:
            until = now + min(retry_after, _LONGEST_FREE_PAUSE)
            self._free_paused_until[files] = max(self._free_paused_until[files], until)
            return
        self._paused_chats[queue] = now + retry_after
        self._refusals.append((now, queue))
        while self._refusals and self._refusals[0][0] < now - _REFUSAL_WINDOW:
            self._refusals.popleft()
        if len({chat for _at, chat in self._refusals}) >= _REFUSALS_THAT_STOP_ALL:
            self.pause(retry_after)

    def pause(self, seconds: float) -> None:
        """Nothing goes out for so long."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)

    def resume(self) -> None:
        self._paused_until = 0.0

    def _bucket(self, queue: int) -> Bucket:
        bucket = self._chats.get(queue)
        if bucket is None:
            rate, burst = (GROUP_RATE, GROUP_BURST) if queue < 0 else (CHAT_RATE, CHAT_BURST)
            bucket = self._chats[queue] = Bucket(rate, burst, self._clock())
        return bucket
