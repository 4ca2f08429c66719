"""Redis for what may be left undone: a hint, a count. It answers at once or it is an error; nobody waits for it."""

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
