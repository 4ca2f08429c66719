"""What happens by itself: heartbeats to clients, and looking at the database for what no nudge told of."""

import asyncio
import logging
from collections.abc import Callable
from itertools import islice

from django.conf import settings

from accounts import clock
from accounts.errors import Unavailable
from chat import bridge
from chat.access import Access
from chat.groups import Groups
from chat.metrics import DEAF_SECONDS
from chat.protocol import encode
from chat.reading import read_changes, read_standings
from chat.registry import Registry
from chat.sockets import Socket
from chat.updates import Updates, Wanted
from tickets.models import Ticket

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 20.0
SWEEP_SECONDS = 1.0  # while nudges may be missing
SWEEPS_AFTER_DEAFNESS = 5  # the processes that nudge notice a little later than we that Redis is back
_AT_ONCE = 100  # heartbeats written before the loop goes on with other work
_SETTLE_SECONDS = 2.0


class Heartbeat:
    def __init__(
        self, registry: Registry, groups: Groups, updates: Updates, access: Access, *, is_deaf: Callable[[], bool]
    ) -> None:
        self._registry = registry
        self._groups = groups
        self._updates = updates
        self._access = access
        self._is_deaf = is_deaf
        self._swept_at = clock.now()

    async def beat(self) -> None:
        """Check access, find what was missed, and tell each client how far it should be."""
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            if not len(self._registry):
                self._swept_at = clock.now()
                continue
            try:
                await self._access.check_everybody()
                await self.sweep()
                await self._updates.settle(_SETTLE_SECONDS)
            except Unavailable:
                log.warning("A heartbeat could not ask the database")
            await self._tell_all()

    async def watch(self) -> None:
        """While the channel layer is not heard, look into the database every second instead."""
        sweeps = 0
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            if self._is_deaf():
                DEAF_SECONDS.inc(SWEEP_SECONDS)
                sweeps = SWEEPS_AFTER_DEAFNESS
            if sweeps and len(self._registry):
                sweeps -= 1
                try:
                    await self.sweep(reads=True)
                except Unavailable:
                    log.warning("A sweep could not ask the database")

    async def sweep(self, *, reads: bool = False) -> None:
        """Compare what the database holds with what was read; two queries where nothing is new."""
        followed = await bridge.run(read_standings, self._groups.tickets())
        changed, self._swept_at = await bridge.run(read_changes, self._swept_at)
        for standing in followed:
            self._touch(standing, reads=reads)
        for standing in changed:
            self._touch(standing)

    def _touch(self, standing: Ticket, *, reads: bool = False) -> None:
        self._updates.touch(
            standing.pk,
            Wanted(sequence=standing.sequence, public_sequence=standing.public_sequence, reads=reads),
        )

    async def _tell_all(self) -> None:
        sockets = iter(self._registry)
        while portion := list(islice(sockets, _AT_ONCE)):
            for socket in portion:
                self.tell(socket)
            await asyncio.sleep(0)

    def tell(self, socket: Socket) -> None:
        """The time, and the sequences that the client should have."""
        tickets = {}
        for ticket, subscription in socket.subscriptions.items():
            group = self._groups.find(ticket)
            position = group.of(subscription.audience).position if group is not None else None
            if subscription.is_open and position is not None:
                tickets[ticket] = max(position, subscription.sequence)
        data = {"server_time": clock.now(), "tickets": tickets, "version": settings.VERSION}
        socket.push(encode({"type": "heartbeat", "data": data}))
