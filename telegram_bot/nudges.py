"""Hints between processes that the bot has something to do. They make it faster and nothing else: it looks anyway."""

import asyncio
import contextlib
import logging
from collections.abc import Callable

import redis.asyncio
from django.conf import settings
from redis.exceptions import RedisError

from accounts.quick_redis import Rest, quick_redis

log = logging.getLogger(__name__)

INBOX = "inbox"
OUTBOX = "outbox"
DELIVERIES = "deliveries"

_REST_AFTER_FAILURE = 5.0  # seconds without a try, so that a Redis that hangs costs nobody time


def channel() -> str:
    return f"{settings.REDIS_PREFIX}:telegram:nudges"


_rest = Rest(_REST_AFTER_FAILURE)


def nudge(what: str) -> None:
    """Tell the bot's process to look now. Never raises; after a failure it is quiet for a while."""
    if _rest.lasts:
        return
    try:
        quick_redis(settings.REDIS_URL).publish(channel(), what)
    except RedisError:
        _rest.begin()


def on_deliveries_due(*, subscriber: str, **_ids: object) -> None:
    """Listener of the announcement `deliveries_due`."""
    if subscriber in ("telegram", "staff_group"):
        nudge(DELIVERIES)


async def listen(on_nudge: Callable[[str], None]) -> None:
    """Call `on_nudge` for each nudge, for ever; without Redis, wait for it quietly."""
    while True:
        client = redis.asyncio.Redis.from_url(settings.REDIS_URL, socket_timeout=None, health_check_interval=30)
        try:
            async with client.pubsub(ignore_subscribe_messages=True) as subscription:
                await subscription.subscribe(channel())
                async for message in subscription.listen():
                    on_nudge(message["data"].decode("ascii", "replace"))
        except (RedisError, OSError):
            await asyncio.sleep(_REST_AFTER_FAILURE)
        finally:
            with contextlib.suppress(Exception):
                await client.aclose()
