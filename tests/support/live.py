"""Sockets without a server: each test speaks ASGI to the consumer and keeps all frames that come."""

import asyncio
import json
from typing import Any
from uuid import UUID

from asgiref.testing import ApplicationCommunicator
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator

from accounts.models import Role, User
from accounts.services.sessions import create_socket_ticket, start_session
from chat import bridge
from chat.routing import websocket_urlpatterns
from tests.support.shapes import Side, frame_faults

JSON = dict[str, Any]
application = URLRouter(websocket_urlpatterns)


def a_socket_ticket(user: User) -> tuple[str, UUID]:
    """A ticket that opens one socket, and the sign-in it belongs to."""
    family = start_session(user).family
    return create_socket_ticket(user, family), family


def handshake(*subprotocols: str, origin: str | None = None, path: str = "/ws/") -> ApplicationCommunicator:
    headers = [(b"origin", origin.encode())] if origin is not None else []
    communicator = WebsocketCommunicator(application, path, headers=headers, subprotocols=list(subprotocols))
    communicator.scope["client"] = ("127.0.0.1", 40000)
    return communicator


class LiveClient:
    """One open socket. `frames` holds all that has come, oldest first; `code` how it was closed.

    Each must be what its shape says, for the side on which its person was when the socket was opened.
    """

    def __init__(self, communicator: ApplicationCommunicator, family: UUID, side: Side) -> None:
        self.communicator = communicator
        self.family = family
        self.side = side
        self.frames: list[JSON] = []
        self.code: int | None = None

    @classmethod
    async def open(cls, user: User) -> "LiveClient":
        ticket, family = await bridge.run(a_socket_ticket, user)
        communicator = handshake("desk.v1", ticket)
        accepted, protocol = await communicator.connect(timeout=5)
        assert (accepted, protocol) == (True, "desk.v1")
        client = cls(communicator, family, "customer" if user.role == Role.CUSTOMER else "staff")
        await client.wait_for("heartbeat")
        return client

    async def send(self, kind: str, **fields: Any) -> None:
        plain = {name: str(value) if isinstance(value, UUID) else value for name, value in fields.items()}
        text = json.dumps({"type": kind, **plain})
        await self.communicator.send_input({"type": "websocket.receive", "text": text})

    async def subscribe(self, ticket: UUID, after: int | None = None) -> JSON:
        """The answer: `resumed`, `reset` or `error`."""
        self.take()
        before = len(self.frames)
        await self.send("subscribe", ticket=ticket, **({} if after is None else {"after": after}))
        return await self.wait_for("resumed", "reset", "error", since=before, ticket=str(ticket))

    def take(self) -> list[JSON]:
        """All frames so far."""
        while not self.communicator.output_queue.empty():
            output = self.communicator.output_queue.get_nowait()
            if output["type"] == "websocket.close":
                self.code = output.get("code", 1000)
            else:
                self.frames.append(json.loads(output["text"]))
                faults = frame_faults(self.frames[-1], self.side)
                assert faults == [], (self.frames[-1], faults)
        return self.frames

    def of(self, *kinds: str) -> list[JSON]:
        return [frame for frame in self.take() if frame["type"] in kinds]

    async def wait_for(self, *kinds: str, since: int = 0, seconds: float = 5.0, **wanted: Any) -> JSON:
        """The first frame of these types with these values, seen already or still to come."""
        async with asyncio.timeout(seconds):
            while True:
                for frame in self.take()[since:]:
                    if frame["type"] in kinds and all(frame.get(name) == value for name, value in wanted.items()):
                        return frame
                await asyncio.sleep(0.005)

    async def wait_closed(self, seconds: float = 5.0) -> int:
        async with asyncio.timeout(seconds):
            while self.code is None:
                self.take()
                await asyncio.sleep(0.005)
        return self.code

    async def close(self) -> None:
        await self.communicator.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.communicator.wait(timeout=5)
