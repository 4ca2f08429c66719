"""How far somebody has read, to all of their own sockets: unread marks agree on every screen of theirs."""

from collections.abc import Sequence
from uuid import UUID

from chat import bridge
from chat.protocol import encode
from chat.sockets import Socket
from chat.viewers import Viewer
from tickets.permissions import visible_to
from tickets.selectors.reading import Reading, list_readings


def are_elsewhere(sockets: Sequence[Socket], ticket_id: UUID) -> bool:
    """Whether a person has sockets that must be told: the only one they have, and which follows the ticket, knows."""
    return len(sockets) > 1 or any(ticket_id not in socket.subscriptions for socket in sockets)


async def show_own_reading(sockets: Sequence[Socket], ticket_id: UUID) -> None:
    viewer = sockets[0].viewer
    reading = await bridge.run_patiently(_read, viewer, ticket_id)
    if reading is None:
        return
    data = {"user": viewer.person, "sequence": reading.read_sequence, "unread": reading.unread}
    text = encode({"type": "message_read", "ticket": ticket_id, "data": data})
    for socket in sockets:
        socket.push(text)


def _read(viewer: Viewer, ticket_id: UUID) -> Reading | None:
    """None where the ticket has left their sight meanwhile."""
    if not visible_to(viewer.actor).filter(pk=ticket_id).exists():
        return None
    return list_readings(viewer.actor, [ticket_id])[ticket_id]
