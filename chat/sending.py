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
    protocol = send.args[0] if isinstance(send, functools.partial) and send.args else None
    transport = getattr(protocol, "transport", None)
    if transport is None or not hasattr(transport, "registerProducer"):
        return
    transport.unregisterProducer()  # the HTTP channel of the handshake
    transport.registerProducer(_DaphneBuffer(told), True)
