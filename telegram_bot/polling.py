"""Long polling: fetches updates, stores them, and only then lets Telegram forget them.

Telegram forgets an update when the next getUpdates names a higher offset (Bot API, getUpdates). The offset is the last
id of the batch that was stored; at the start there is none, and the inbox drops what it has already.
"""

import asyncio
import logging
import time

import httpx
from django.conf import settings
from django.db import DatabaseError

from telegram_bot import bridge
from telegram_bot.channel_state import record_channel_state
from telegram_bot.intake import ALLOWED_UPDATES, MalformedUpdate, RawUpdate, read_update, store_updates
from telegram_bot.json_slices import slice_result
from telegram_bot.loops import Wakeup

log = logging.getLogger(__name__)

LONG_POLL = 25  # seconds that Telegram keeps the question open (its own limit is 50)
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 30.0
_STATE_INTERVAL = 20.0


class ChannelBroken(Exception):
    """Telegram refuses to give updates."""


class Fetcher:
    """Asks for updates, for ever, as the only one who asks."""

    def __init__(self, *, bot_id: int, inbox_filled: Wakeup, stop: asyncio.Event) -> None:
        self.bot_id = bot_id
        self.inbox_filled = inbox_filled
        self.stop = stop
        self.offset: int | None = None
        self._pause = _FIRST_PAUSE
        self._state_recorded_at = 0.0

    async def run(self) -> None:
        timeout = httpx.Timeout(10, read=LONG_POLL + 10)
        async with httpx.AsyncClient(timeout=timeout) as client:
            while not self.stop.is_set():
                try:
                    await self._fetch_once(client)
                except ChannelBroken as error:
                    await self._rest(str(error))
                except (httpx.HTTPError, ValueError) as error:
                    await self._rest(f"Telegram does not answer: {type(error).__name__}")
                except DatabaseError as error:
                    await self._rest(f"Updates cannot be stored: {type(error).__name__}", known=False)

    async def _fetch_once(self, client: httpx.AsyncClient) -> None:
        question: dict[str, object] = {"timeout": LONG_POLL, "limit": 100, "allowed_updates": ALLOWED_UPDATES}
        if self.offset is not None:
            question["offset"] = self.offset
        url = f"{settings.TELEGRAM_API_URL}/bot{settings.TELEGRAM_BOT_TOKEN}/getUpdates"
        answer = await client.post(url, json=question)
        if answer.status_code != httpx.codes.OK:
            raise ChannelBroken(_explain(answer))
        updates = _read_all(slice_result(answer.content))
        if updates:
            await bridge.run(store_updates, self.bot_id, updates)
            self.offset = updates[-1].update_id + 1
            self.inbox_filled.ring()
        await self._report_health()

    async def _report_health(self) -> None:
        self._pause = _FIRST_PAUSE
        if time.monotonic() - self._state_recorded_at > _STATE_INTERVAL:
            await bridge.run(record_channel_state, self.bot_id, error="")
            self._state_recorded_at = time.monotonic()

    async def _rest(self, error: str, *, known: bool = True) -> None:
        """Wait longer after each failure in a row; `known`: the database can still be told of it."""
        if self.stop.is_set():
            return
        log.warning("%s; the next try is in %.0f s", error, self._pause)
        if known:
            self._state_recorded_at = 0.0
            try:
                await bridge.run(record_channel_state, self.bot_id, error=error)
            except DatabaseError:
                log.warning("The channel's state cannot be stored")
        await asyncio.sleep(self._pause)
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)


def _read_all(slices: list[bytes]) -> list[RawUpdate]:
    updates = []
    for raw in slices:
        try:
            updates.append(read_update(raw))
        except MalformedUpdate:
            log.error("Telegram sent something that is no update: %d bytes", len(raw))
    return updates


def _explain(answer: httpx.Response) -> str:
    """What a refusal means for the person who runs the desk."""
    try:
        description = str(answer.json().get("description", ""))[:300]
    except (ValueError, AttributeError):
        description = ""
    match answer.status_code:
        case 401 | 404:
            return "Telegram does not know the bot's token"
        case 409 if "webhook" in description.lower():
            return "A webhook is set, so polling is refused (manage.py set_webhook --delete removes it)"
        case 409:
            return "Another process polls for the same bot"
        case 429:
            return "Telegram asks to wait before the next question"
        case code:
            return f"Telegram answered {code} {description}".strip()
