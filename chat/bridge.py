"""The one place where the live part calls synchronous code.

A unit of work runs whole, in one of a few threads of our own, with the database connections looked after around it:
asgiref's default is a single thread for the whole process, and no request signals do the looking after.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import close_old_connections, connections

from accounts.errors import Unavailable
from accounts.transactions import run_unit

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 8  # the database pool of a live process holds 12 connections
LONGEST_QUEUE = 2000  # units; beyond it the process is so far behind that a client had better come again
_TRIES = 60

_executor = ThreadPoolExecutor(THREADS, thread_name_prefix="chat-unit")
_waiting = 0


async def run(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run one unit in a thread, once more after a lost connection. Raises what it raises, and Unavailable."""
    global _waiting  # noqa: PLW0603
    if _waiting >= LONGEST_QUEUE:
        raise Unavailable
    _waiting += 1
    try:
        return await sync_to_async(_unit, thread_sensitive=False, executor=_executor)(partial(work, *args, **kwargs))
    finally:
        _waiting -= 1


def _unit(work: Callable[[], T]) -> T:
    close_old_connections()
    try:
        return run_unit(work)
    finally:
        close_old_connections()


async def run_patiently(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """As `run`, waiting up to two minutes for a database that is away. Raises Unavailable at last."""
    for attempt in range(_TRIES):
        try:
            return await run(work, *args, **kwargs)
        except Unavailable:
            await asyncio.sleep(min(0.2 * 2**attempt, 2.0))
    return await run(work, *args, **kwargs)


def close_connections() -> None:
    """Close every thread's own connection: at the end of a test."""
    everyone_is_here = threading.Barrier(THREADS)

    def close() -> None:
        everyone_is_here.wait(timeout=10)
        connections.close_all()

    for future in [_executor.submit(close) for _ in range(THREADS)]:
        future.result()
