"""What browsers told of within a day, for the back office's first page: how often, and what the last ones were called.

Numbers by the hour in Redis and nowhere else: what Redis loses is this light, since the log has each error. No person,
text, page or address is among it.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

import redis
from django.conf import settings

from accounts import clock
from accounts.quick_redis import Rest, quick_redis

log = logging.getLogger(__name__)

HOURS = 24
MOST_NAMES = 3
_rest = Rest(2.0)


@dataclass(frozen=True)
class BrowserErrors:
    """count: within 24 hours, the present one among them. names: of the last different ones, the newest first."""

    count: int
    names: tuple[str, ...]


def note_browser_error(kind: str, name: str) -> None:
    """Count one. While Redis is away it is not counted."""
    if _rest.lasts:
        return
    count, names = _keys(1)[0], _key("names")
    word = f"{kind}: {name}"
    try:
        with quick_redis(settings.REDIS_URL).pipeline() as pipe:
            pipe.incr(count)
            pipe.expire(count, timedelta(hours=HOURS + 1))
            pipe.lrem(names, 0, word)
            pipe.lpush(names, word)
            pipe.ltrim(names, 0, MOST_NAMES - 1)
            pipe.expire(names, timedelta(hours=HOURS))
            pipe.execute()
    except (redis.RedisError, OSError) as failure:
        log.warning("A browser's error was not counted: %s", type(failure).__name__)
        _rest.begin()


def read_browser_errors() -> BrowserErrors | None:
    """None while Redis does not answer."""
    try:
        connection = quick_redis(settings.REDIS_URL)
        counts = cast("list[bytes | None]", connection.mget(_keys(HOURS)))
        names = cast("list[bytes]", connection.lrange(_key("names"), 0, -1))
    except (redis.RedisError, OSError):
        return None
    count = sum(int(one or 0) for one in counts)
    return BrowserErrors(count, tuple(name.decode() for name in names) if count else ())


def _keys(hours: int) -> list[str]:
    """Of the present hour and of those before it."""
    now = clock.now()
    return [_key(f"{now - timedelta(hours=back):%Y%m%d%H}") for back in range(hours)]


def _key(name: str) -> str:
    return f"{settings.REDIS_PREFIX}:browser_errors:{name}"
