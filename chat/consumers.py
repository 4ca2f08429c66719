"""One client's conversation with the hub. Thin on purpose: no channel of its own, no database connection to look
after for each frame (a stock consumer spends most of a fan-out there), and no rule of the help desk."""

import logging
from typing import Any

from channels.consumer import AsyncConsumer

from accounts.errors import HelpDeskError, RateLimited, Unavailable
from chat import bridge
from chat.authentication import address_of, admit
from chat.catching_up import catch_up
from chat.hub import Hub, hub_of_this_loop
from chat.metrics import REFUSED
from chat.protocol import (
    LARGEST_FRAME,
    VERSION,
    CatchUp,
    ClientFrame,
    InvalidFrame,
    Ping,
    Read,
    Subscribe,
    Typing,
    Unsubscribe,
    Viewing,
    encode_error,
    read_frame,
    ticket_of,
)
from chat.resume import resume
from chat.sending import Send
from chat.sockets import CloseCode, Socket
from tickets.services.reading import mark_read

log = logging.getLogger(__name__)


class LiveConsumer(AsyncConsumer):  # type: ignore[misc]
    """`/ws/`"""

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Send) -> None:
        await receive()  # websocket.connect
        hub = hub_of_this_loop()
        try:
            viewer = await admit(scope, hub.registry)
        except HelpDeskError as error:
            REFUSED.labels(error.code).inc()
            log.info("A socket was refused: %s", error.code)
            await send({"type": "websocket.close", "code": int(CloseCode.SIGNED_OUT)})
            return
        await send({"type": "websocket.accept", "subprotocol": VERSION})
        socket = Socket(viewer=viewer, address=address_of(scope), send=send)
        hub.enter(socket)
        try:
            await _converse(hub, socket, receive)
        finally:
            socket.forget()


async def _converse(hub: Hub, socket: Socket, receive: Any) -> None:
    """Until the client, or the desk, has ended the socket."""
    try:
        await hub.greet(socket)
    except Unavailable:
        log.warning("A client was not greeted")
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            return
        if not socket.closed:
            await _take(hub, socket, message.get("text"))


async def _take(hub: Hub, socket: Socket, text: str | None) -> None:
    """One frame. Whatever is wrong with it is answered, and counted."""
    if text is not None and len(text) > LARGEST_FRAME:
        socket.close(CloseCode.TOO_BIG)
        return
    frame: ClientFrame | None = None
    try:
        if not socket.allowance.take():
            raise RateLimited(retry_after=1)
        frame = read_frame(text or "")
        await _follow(hub, socket, frame)
    except HelpDeskError as error:
        _answer(socket, error, frame)
        if isinstance(error, RateLimited | InvalidFrame) and socket.allowance.offend():
            socket.close(CloseCode.TOO_MANY_FRAMES)
    except Exception:
        log.exception("A client's frame could not be followed")
        _answer(socket, Unavailable(), frame)


def _answer(socket: Socket, error: HelpDeskError, frame: ClientFrame | None) -> None:
    ticket = ticket_of(frame) if frame is not None else None
    socket.push(encode_error(error, language=socket.viewer.language, ticket=ticket))


async def _follow(hub: Hub, socket: Socket, frame: ClientFrame) -> None:
    if isinstance(frame, Subscribe):
        await resume(hub, socket, frame)
    elif isinstance(frame, Unsubscribe):
        hub.unsubscribe(socket, frame.ticket)
    elif isinstance(frame, Typing):
        hub.typing.say(socket, frame)
    elif isinstance(frame, Viewing):
        hub.viewing.look(socket, frame.ticket, frame.state)
    elif isinstance(frame, Read):
        actor = socket.viewer.actor
        await bridge.run(mark_read, actor=actor, ticket=frame.ticket, sequence=frame.sequence)
    elif isinstance(frame, CatchUp):
        await catch_up(socket, frame)
    elif isinstance(frame, Ping):
        hub.heartbeat.tell(socket)
