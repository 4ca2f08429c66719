"""From a nudge to frames: the log is read once for a ticket, whoever listens and however many nudges came."""

import asyncio
import logging
import time
from dataclasses import dataclass
from uuid import UUID

from accounts.errors import Unavailable
from chat import bridge
from chat.access import Access
from chat.groups import Groups
from chat.lists import ListFeed
from chat.metrics import FAN_OUT_SECONDS
from chat.reading import News, read_news

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Wanted:
    """What is known to be new in a ticket. moved: other people may see it now."""

    sequence: int = 0
    public_sequence: int = 0
    reads: bool = False
    moved: bool = False

    def add(self, other: "Wanted") -> None:
        self.sequence = max(self.sequence, other.sequence)
        self.public_sequence = max(self.public_sequence, other.public_sequence)
        self.reads |= other.reads
        self.moved |= other.moved


class Updates:
    """One worker a ticket at most: nudges that come while it reads make it read once more."""

    def __init__(self, groups: Groups, lists: ListFeed, access: Access) -> None:
        self._groups = groups
        self._lists = lists
        self._access = access
        self._wanted: dict[UUID, Wanted] = {}
        self._workers: dict[UUID, asyncio.Task[None]] = {}

    def touch(self, ticket: UUID, wanted: Wanted) -> None:
        """Something may be new; where it is not, nothing is read."""
        group = self._groups.find(ticket)
        if group is not None:
            group.hear(wanted.sequence, wanted.public_sequence)
        if not self._concerns_somebody(ticket, wanted):
            return
        self._wanted.setdefault(ticket, Wanted()).add(wanted)
        if ticket not in self._workers:
            self._workers[ticket] = asyncio.create_task(self._work(ticket))

    async def settle(self, seconds: float) -> None:
        """Wait for the workers, at most so long."""
        if self._workers:
            await asyncio.wait(list(self._workers.values()), timeout=seconds)

    def _concerns_somebody(self, ticket: UUID, wanted: Wanted) -> bool:
        group = self._groups.find(ticket)
        if group is not None and (wanted.reads or group.positions_behind()):
            return True
        return wanted.moved or self._lists.is_behind(ticket, wanted.sequence, wanted.public_sequence)

    async def _work(self, ticket: UUID) -> None:
        try:
            while wanted := self._wanted.pop(ticket, None):
                try:
                    await self._refresh(ticket, wanted)
                except Unavailable:  # for minutes; the next heartbeat comes back to it
                    log.warning("A ticket's news could not be read")
                except Exception:
                    log.exception("A ticket's news could not be told")
        finally:
            del self._workers[ticket]

    async def _refresh(self, ticket: UUID, wanted: Wanted) -> None:
        begun = time.monotonic()
        group = self._groups.find(ticket)
        positions = group.positions_behind() if group else {}
        readers = group.audiences() if group and wanted.reads else []
        news = await bridge.run_patiently(read_news, ticket, positions, readers)
        if news.standing is None:
            return
        narrowed = self._access.narrow(news.standing)
        self._fan_out(ticket, news)
        FAN_OUT_SECONDS.observe(time.monotonic() - begun)
        if wanted.moved or narrowed:
            await self._lists.remove(news.standing, told=narrowed)
        await self._lists.update(news.standing)

    def _fan_out(self, ticket: UUID, news: News) -> None:
        group = self._groups.find(ticket)
        if group is None:
            return
        for audience, catchup in news.catchups.items():
            group.of(audience).fan_out(catchup)
        for audience, reads in news.reads.items():
            group.of(audience).note_reads(reads)
