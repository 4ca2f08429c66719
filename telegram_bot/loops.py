"""The bot's loops: each does a step, then waits until it is woken, or for a moment."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from django.db import InterfaceError, OperationalError

log = logging.getLogger(__name__)

PAUSE = 0.2  # seconds: replies leave within it even without Redis
_AFTER_ERROR = 1.0


class Wakeup:
    """A bell: `ring` ends the `wait` that is going on, or the next one."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        self._event.set()

    async def wait(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._event.wait()
        self._event.clear()


async def keep_going(
    step: Callable[[], Awaitable[bool]], *, wakeup: Wakeup, stop: asyncio.Event, pause: float = PAUSE
) -> None:
    """Take one step after another until `stop`; a step that gives True is followed by the next at once.

    An error is logged and the loop goes on: it must outlive a database that restarts.
    """
    while not stop.is_set():
        try:
            again = await step()
        except (OperationalError, InterfaceError) as error:
            log.warning("The database does not answer: %s", str(error).strip().splitlines()[:1])
            await asyncio.sleep(_AFTER_ERROR)
            continue
        except Exception:
            log.exception("A step of the bot failed")
            await asyncio.sleep(_AFTER_ERROR)
            continue
        if not again:
            await wakeup.wait(pause)
