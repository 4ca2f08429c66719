"""Handing frames over without waiting, and a client that does not take them."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from accounts.actors import Actor
from chat import connection_limits
from chat.sending import _text_frame, begin
from chat.sockets import CloseCode, Socket
from chat.viewers import Viewer
from tickets.representations.audiences import Audience

VIEWER = Viewer(Actor.system(), uuid4(), uuid4(), "en", {"id": "1"}, Audience.STAFF)


class Server:
    """One that makes `send` wait while it is `full`, as uvicorn does."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.room = asyncio.Event()
        self.room.set()

    async def send(self, message: dict[str, Any]) -> None:
        await self.room.wait()
        self.sent.append(message)

    def texts(self) -> list[str]:
        return [message["text"] for message in self.sent if message["type"] == "websocket.send"]


@pytest.fixture
async def server() -> Server:
    return Server()


def a_socket(server: Server) -> Socket:
    return Socket(viewer=VIEWER, address="", send=server.send)


async def test_a_frame_is_sent_at_once_where_the_server_has_room(server: Server) -> None:
    socket = a_socket(server)
    socket.push("1")
    assert server.texts() == ["1"]


async def test_frames_wait_in_their_order_for_a_server_that_has_no_room(server: Server) -> None:
    socket = a_socket(server)
    server.room.clear()
    for number in range(5):
        socket.push(str(number))
    assert server.texts() == []
    server.room.set()
    await asyncio.sleep(0.01)
    assert server.texts() == ["0", "1", "2", "3", "4"]
    socket.push("5")
    assert server.texts()[-1] == "5"


async def test_passing_frames_are_dropped_first_then_the_socket_is_closed(server: Server) -> None:
    socket = a_socket(server)
    server.room.clear()
    closed: list[Socket] = []
    socket.on_closed = closed.append
    socket.push("in the server")
    for number in range(100):
        socket.push(f"typing {number}", passing=True)
    for number in range(connection_limits.WAITING_FRAMES):
        socket.push(f"event {number}")
    assert closed == []
    server.room.set()
    await asyncio.sleep(0.01)
    events = [f"event {number}" for number in range(connection_limits.WAITING_FRAMES)]
    assert [text for text in server.texts() if text.startswith("event")] == events
    assert len([text for text in server.texts() if text.startswith("typing")]) == 0
    server.room.clear()
    for number in range(connection_limits.WAITING_FRAMES + 2):
        socket.push(str(number))
    assert closed == [socket]
    server.room.set()
    await asyncio.sleep(0.01)
    assert server.sent[-1] == {"type": "websocket.close", "code": CloseCode.TOO_SLOW}


async def test_few_large_frames_end_it_too(server: Server) -> None:
    socket = a_socket(server)
    server.room.clear()
    for _number in range(4):
        socket.push("x" * connection_limits.WAITING_CHARACTERS)
    assert socket.closed


async def test_what_a_send_raises_does_not_reach_the_others(server: Server) -> None:
    async def gone(message: dict[str, Any]) -> None:
        raise OSError("the connection is gone")

    Socket(viewer=VIEWER, address="", send=gone).push("1")


async def test_a_coroutine_that_has_begun_goes_on_through_several_waits_and_errors() -> None:
    steps: list[str] = []

    async def work() -> None:
        await asyncio.sleep(0)
        steps.append("one")
        try:
            await asyncio.wait_for(asyncio.Event().wait(), 0.01)
        except TimeoutError:
            steps.append("two")
        raise ValueError("at the end")

    rest = begin(work())
    assert rest is not None
    with pytest.raises(ValueError, match="at the end"):
        await asyncio.ensure_future(_wait(rest))
    assert steps == ["one", "two"]


async def _wait(rest: Any) -> None:
    await rest


@pytest.mark.parametrize("length", [0, 125, 126, 65_535, 65_536])
def test_a_text_becomes_the_frame_that_a_server_sends(length: int) -> None:
    from websockets.frames import Frame, Opcode

    text = "x" * length
    assert _text_frame(text) == Frame(Opcode.TEXT, text.encode()).serialize(mask=False)
