"""One client's socket: its viewer, what it follows, and what waits to be sent to it."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from enum import IntEnum
from uuid import UUID

from chat.connection_limits import (
    WAITING_BEFORE_PASSING_ARE_DROPPED,
    WAITING_CHARACTERS,
    WAITING_FRAMES,
    Allowance,
)
from chat.metrics import CLOSED
from chat.sending import Send, begin, find_direct_writer, watch_buffer
from chat.viewers import Viewer
from tickets.representations.audiences import Audience

log = logging.getLogger(__name__)


class CloseCode(IntEnum):
    """Why the desk ends a socket (RFC 6455 leaves 4000-4999 to applications)."""

    TOO_BIG = 1009
    SIGNED_OUT = 4401
    ACCESS_CHANGED = 4403
    TOO_SLOW = 4408
    REPLACED = 4409
    TOO_MANY_FRAMES = 4429


class Subscription:
    """One socket follows one ticket. `sequence`: the last that was sent, in the viewer's numbering.

    Between the joining and the answer to `subscribe`, frames are held back: the answer comes first.
    """

    __slots__ = ("_held", "audience", "sequence", "socket", "ticket", "typed_at")

    def __init__(self, socket: "Socket", ticket: UUID) -> None:
        self.socket = socket
        self.ticket = ticket
        self.audience: Audience = socket.viewer.audience
        self.sequence = -1
        self.typed_at = 0.0
        self._held: list[tuple[int, str]] | None = []

    @property
    def is_open(self) -> bool:
        return self._held is None

    def hold(self) -> None:
        """Hold frames back until `open`: the client asks again from another sequence."""
        self._held = self._held or []

    def open(self, sequence: int) -> None:
        """The client has everything up to `sequence` now; what came meanwhile follows."""
        held, self._held = self._held or [], None
        self.sequence = sequence
        for number, text in held:
            self.deliver(number, text)

    def reset(self, sequence: int, text: str) -> None:
        """The client shall start again: too much has happened."""
        if self._held is not None:
            self._held.append((sequence, text))
        else:
            self.sequence = sequence
            self.socket.push(text)

    def deliver(self, sequence: int, text: str) -> None:
        """An event's frame; one that the client has is not sent again."""
        if self._held is not None:
            self._held.append((sequence, text))
        elif sequence > self.sequence:
            self.sequence = sequence
            self.socket.push(text)


class Socket:
    """Frames are pushed and never waited for. A client that does not read loses passing ones first, then its socket."""

    __slots__ = (
        "_direct",
        "_paused",
        "_send",
        "_waiting",
        "_writer",
        "address",
        "allowance",
        "closed",
        "lists_begun",
        "on_closed",
        "subscriptions",
        "viewer",
        "viewing",
    )

    def __init__(self, *, viewer: Viewer, address: str, send: Send) -> None:
        self.viewer = viewer
        self.address = address
        self.allowance = Allowance()
        self.subscriptions: dict[UUID, Subscription] = {}
        self.viewing: UUID | None = None
        self.closed = False
        self.lists_begun = viewer.audience is Audience.STAFF  # a customer's: from where is read first
        self.on_closed: Callable[[Socket], None] | None = None
        self._send = send
        self._direct = find_direct_writer(send)
        self._paused = False
        self._waiting: deque[tuple[str, bool]] | None = None
        self._writer: asyncio.Future[None] | None = None
        watch_buffer(send, self)

    def push(self, text: str, *, passing: bool = False) -> None:
        """Send a frame; a passing one (typing, presence) may be dropped where others wait."""
        if self.closed:
            return
        if self._paused:
            self._wait(text, passing=passing)
        else:
            self._write_text(text)

    def close(self, code: CloseCode) -> None:
        """End it; a second time does nothing."""
        if self.closed:
            return
        CLOSED.labels(int(code)).inc()
        self._write({"type": "websocket.close", "code": int(code)})
        self.forget()

    def forget(self) -> None:
        """It has ended: nothing is sent any more."""
        if self.closed:
            return
        self.closed = True
        self._waiting = None
        if self.on_closed is not None:
            self.on_closed(self)

    # --- Called by the server's buffer ------------------------------------------------------------------------------
    def pause(self) -> None:
        self._paused = True

    def resume(self) -> None:
        self._paused = False
        while self._waiting and not self._paused and not self.closed:
            text, _passing = self._waiting.popleft()
            self._write_text(text)
        if not self._waiting:
            self._waiting = None

    # ----------------------------------------------------------------------------------------------------------------
    def _wait(self, text: str, *, passing: bool) -> None:
        waiting = self._waiting = deque() if self._waiting is None else self._waiting
        if passing and len(waiting) >= WAITING_BEFORE_PASSING_ARE_DROPPED:
            return
        if len(waiting) >= WAITING_FRAMES:
            waiting = self._waiting = deque(item for item in waiting if not item[1])
        if len(waiting) >= WAITING_FRAMES or sum(len(other) for other, _passing in waiting) > WAITING_CHARACTERS:
            log.info("A socket that does not read is closed")
            self.close(CloseCode.TOO_SLOW)
            return
        waiting.append((text, passing))

    def _write_text(self, text: str) -> None:
        if self._direct is None or not self._direct.write(text):
            self._write({"type": "websocket.send", "text": text})

    def _write(self, message: dict[str, object]) -> None:
        try:
            rest = begin(self._send(message))
        except Exception as error:  # the connection is gone; the server tells the consumer so
            log.warning("A frame was not sent: %s", type(error).__name__)
            return
        if rest is not None:
            self._paused = True
            self._writer = asyncio.ensure_future(self._finish(rest))

    async def _finish(self, rest: Awaitable[None]) -> None:
        try:
            await rest
        except Exception as error:
            log.debug("A frame was not sent: %s", type(error).__name__)
        self.resume()
