"""The log as frames: what a live socket sends and what a client that was away catches up with.

Each event yields exactly one frame in the viewer's numbering, so a client sees a hole at once. A frame shows the
message or ticket as it is now, which is that event's state or a later one: applying it twice does no harm.
"""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tickets.models import EventType, Ticket, TicketEvent
from tickets.representations.audiences import Audience
from tickets.representations.messages import represent_messages_by_id
from tickets.representations.tickets import represent_ticket

MAXIMUM_FRAMES = 500

_MESSAGE_FRAMES = {
    EventType.MESSAGE_SENT: "message_new",
    EventType.NOTE_ADDED: "message_new",
    EventType.MESSAGE_EDITED: "message_edited",
    EventType.MESSAGE_REACTED: "message_edited",
    EventType.ATTACHMENT_ADDED: "message_edited",
    EventType.ATTACHMENT_STORED: "message_edited",
    EventType.MESSAGE_DELETED: "message_deleted",
    EventType.MESSAGE_DELIVERY_CHANGED: "message_delivery",
    EventType.MESSAGE_RETRIED: "message_delivery",
}
_TICKET_FRAMES = {
    EventType.TICKET_CREATED: "ticket_created",
    EventType.TICKET_STATUS_CHANGED: "ticket_status_changed",
    EventType.TICKET_ASSIGNED: "ticket_assigned",
    EventType.TICKET_UNASSIGNED: "ticket_assigned",
}


@dataclass(frozen=True)
class Catchup:
    """Frames after a sequence, and the sequence that they lead to; `reset`: fetch the snapshot instead."""

    sequence: int
    frames: list[dict[str, Any]] = field(default_factory=list)
    reset: bool = False


def frames_after(ticket_id: UUID, audience: Audience, after: int, *, limit: int = MAXIMUM_FRAMES) -> Catchup:
    """What happened to a ticket after the viewer's sequence `after`. Asks no permission: the caller has.

    Raises NotFound where the ticket goes away meanwhile.
    """
    number = "sequence" if audience is Audience.STAFF else "public_sequence"
    events = list(
        TicketEvent.objects.filter(**{"ticket_id": ticket_id, f"{number}__gt": after})
        .order_by(number)
        .values_list(number, "type", "message_id")[: limit + 1]
    )
    if len(events) > limit:
        return Catchup(_last_sequence(ticket_id, number), reset=True)
    if not events:
        last = _last_sequence(ticket_id, number)
        return Catchup(last, reset=after > last)
    pictures = represent_messages_by_id({message for _n, _t, message in events if message}, audience)
    ticket: dict[str, Any] | None = None
    frames = []
    for sequence, kind, message_id in events:
        if kind in _MESSAGE_FRAMES:
            name, data = _message_frame(EventType(kind), message_id, pictures)
        else:
            ticket = ticket or represent_ticket(ticket_id, audience)
            name, data = _TICKET_FRAMES.get(EventType(kind), "ticket_updated"), ticket
        frames.append({"type": name, "ticket": ticket_id, "sequence": sequence, "data": data})
    return Catchup(events[-1][0], frames)


def _message_frame(
    kind: EventType, message_id: UUID, pictures: dict[UUID, dict[str, Any]]
) -> tuple[str, dict[str, Any]]:
    name = _MESSAGE_FRAMES[kind]
    if name == "message_deleted":
        return name, {"id": message_id}
    if name == "message_delivery":
        return name, {"message": message_id, "delivery": pictures[message_id]["delivery"]}
    return name, pictures[message_id]


def _last_sequence(ticket_id: UUID, number: str) -> int:
    return Ticket.objects.filter(pk=ticket_id).values_list(number, flat=True).first() or 0
