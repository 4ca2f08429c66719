"""Who is online, and who looks at which ticket. Nothing of it lasts, and any of it may be lost.

Processes tell each other who comes and goes, and every twenty seconds who is there in all, so that a lost note or a
dead process is forgotten. To clients it is told in small portions: when five hundred people reconnect at once, who
is online matters less than what was written.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import UUID

from chat.groups import Groups
from chat.nudges import Kind, Nudge, make_nudge
from chat.protocol import encode
from chat.registry import Registry
from chat.sockets import Socket, Subscription

Person = dict[str, Any]

GRACE = 5.0  # seconds in which a socket may come again before its person counts as gone
PORTION_SECONDS = 0.5
PORTION_FRAMES = 1000
ROLL_CALL_SECONDS = 20.0
FORGET_PROCESS_AFTER = 60.0
_GREETED_WITH = 100  # people


@dataclass
class Change:
    """A person came or went; `tickets`: where others see it besides staff."""

    person: Person
    online: bool
    tickets: set[UUID] = field(default_factory=set)


class Presence:
    def __init__(self, registry: Registry, groups: Groups, *, process: str, tell: Callable[[Nudge], None]) -> None:
        self._registry = registry
        self._groups = groups
        self._process = process
        self._tell = tell
        self._elsewhere: dict[str, tuple[float, dict[str, Person]]] = {}
        self._changes: dict[str, Change] = {}
        self._shown: dict[str, Person] = {}  # whom the staff here know to be online

    # --- Here -------------------------------------------------------------------------------------------------------
    def came(self, socket: Socket) -> None:
        """A person's first socket."""
        self._announce(Change(socket.viewer.person, online=True))

    def joined(self, subscription: Subscription) -> None:
        """A socket follows a ticket: those who share it learn who is there, and the newcomer learns who else is."""
        viewer = subscription.socket.viewer
        self._announce(Change(viewer.person, online=True, tickets={subscription.ticket}))
        group = self._groups.find(subscription.ticket)
        sharing = islice(group.members(), _GREETED_WITH) if group else ()
        others = {other.socket.viewer.person["id"]: other.socket.viewer.person for other in sharing}
        others.pop(viewer.person["id"], None)
        for person in others.values():
            subscription.socket.push(_frame(person, online=True), passing=True)

    def greet(self, socket: Socket) -> None:
        """Tell a member of staff which colleagues are online."""
        colleagues = (person for person in self._shown.values() if person["role"] != "customer")
        for person in islice(colleagues, _GREETED_WITH):
            if person["id"] != socket.viewer.person["id"]:
                socket.push(_frame(person, online=True), passing=True)

    def left(self, socket: Socket, tickets: set[UUID]) -> None:
        """A person's last socket is gone; perhaps only for a moment."""
        change = Change(socket.viewer.person, online=False, tickets=tickets)
        asyncio.get_running_loop().call_later(GRACE, self._gone, socket.viewer.user_id, change)

    def _gone(self, user_id: UUID, change: Change) -> None:
        if not self._registry.is_here(user_id):
            self._announce(change)

    def _announce(self, change: Change) -> None:
        tickets = [str(ticket) for ticket in change.tickets]
        self._tell(
            make_nudge(
                Kind.PRESENCE, process=self._process, person=change.person, online=change.online, tickets=tickets
            )
        )
        self._note(change)

    # --- Elsewhere --------------------------------------------------------------------------------------------------
    def hear(self, nudge: Nudge) -> None:
        """Another process tells who came or went."""
        if nudge["process"] == self._process:
            return
        people = self._people_at(nudge["process"])
        person, online = nudge["person"], nudge["online"]
        if online:
            people[person["id"]] = person
        else:
            people.pop(person["id"], None)
        self._note(Change(person, online=online, tickets={UUID(ticket) for ticket in nudge["tickets"]}))

    def hear_roll_call(self, nudge: Nudge) -> None:
        """Another process tells who is there in all."""
        if nudge["process"] == self._process:
            return
        before = dict(self._people_at(nudge["process"]))
        now = {person["id"]: person for person in nudge["people"]}
        self._elsewhere[nudge["process"]] = (time.monotonic(), now)
        self._compare(before, now)

    def _people_at(self, process: str) -> dict[str, Person]:
        return self._elsewhere.setdefault(process, (time.monotonic(), {}))[1]

    def _compare(self, before: dict[str, Person], now: dict[str, Person]) -> None:
        for key in now.keys() - before.keys():
            self._note(Change(now[key], online=True))
        for key in before.keys() - now.keys():
            self._note(Change(before[key], online=False))

    async def call_the_roll(self) -> None:
        """Tell the other processes who is here; forget those that tell no more."""
        while True:
            await asyncio.sleep(ROLL_CALL_SECONDS)
            people = [socket.viewer.person for socket in self._registry.people()]
            self._tell(make_nudge(Kind.ROLL_CALL, process=self._process, people=people))
            self.forget_silent_processes()

    def forget_silent_processes(self) -> None:
        for process, (heard_at, there) in list(self._elsewhere.items()):
            if time.monotonic() - heard_at > FORGET_PROCESS_AFTER:
                del self._elsewhere[process]
                self._compare(there, {})

    # --- To clients -------------------------------------------------------------------------------------------------
    def is_online(self, person_id: str) -> bool:
        return self._registry.is_here(UUID(person_id)) or any(
            person_id in people for _heard_at, people in self._elsewhere.values()
        )

    def _note(self, change: Change) -> None:
        if not change.online and self.is_online(change.person["id"]):
            return
        waiting = self._changes.pop(change.person["id"], None)
        if waiting is not None:
            change.tickets |= waiting.tickets
        self._changes[change.person["id"]] = change

    async def show_in_portions(self) -> None:
        while True:
            await asyncio.sleep(PORTION_SECONDS)
            sent = 0
            while self._changes and sent < PORTION_FRAMES:
                key = next(iter(self._changes))
                sent += self._show(self._changes.pop(key))

    def _show(self, change: Change) -> int:
        """How many frames it took."""
        key = change.person["id"]
        sockets = {
            member.socket
            for ticket in change.tickets
            if (group := self._groups.find(ticket)) is not None
            for member in group.members()
        }
        if change.online != (key in self._shown):
            sockets.update(self._registry.staff())
        if change.online:
            self._shown[key] = change.person
        else:
            self._shown.pop(key, None)
        text = _frame(change.person, online=change.online)
        for socket in sockets:
            if socket.viewer.person["id"] != key:
                socket.push(text, passing=True)
        return len(sockets) + 1


def _frame(person: Person, *, online: bool) -> str:
    return encode({"type": "user_online" if online else "user_offline", "data": {"user": person}})
