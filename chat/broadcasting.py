"""Announcements of the services, passed on to all live processes.

It runs in whatever process made the change (web, bot, worker), after its commit: one synchronous PUBLISH in the form
that the channel layer's receivers read. It never raises and never takes longer than a fraction of a second; while
Redis is away it does not even try, and the live processes find the changes in the database by themselves.
"""

import logging
from typing import Any
from uuid import UUID

import redis
from channels.layers import get_channel_layer
from django.conf import settings

from accounts.announcements import listen
from accounts.quick_redis import Rest, quick_redis
from chat.nudges import GROUP, Kind, make_nudge

log = logging.getLogger(__name__)

_rest = Rest(1.0)


def listen_to_announcements() -> None:
    """Called once, when the application is ready."""
    listen("ticket_changed", _ticket_changed)
    listen("ticket_read", _ticket_read)
    listen("access_changed", _access_changed)
    listen("person_changed", _person_changed)
    listen("person_noted", _person_noted)
    listen("session_ended", _session_ended)
    listen("notification_created", _notification_created)


def _ticket_changed(*, ticket: UUID, sequence: int, public_sequence: int) -> None:
    publish(Kind.TICKET, ticket=ticket, sequence=sequence, public_sequence=public_sequence)


def _ticket_read(*, ticket: UUID, user: UUID, **_more: Any) -> None:
    publish(Kind.READ, ticket=ticket, user=user)


def _access_changed(*, ticket: UUID | None = None, user: UUID | None = None, team: UUID | None = None) -> None:
    publish(Kind.ACCESS, ticket=ticket, user=user, team=team)


def _person_changed(*, user: UUID, **_more: Any) -> None:
    publish(Kind.PERSON, user=user)


def _person_noted(*, user: UUID) -> None:
    publish(Kind.PERSON, user=user, noted=True)


def _session_ended(*, user: UUID, family: UUID | None = None, **_more: Any) -> None:
    publish(Kind.SESSION, user=user, family=family)


def _notification_created(*, notification: UUID, user: UUID) -> None:
    publish(Kind.NOTIFICATION, notification=notification, user=user)


def publish(kind: Kind, **ids: Any) -> None:
    """Reach every live process, or nobody: nothing depends on it."""
    if _rest.lasts:
        return
    try:
        quick_redis(settings.REDIS_URL).publish(group_channel(), get_channel_layer().serialize(make_nudge(kind, **ids)))
    except (redis.RedisError, OSError) as error:
        log.warning("Live processes were not nudged: %s", type(error).__name__)
        _rest.begin()


def group_channel() -> str:
    """The name under which the pub/sub layer keeps the group (a test holds the two equal)."""
    return f"{settings.REDIS_PREFIX}__group__{GROUP}"
