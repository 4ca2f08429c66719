"""Notifications, to all sockets of the person they are for."""

import asyncio
import logging
from collections.abc import Collection
from typing import Any
from uuid import UUID

from accounts.actors import Actor
from accounts.errors import Unavailable
from chat import bridge
from chat.protocol import encode
from chat.registry import Registry
from tickets.models import Ticket
from tickets.notifications.inbox import count_unread, list_notifications, represent_notification
from tickets.permissions import can_see

log = logging.getLogger(__name__)


class Notifying:
    """One worker a person at most: what is made while it reads is read together after that."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._wanted: dict[UUID, list[UUID]] = {}
        self._workers: dict[UUID, asyncio.Task[None]] = {}

    def hear(self, user: UUID, notification: UUID) -> None:
        if not self._registry.is_here(user):
            return
        self._wanted.setdefault(user, []).append(notification)
        if user not in self._workers:
            self._workers[user] = asyncio.create_task(self._work(user))

    async def _work(self, user: UUID) -> None:
        try:
            while notifications := self._wanted.pop(user, None):
                try:
                    await self._show(user, notifications)
                except Unavailable:  # for minutes; they stand in the list
                    log.warning("Notifications could not be read")
                except Exception:
                    log.exception("Notifications could not be shown")
        finally:
            del self._workers[user]

    async def _show(self, user: UUID, notifications: Collection[UUID]) -> None:
        """Of a ticket that has left the person's sight meanwhile, nothing is shown; nor what a later one tells of."""
        sockets = self._registry.of_person(user)
        if not sockets:
            return
        found, unread = await bridge.run_patiently(_read, notifications, sockets[0].viewer.actor)
        for data, ticket in found:
            text = encode({"type": "notification", "data": data, "unread": unread})
            for socket in self._registry.of_person(user):
                if can_see(socket.viewer.actor, ticket):
                    socket.push(text)


def _read(notifications: Collection[UUID], actor: Actor) -> tuple[list[tuple[dict[str, Any], Ticket]], int]:
    """Those that stand for themselves, in their order, and how many are unread with them."""
    found = [(represent_notification(one), one.ticket) for one in list_notifications(notifications)]
    return found, count_unread(actor) if found else 0
