"""Notifications, to all sockets of the person they are for."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from accounts.actors import Actor
from chat import bridge
from chat.protocol import encode
from chat.sockets import Socket
from tickets.models import Ticket
from tickets.notifications.inbox import count_unread, find_notification, represent_notification
from tickets.permissions import can_see


async def show_notification(sockets: Sequence[Socket], notification_id: UUID) -> None:
    """Of a ticket that has left the person's sight meanwhile, nothing is shown; nor what a later one tells of."""
    found = await bridge.run_patiently(_read, notification_id, sockets[0].viewer.actor)
    if found is None:
        return
    notification, ticket, unread = found
    text = encode({"type": "notification", "data": notification, "unread": unread})
    for socket in sockets:
        if can_see(socket.viewer.actor, ticket):
            socket.push(text)


def _read(notification_id: UUID, actor: Actor) -> tuple[dict[str, Any], Ticket, int] | None:
    notification = find_notification(notification_id)
    if notification is None or notification.is_superseded:
        return None
    return represent_notification(notification), notification.ticket, count_unread(actor)
