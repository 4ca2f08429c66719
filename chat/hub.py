"""The centre of a live process: its sockets, what they follow, and one ear in the channel layer for all of them."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any
from uuid import UUID, uuid4
from weakref import WeakKeyDictionary

from chat.access import Access
from chat.connection_limits import SOCKETS_OF_A_PERSON
from chat.groups import Groups
from chat.heartbeat import Heartbeat
from chat.listening import Listener
from chat.lists import ListFeed
from chat.metrics import NUDGES, SOCKETS
from chat.notifying import Notifying
from chat.nudges import Kind, Nudge
from chat.own_reading import are_elsewhere, show_own_reading
from chat.presence import Presence
from chat.registry import Registry
from chat.sockets import CloseCode, Socket
from chat.typing_indicator import TypingIndicator
from chat.updates import Updates, Wanted
from chat.viewing import Viewing

log = logging.getLogger(__name__)


class Hub:
    """One for each event loop; it begins with the first socket and goes on until the process ends."""

    def __init__(self) -> None:
        process = uuid4().hex
        self.registry = Registry()
        self.groups = Groups()
        self.listener = Listener(self._hear)
        self.lists = ListFeed(self.registry)
        self.access = Access(self.registry, self.groups)
        self.updates = Updates(self.groups, self.lists, self.access)
        self.notifying = Notifying(self.registry)
        tell = self.listener.tell
        self.presence = Presence(self.registry, self.groups, process=process, tell=tell)
        self.viewing = Viewing(self.registry, self.groups, process=process, tell=tell)
        self.typing = TypingIndicator(self.groups, process=process, tell=tell)
        self.heartbeat = Heartbeat(
            self.registry, self.groups, self.updates, self.access, is_deaf=lambda: self.listener.deaf
        )
        self._tasks: set[asyncio.Task[None]] = set()
        for work in (
            self.listener.listen,
            self.listener.pulse,
            self.listener.send,
            self.heartbeat.beat,
            self.heartbeat.watch,
            self.presence.call_the_roll,
            self.presence.show_in_portions,
        ):
            self._start(_forever(work()))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- Sockets ----------------------------------------------------------------------------------------------------
    def enter(self, socket: Socket) -> None:
        """A socket that has been accepted. The person's oldest makes room for an eleventh."""
        own = self.registry.of_person(socket.viewer.user_id)
        for oldest in own[: max(0, len(own) + 1 - SOCKETS_OF_A_PERSON)]:
            oldest.close(CloseCode.REPLACED)
        socket.on_closed = self._exit
        SOCKETS.inc()
        if self.registry.add(socket):
            self.presence.came(socket)

    async def greet(self, socket: Socket) -> None:
        """The time; the colleagues who are online. What lists have missed, clients ask for (`catching_up.py`).

        The time comes once a customer's lists have begun: a client that has it misses nothing from there on.
        """
        try:
            if not socket.lists_begun:
                await self.lists.begin(socket)
        finally:
            self.heartbeat.tell(socket)
        if socket.viewer.actor.is_staff:
            self.presence.greet(socket)

    def _exit(self, socket: Socket) -> None:
        SOCKETS.dec()
        self.viewing.end(socket)
        tickets = set(socket.subscriptions)
        for subscription in list(socket.subscriptions.values()):
            self.groups.leave(subscription)
        if self.registry.remove(socket):
            self.presence.left(socket, tickets)

    def unsubscribe(self, socket: Socket, ticket: UUID) -> None:
        if socket.viewing == ticket:
            self.viewing.end(socket)
        subscription = socket.subscriptions.get(ticket)
        if subscription is not None:
            self.groups.leave(subscription)

    # --- Nudges -----------------------------------------------------------------------------------------------------
    def _hear(self, nudge: Nudge) -> None:
        kind = Kind(nudge["kind"])
        NUDGES.labels(kind.value).inc()
        if kind is Kind.TICKET:
            sequence, public_sequence = int(nudge["sequence"]), int(nudge["public_sequence"])
            self.updates.touch(UUID(nudge["ticket"]), Wanted(sequence=sequence, public_sequence=public_sequence))
        elif kind is Kind.READ:
            self._hear_reading(UUID(nudge["ticket"]), UUID(nudge["user"]))
        elif kind is Kind.TYPING:
            self.typing.hear(nudge)
        elif kind is Kind.VIEWING:
            self.viewing.hear(nudge)
        elif kind is Kind.PRESENCE:
            self.presence.hear(nudge)
        elif kind is Kind.ROLL_CALL:
            self.presence.hear_roll_call(nudge)
        else:
            self._hear_of_people(kind, nudge)

    def _hear_reading(self, ticket: UUID, user: UUID) -> None:
        self.updates.touch(ticket, Wanted(reads=True))
        sockets = self.registry.of_person(user)
        if are_elsewhere(sockets, ticket):
            self._start(show_own_reading(sockets, ticket))

    def _hear_of_people(self, kind: Kind, nudge: Nudge) -> None:
        if kind is Kind.SESSION:
            family = nudge.get("family")
            self.access.end_session(UUID(nudge["user"]), UUID(family) if family else None)
        elif kind is Kind.NOTIFICATION:
            self.notifying.hear(UUID(nudge["user"]), UUID(nudge["notification"]))
        elif kind is Kind.PERSON:
            self.groups.tell_of_person(UUID(nudge["user"]))
            if not nudge.get("noted"):  # what is noted about them gives and takes no access
                self._start(self.access.check_person(UUID(nudge["user"])))
        elif "user" in nudge:
            self._start(self.access.check_person(UUID(nudge["user"])))
        elif "ticket" in nudge:
            self.updates.touch(UUID(nudge["ticket"]), Wanted(moved=True))
        else:
            self._start(self.access.check_everybody())


async def _forever(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except Exception:
        log.exception("A part of the live process has stopped")
        raise


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub_of_this_loop() -> Hub:
    """The running loop's hub; made at the first call."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
