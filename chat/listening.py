"""This process's one subscription in the channel layer, and how it notices that it hears nothing."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable

from channels.layers import get_channel_layer

from chat.nudges import GROUP, TYPE, Kind, Nudge, make_nudge

log = logging.getLogger(__name__)

PULSE_SECONDS = 1.0
DEAF_AFTER = 3.0  # seconds without a pulse of one's own
SUBSCRIBE_AGAIN_AFTER = 6.0
_MOST_UNSENT = 1000
_PATIENCE = 2.0  # seconds for one call to the channel layer


class Listener:
    """`hear` gets every nudge; `deaf` says that nudges may be missing, so that one has to look oneself."""

    def __init__(self, hear: Callable[[Nudge], None]) -> None:
        self._hear = hear
        self._layer = get_channel_layer()
        self._channel = ""
        self._heard_at = float("-inf")
        self._unsent: deque[Nudge] = deque(maxlen=_MOST_UNSENT)
        self._something_to_send = asyncio.Event()

    @property
    def deaf(self) -> bool:
        return time.monotonic() - self._heard_at > DEAF_AFTER

    def tell(self, nudge: Nudge) -> None:
        """Pass a note to all live processes (also to this one), if that is possible at all."""
        self._unsent.append(nudge)
        self._something_to_send.set()

    async def listen(self) -> None:
        """Subscribe, hear, and subscribe again whenever that breaks."""
        while True:
            try:
                await self._subscribe()
                while True:
                    async with asyncio.timeout(SUBSCRIBE_AGAIN_AFTER):
                        message = await self._layer.receive(self._channel)
                    self._heard_at = time.monotonic()
                    self._take(message)
            except Exception as error:
                log.warning("The channel layer is not heard: %s", type(error).__name__)
            self._channel = ""
            await self._begin_again()

    async def _subscribe(self) -> None:
        async with asyncio.timeout(_PATIENCE):
            channel = await self._layer.new_channel()
            await self._layer.group_add(GROUP, channel)
        self._channel = channel
        self._heard_at = time.monotonic()

    async def _begin_again(self) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._layer.flush()
        except Exception as error:
            log.debug("The channel layer was not closed: %s", type(error).__name__)
        await asyncio.sleep(PULSE_SECONDS)

    def _take(self, message: Nudge) -> None:
        if message.get("type") != TYPE or message.get("kind") == Kind.PULSE:
            return
        try:
            self._hear(message)
        except Exception:
            log.exception("A nudge could not be followed")

    async def pulse(self) -> None:
        """Send a note to oneself every second: what comes back is the proof of hearing."""
        while True:
            await asyncio.sleep(PULSE_SECONDS)
            if self._channel:
                await self._send(self._layer.send, self._channel, make_nudge(Kind.PULSE))

    async def send(self) -> None:
        """Pass the notes on, in their order."""
        while True:
            await self._something_to_send.wait()
            while self._unsent:
                nudge = self._unsent.popleft()
                if not self.deaf:
                    await self._send(self._layer.group_send, GROUP, nudge)
            self._something_to_send.clear()

    async def _send(self, send: Callable[..., object], name: str, nudge: Nudge) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                await send(name, nudge)  # type: ignore[misc]
        except Exception as error:
            log.debug("A note was not passed on: %s", type(error).__name__)
