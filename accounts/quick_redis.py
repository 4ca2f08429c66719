"""Redis for what may be left undone: a hint, a count. It answers at once or it is an error; nobody waits for it."""

import time
from functools import cache

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

_TIMEOUT = 0.25  # seconds


@cache
def quick_redis(url: str) -> redis.Redis:
    """This process's kept connections to the server at `url`."""
    return redis.Redis.from_url(
        url,
        socket_timeout=_TIMEOUT,
        socket_connect_timeout=_TIMEOUT,
        retry=Retry(NoBackoff(), 1),  # once more, over a connection that had gone stale
    )


class Rest:
    """After a failure nothing is tried for so many seconds, so that a server that hangs costs nobody time."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._until = 0.0

    @property
    def lasts(self) -> bool:
        return time.monotonic() < self._until

    def begin(self) -> None:
        self._until = time.monotonic() + self._seconds

    def end(self) -> None:
        self._until = 0.0
