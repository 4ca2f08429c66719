"""Handing frames to the server without waiting, and noticing when it cannot take more.

Daphne takes every frame at once and lets its buffer grow; it is asked to tell when the buffer is full (Twisted's push
producers, 64 KiB). Servers with back-pressure of their own (uvicorn) make `send` wait: then the rest runs as a task.
"""

import asyncio
import functools
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any, Protocol

Send = Callable[[dict[str, Any]], Coroutine[Any, Any, None]]


class Pausable(Protocol):
    def pause(self) -> None: ...

    def resume(self) -> None: ...


def begin(coroutine: Coroutine[Any, Any, None]) -> Awaitable[None] | None:
    """Run a coroutine until it would wait; None where it has ended, else the rest of it.

    A thousand sockets are served in one turn of the loop instead of by a thousand tasks (Python 3.12 calls this an
    eager task). Raises what the coroutine raises.
    """
    try:
        waits_for = coroutine.send(None)
    except StopIteration:
        return None
    return _Rest(coroutine, waits_for)


class _Rest:
    """A coroutine that has begun, with what it waits for now."""

    def __init__(self, coroutine: Coroutine[Any, Any, None], waits_for: "asyncio.Future[Any] | None") -> None:
        self._coroutine = coroutine
        self._waits_for = waits_for

    def __await__(self) -> Generator[Any, Any, None]:
        waits_for = self._waits_for
        while True:
            try:
                answer = yield waits_for
            except BaseException as error:
                step = functools.partial(self._coroutine.throw, error)
            else:
                step = functools.partial(self._coroutine.send, answer)
            try:
                waits_for = step()
            except StopIteration:
                return


class DirectWriter:
    """Writes a text to one of daphne's connections at once.

    By daphne's own way a frame is put together anew for each socket, lies in a buffer until the next turn of the
    loop, and costs two changes of what the loop waits for: half of a fan-out. Where the buffer is empty and the
    connection is plain TCP, its bytes may as well go straight into the socket; in every other case they do not.
    """

    __slots__ = ("_protocol",)

    def __init__(self, protocol: Any) -> None:
        self._protocol = protocol

    def write(self, text: str) -> bool:
        """Whether it could."""
        protocol, transport = self._protocol, self._protocol.transport
        if protocol.state != protocol.STATE_OPEN or not transport.connected or transport.disconnecting:
            return False
        if transport.dataBuffer or transport._tempDataBuffer or protocol.send_queue:  # noqa: SLF001
            return False
        data = _text_frame(text)
        sent = transport.writeSomeData(data)
        if not isinstance(sent, int):
            return False  # the connection is lost: daphne's own way finds out how
        if sent < len(data):
            transport.write(data[sent:])
        return True


@functools.lru_cache(maxsize=16)
def _text_frame(text: str) -> bytes:
    """A whole text message in one frame, as a server sends it: unmasked (RFC 6455, section 5.2). Made once for all."""
    payload = text.encode()
    length = len(payload)
    if length < 126:
        return bytes((0x81, length)) + payload
    if length < 65_536:
        return b"\x81\x7e" + length.to_bytes(2, "big") + payload
    return b"\x81\x7f" + length.to_bytes(8, "big") + payload


def find_direct_writer(send: Send) -> DirectWriter | None:
    """None where the server is not daphne, or speaks TLS itself."""
    protocol = _daphne_protocol(send)
    transport = getattr(protocol, "transport", None)
    plain = hasattr(transport, "writeSomeData") and not getattr(transport, "TLS", False)
    return DirectWriter(protocol) if plain and getattr(protocol, "_perMessageCompress", None) is None else None


def _daphne_protocol(send: Send) -> Any:
    """daphne hands each application `partial(server.handle_reply, protocol)` for its `send`."""
    return send.args[0] if isinstance(send, functools.partial) and send.args else None


class _DaphneBuffer:
    """Twisted's IPushProducer: told when the connection's buffer is full, and when there is room again."""

    __slots__ = ("_told",)

    def __init__(self, told: Pausable) -> None:
        self._told = told

    def pauseProducing(self) -> None:
        self._told.pause()

    def resumeProducing(self) -> None:
        self._told.resume()

    def stopProducing(self) -> None:
        self._told.pause()


def watch_buffer(send: Send, told: Pausable) -> None:
    """Ask the server to tell of a full buffer, where it is daphne; others make `send` wait."""
    transport = getattr(_daphne_protocol(send), "transport", None)
    if transport is None or not hasattr(transport, "registerProducer"):
        return
    transport.unregisterProducer()  # the HTTP channel of the handshake
    transport.registerProducer(_DaphneBuffer(told), True)
