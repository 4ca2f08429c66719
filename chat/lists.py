"""Lists of tickets on clients' screens: a ticket as it is now, to those whose lists may hold it."""

from collections import OrderedDict
from collections.abc import Collection, Iterable
from typing import TypeVar
from uuid import UUID

from chat import bridge
from chat.protocol import encode
from chat.reading import read_former_standings, read_own_standings, read_rows
from chat.registry import Registry
from chat.sockets import Socket
from tickets.models import Ticket
from tickets.permissions import can_see
from tickets.representations.audiences import Audience

T = TypeVar("T")

_REMEMBERED = 20_000  # tickets of which it is known what the lists were told


def encode_row(row: dict[str, object]) -> str:
    return encode({"type": "inbox_updated", "ticket": row["id"], "sequence": row["sequence"], "data": row})


def encode_removal(ticket: UUID) -> str:
    return encode({"type": "inbox_removed", "ticket": ticket})


class ListFeed:
    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._told: OrderedDict[UUID, dict[Audience, int]] = OrderedDict()
        self._removed: OrderedDict[UUID, tuple[UUID | None, UUID | None]] = OrderedDict()

    async def begin(self, socket: Socket) -> None:
        """A customer's lists start from how their tickets are now: what is not public must not move them.

        Nothing comes before that is known; where it cannot be read, rows come all the same. Raises Unavailable.
        """
        try:
            self._begin(await bridge.run_patiently(read_own_standings, socket.viewer))
        finally:
            socket.lists_begun = True

    def _begin(self, standings: Iterable[Ticket]) -> None:
        for standing in standings:
            told = self._told.get(standing.pk, {})
            _remember(self._told, standing.pk, {Audience.CUSTOMER: standing.public_sequence} | told)

    def is_behind(self, ticket: UUID, sequence: int, public_sequence: int) -> bool:
        """Whether somebody here may have an older row."""
        told = self._told.get(ticket, {})
        newer = sequence > told.get(Audience.STAFF, 0) or public_sequence > told.get(Audience.CUSTOMER, 0)
        return newer and len(self._registry) > 0

    async def update(self, standing: Ticket) -> None:
        """Tell those who may see the ticket how it is now."""
        if not self.is_behind(standing.pk, standing.sequence, standing.public_sequence):
            return
        told = self._told.get(standing.pk, {})
        now = {Audience.STAFF: standing.sequence, Audience.CUSTOMER: standing.public_sequence}
        behind = [audience for audience in Audience if now[audience] > told.get(audience, 0)]
        audiences = [audience for audience in behind if self._readers(standing, audience)]
        if audiences:
            rows, latest = await bridge.run_patiently(read_rows, standing.pk, audiences)
            for audience, row in rows.items():
                now[audience] = max(now[audience], row["sequence"])
                text = encode_row(row)
                for socket in self._readers(latest or standing, audience):
                    socket.push(text)
        _remember(self._told, standing.pk, now)

    async def remove(self, standing: Ticket, *, told: Collection[Socket]) -> None:
        """Tell staff who saw the ticket before it moved, and no longer do: once a move, whatever happens to it later;
        not those already `told`."""
        blind = [socket for socket in self._registry.staff() if not can_see(socket.viewer.actor, standing)]
        place = (standing.assignee_id, standing.team_id)
        if not blind or self._removed.get(standing.pk) == place:
            return
        _remember(self._removed, standing.pk, place)
        former = await bridge.run_patiently(read_former_standings, standing)
        text = encode_removal(standing.pk)
        for socket in blind:
            if socket not in told and any(can_see(socket.viewer.actor, before) for before in former):
                socket.push(text)

    def _readers(self, standing: Ticket, audience: Audience) -> list[Socket]:
        if audience is Audience.STAFF:
            return [socket for socket in self._registry.staff() if can_see(socket.viewer.actor, standing)]
        sockets = self._registry.of_person(standing.customer_id)
        return [socket for socket in sockets if socket.viewer.audience is audience and socket.lists_begun]


def _remember(memory: OrderedDict[UUID, T], ticket: UUID, value: T) -> None:
    memory[ticket] = value
    memory.move_to_end(ticket)
    if len(memory) > _REMEMBERED:
        memory.popitem(last=False)
