"""Notifications, to all sockets of the person they are for."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from chat import bridge
from chat.protocol import encode
from chat.sockets import Socket
from tickets.models import Ticket
from tickets.notifications.inbox import find_notification, represent_notification
from tickets.permissions import can_see


async def show_notification(sockets: Iterable[Socket], notification_id: UUID) -> None:
    """Of a ticket that has left the person's sight meanwhile, nothing is shown."""
    found = await bridge.run_patiently(_read, notification_id)
    if found is None:
        return
    notification, ticket = found
    text = encode({"type": "notification", "data": notification})
    for socket in sockets:
        if can_see(socket.viewer.actor, ticket):
            socket.push(text)


def _read(notification_id: UUID) -> tuple[dict[str, Any], Ticket] | None:
    notification = find_notification(notification_id)
    return None if notification is None else (represent_notification(notification), notification.ticket)
