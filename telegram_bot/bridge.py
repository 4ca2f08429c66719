"""The one place where the bot's event loop calls the synchronous core.

A whole unit of work, its transaction inside, runs in one of a few threads of our own: asgiref's default is a single
thread for the whole process. Connections are checked before and after each unit, because no request signals do it.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import close_old_connections, connections

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 8
_executor = ThreadPoolExecutor(THREADS, thread_name_prefix="telegram-unit")


async def run(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run one synchronous unit of work in a thread and give its result."""

    def unit() -> T:
        close_old_connections()
        try:
            return work(*args, **kwargs)
        finally:
            close_old_connections()

    return await sync_to_async(unit, thread_sensitive=False, executor=_executor)()


def close_connections() -> None:
    """Close every thread's own connection: at the end of the process, and of a test."""
    everyone_is_here = threading.Barrier(THREADS)

    def close() -> None:
        everyone_is_here.wait(timeout=10)
        connections.close_all()

    for future in [_executor.submit(close) for _ in range(THREADS)]:
        future.result()
