"""Who has which ticket on the screen: shown to staff, so that two of them do not answer at once."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chat.groups import Groups
from chat.nudges import Kind, Nudge, make_nudge
from chat.protocol import NotSubscribed, encode
from chat.registry import Registry
from chat.sockets import Socket, Subscription
from tickets.models import Ticket
from tickets.permissions import can_see
from tickets.representations.audiences import Audience

LASTS = 60.0  # seconds; clients say it again every 25


Key = tuple[str, Socket | str]  # the person's id, and the socket or the other process


@dataclass
class Look:
    """A person's look at a ticket, by one socket here or by all in another process; `state`: viewing, away."""

    person: dict[str, Any]
    state: str
    until: float


class Viewing:
    def __init__(self, registry: Registry, groups: Groups, *, process: str, tell: Callable[[Nudge], None]) -> None:
        self._registry = registry
        self._groups = groups
        self._process = process
        self._tell = tell
        self._looks: dict[UUID, dict[Key, Look]] = {}

    def look(self, socket: Socket, ticket: UUID | None, state: str) -> None:
        """Raises NotSubscribed."""
        if ticket is not None and ticket not in socket.subscriptions:
            raise NotSubscribed
        if socket.viewing is not None and socket.viewing != ticket:
            self.end(socket)
        socket.viewing = ticket
        if ticket is not None:
            self._say(socket, ticket, state)

    def end(self, socket: Socket) -> None:
        """The socket's person no longer looks here; perhaps they do elsewhere."""
        ticket, socket.viewing = socket.viewing, None
        if ticket is not None:
            self._say(socket, ticket, "gone")

    def greet(self, subscription: Subscription) -> None:
        """Tell a new subscriber who looks at the ticket now."""
        if subscription.audience is not Audience.STAFF:
            return
        own = subscription.socket.viewer.person["id"]
        people = {person: look.person for (person, _source), look in self._current(subscription.ticket).items()}
        for key, person in people.items():
            if key != own:
                frame = _frame(subscription.ticket, person, self._state(subscription.ticket, key))
                subscription.socket.push(frame, passing=True)

    def hear(self, nudge: Nudge) -> None:
        """Another process tells of a look there."""
        if nudge["process"] != self._process:
            standing = Ticket(
                pk=UUID(nudge["ticket"]),
                customer_id=UUID(nudge["customer"]),
                assignee_id=_id(nudge.get("assignee")),
                team_id=_id(nudge.get("team")),
            )
            self._note(standing.pk, nudge["person"], nudge["process"], nudge["state"])
            self._show(standing, nudge["person"])

    def _say(self, socket: Socket, ticket: UUID, state: str) -> None:
        group = self._groups.find(ticket)
        standing = group.standing if group is not None else None
        if standing is None:
            return
        person = socket.viewer.person
        self._note(ticket, person, socket, state)
        look = {"person": person, "state": self._state(ticket, person["id"], here=True)}
        place = {"customer": standing.customer_id, "assignee": standing.assignee_id, "team": standing.team_id}
        self._tell(make_nudge(Kind.VIEWING, process=self._process, ticket=ticket, **look, **place))
        self._show(standing, person)

    def _note(self, ticket: UUID, person: dict[str, Any], source: Socket | str, state: str) -> None:
        looks = self._current(ticket)
        if state == "gone":
            looks.pop((person["id"], source), None)
        else:
            looks[person["id"], source] = Look(person, state, time.monotonic() + LASTS)
        if looks:
            self._looks[ticket] = looks
        else:
            self._looks.pop(ticket, None)

    def _state(self, ticket: UUID, person: str, *, here: bool = False) -> str:
        """Who looks at it in one window looks at it, wherever else it is open; `here`: in this process."""
        looks = self._current(ticket).items()
        states = {
            look.state for (whose, source), look in looks if whose == person and not (here and isinstance(source, str))
        }
        return next((state for state in ("viewing", "away") if state in states), "gone")

    def _show(self, standing: Ticket, person: dict[str, Any]) -> None:
        text = _frame(standing.pk, person, self._state(standing.pk, person["id"]))
        for socket in self._registry.staff():
            if socket.viewer.person["id"] != person["id"] and can_see(socket.viewer.actor, standing):
                socket.push(text, passing=True)

    def _current(self, ticket: UUID) -> dict[Key, Look]:
        now = time.monotonic()
        return {key: look for key, look in self._looks.get(ticket, {}).items() if look.until > now}

    def forget_old(self) -> None:
        """Drop what nobody said again."""
        self._looks = {ticket: looks for ticket in self._looks if (looks := self._current(ticket))}


def _id(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def _frame(ticket: UUID, person: dict[str, Any], state: str) -> str:
    return encode({"type": "user_viewing", "ticket": ticket, "data": {"user": person, "state": state}})
