"""Who is typing. A note that is being typed shows nothing to the customer."""

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from chat.groups import Groups
from chat.nudges import Kind, Nudge, make_nudge
from chat.protocol import NotSubscribed, Typing, encode
from chat.sockets import Socket
from tickets.representations.audiences import Audience

PASSED_ON_EVERY = 1.0  # seconds; clients say it every three


class TypingIndicator:
    def __init__(self, groups: Groups, *, process: str, tell: Callable[[Nudge], None]) -> None:
        self._groups = groups
        self._process = process
        self._tell = tell

    def say(self, socket: Socket, frame: Typing) -> None:
        """Raises NotSubscribed."""
        subscription = socket.subscriptions.get(frame.ticket)
        if subscription is None:
            raise NotSubscribed
        if time.monotonic() - subscription.typed_at < PASSED_ON_EVERY:
            return
        subscription.typed_at = time.monotonic()
        internal = frame.internal and subscription.audience is Audience.STAFF  # customers write no notes
        person = socket.viewer.person
        self._tell(
            make_nudge(Kind.TYPING, process=self._process, ticket=frame.ticket, person=person, internal=internal)
        )
        self._show(frame.ticket, person, internal=internal)

    def hear(self, nudge: Nudge) -> None:
        """Another process tells that somebody types there."""
        if nudge["process"] != self._process:
            self._show(UUID(nudge["ticket"]), nudge["person"], internal=nudge["internal"])

    def _show(self, ticket: UUID, person: dict[str, Any], *, internal: bool) -> None:
        group = self._groups.find(ticket)
        if group is None:
            return
        data = {"user": person, "internal": internal}
        text = encode({"type": "message_typing", "ticket": ticket, "data": data})
        group.staff.show(text, passing=True, but=person["id"])
        if not internal:
            group.customer.show(text, passing=True, but=person["id"])
