"""Background work of `tickets`. Each task takes ids or nothing, is idempotent, and only wakes what rows already owe."""

import logging
import time
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.db import InterfaceError, OperationalError
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from accounts.quick_redis import Rest, quick_redis
from tickets.events.delivery import run_due_deliveries
from tickets.events.subscribers import find_subscriber, list_subscribers
from tickets.services.attachments import add_thumbnail, list_images_without_thumbnail, sweep_unbound
from tickets.services.snoozing import wake_due
from tickets.services.workflow import close_resolved

log = logging.getLogger(__name__)
RESOLVED_LIFE = timedelta(days=7)  # from `resolved` to `closed`
_rest = Rest(5.0)  # without a broker
_WAKE_LASTS = 2000  # milliseconds; a wake-up that was lost holds up the next one no longer
_BETWEEN_LOOKS = 200  # milliseconds: under load what is owed meanwhile is handled together, for hardly more than one


@shared_task(name="tickets.run_deliveries")
def run_deliveries(subscriber: str) -> int:
    """Handle what one subscriber owes, soon after the last time that a worker looked. A database that goes away leaves
    it to the sweep."""
    _await_turn(subscriber)
    return _run_deliveries(subscriber)


def _run_deliveries(subscriber: str) -> int:
    _no_longer_asleep(subscriber)
    try:
        return run_due_deliveries(subscriber)
    except (OperationalError, InterfaceError) as error:
        log.warning("The reactions of %s wait for the database: %s", subscriber, type(error).__name__)
        return 0


@shared_task(name="tickets.sweep_deliveries")
def sweep_deliveries() -> int:
    """What a lost wake-up left behind, and what waited for its next try."""
    return sum(_run_deliveries(subscriber.name) for subscriber in list_subscribers(runs_in="worker"))


@shared_task(name="tickets.make_thumbnail")
def make_thumbnail(attachment_id: str) -> bool:
    return add_thumbnail(attachment_id=UUID(attachment_id))


@shared_task(name="tickets.sweep_thumbnails")
def sweep_thumbnails() -> int:
    """Small pictures that a lost wake-up left unmade."""
    return sum(add_thumbnail(attachment_id=pk) for pk in list_images_without_thumbnail())


@shared_task(name="tickets.sweep_unbound_files")
def sweep_unbound_files() -> int:
    return sweep_unbound()


@shared_task(name="tickets.close_resolved_tickets")
def close_resolved_tickets() -> int:
    return close_resolved(older_than=RESOLVED_LIFE)


@shared_task(name="tickets.wake_snoozed_tickets")
def wake_snoozed_tickets() -> int:
    return wake_due()


def on_deliveries_due(*, subscriber: str, **_ids: object) -> None:
    """Listener of the announcement `deliveries_due`."""
    found = find_subscriber(subscriber)
    if found is not None and found.runs_in == "worker" and _is_asleep(subscriber):
        _wake(run_deliveries, subscriber)


def on_image_stored(*, attachment: UUID, **_ids: object) -> None:
    """Listener of the announcement `image_stored`."""
    _wake(make_thumbnail, str(attachment))


def _is_asleep(subscriber: str) -> bool:
    """False where a worker has been asked to look and has not looked yet (it will see this too), or none can be."""
    if _rest.lasts:
        return False
    try:
        return bool(quick_redis(settings.REDIS_URL).set(_wake_key(subscriber), 1, nx=True, px=_WAKE_LASTS))
    except RedisError as error:
        _give_up(error)
        return False


def _await_turn(subscriber: str) -> None:
    """Whoever looks next looks for what comes until then as well, so nobody else is woken meanwhile."""
    with suppress(RedisError):
        rest: Any = quick_redis(settings.REDIS_URL).pttl(_looked_key(subscriber))  # below zero: it is over
        time.sleep(min(max(rest, 0), _BETWEEN_LOOKS) / 1000)


def _no_longer_asleep(subscriber: str) -> None:
    """Before the worker looks: what is committed later asks for another look."""
    with suppress(RedisError):
        both = quick_redis(settings.REDIS_URL).pipeline(transaction=False)
        both.set(_looked_key(subscriber), 1, px=_BETWEEN_LOOKS)
        both.delete(_wake_key(subscriber))
        both.execute()


def _wake_key(subscriber: str) -> str:
    return f"{settings.REDIS_PREFIX}:woken:{subscriber}"


def _looked_key(subscriber: str) -> str:
    return f"{settings.REDIS_PREFIX}:looked:{subscriber}"


def _wake(task: Any, argument: str) -> None:
    """Ask a worker to look now. Without a broker the sweep finds it; a request never waits for that."""
    if _rest.lasts:
        return
    try:
        task.apply_async((argument,), retry=False, ignore_result=True)
    except (BrokerError, RedisError, OSError) as error:
        _give_up(error)


def _give_up(error: Exception) -> None:
    _rest.begin()
    log.warning("The worker could not be woken: %s", type(error).__name__)
