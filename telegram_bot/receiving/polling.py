"""Long polling: fetches updates, stores them, and only then lets Telegram forget them.

Telegram forgets an update when the next getUpdates names a higher offset (Bot API, getUpdates). The offset is the last
id of the batch that was stored; at the start there is none, and the inbox drops what it has already.
"""

import asyncio
import logging
import random
import time

import httpx
from django.conf import settings
from django.db import DatabaseError
from telegram.error import TelegramError

from telegram_bot import bridge
from telegram_bot.bot_api import BotApi
from telegram_bot.channel_state import record_channel_state
from telegram_bot.loops import Wakeup
from telegram_bot.models import ChannelFault
from telegram_bot.receiving.intake import ALLOWED_UPDATES, MalformedUpdate, RawUpdate, read_update, store_updates
from telegram_bot.receiving.json_slices import slice_result
from telegram_bot.receiving.webhook import remove_own_webhook

log = logging.getLogger(__name__)

LONG_POLL = 25  # seconds that Telegram keeps the question open (its own limit is 50)
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 30.0
_STATE_INTERVAL = 20.0


_CONFLICTS_COUNT_FOR = 90.0  # two who fetch take turns: one answer in between does not end the quarrel


class ChannelBroken(Exception):
    """Telegram refuses to give updates."""

    def __init__(self, fault: ChannelFault, details: str = "") -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.details = details


class Fetcher:
    """Asks for updates, for ever, as the only one who asks."""

    def __init__(self, *, bot_id: int, api: BotApi, inbox_filled: Wakeup, stop: asyncio.Event) -> None:
        self.bot_id = bot_id
        self.api = api
        self.inbox_filled = inbox_filled
        self.stop = stop
        self.offset: int | None = None
        self._pause = _FIRST_PAUSE
        self._state_recorded_at = 0.0
        self._rival_met_at = -_CONFLICTS_COUNT_FOR

    async def run(self) -> None:
        timeout = httpx.Timeout(10, read=LONG_POLL + 10)
        async with httpx.AsyncClient(timeout=timeout) as client:
            while not self.stop.is_set():
                try:
                    await self._fetch_once(client)
                except ChannelBroken as error:
                    await self._meet_refusal(error)
                except (httpx.HTTPError, ValueError) as error:
                    await self._rest(ChannelFault.NO_ANSWER, type(error).__name__)
                except DatabaseError as error:
                    log.warning("Updates cannot be stored: %s", type(error).__name__)
                    await self._sleep_longer()

    async def _fetch_once(self, client: httpx.AsyncClient) -> None:
        question: dict[str, object] = {"timeout": LONG_POLL, "limit": 100, "allowed_updates": ALLOWED_UPDATES}
        if self.offset is not None:
            question["offset"] = self.offset
        url = f"{settings.TELEGRAM_API_URL}/bot{settings.TELEGRAM_BOT_TOKEN}/getUpdates"
        answer = await client.post(url, json=question)
        if answer.status_code != httpx.codes.OK:
            raise _explain(answer)
        updates = _read_all(slice_result(answer.content))
        if updates:
            await bridge.run(store_updates, self.bot_id, updates)
            self.offset = updates[-1].update_id + 1
            self.inbox_filled.ring()
        await self._report_health()

    async def _report_health(self) -> None:
        if time.monotonic() - self._rival_met_at > _CONFLICTS_COUNT_FOR:
            self._pause = _FIRST_PAUSE
        if time.monotonic() - self._state_recorded_at > _STATE_INTERVAL:
            await bridge.run(record_channel_state, self.bot_id)
            self._state_recorded_at = time.monotonic()

    async def _meet_refusal(self, refusal: ChannelBroken) -> None:
        """A webhook of this desk's own, left from another mode, is no reason to wait."""
        if refusal.fault is ChannelFault.FOREIGN_WEBHOOK:
            try:
                foreign = await remove_own_webhook(self.api)
            except TelegramError as error:
                await self._rest(ChannelFault.NO_ANSWER, type(error).__name__)
                return
            if not foreign:
                await asyncio.sleep(_FIRST_PAUSE)
                return
            refusal = ChannelBroken(refusal.fault, foreign)
        elif refusal.fault is ChannelFault.RIVAL:
            self._rival_met_at = time.monotonic()
        await self._rest(refusal.fault, refusal.details)

    async def _rest(self, fault: ChannelFault, details: str = "") -> None:
        """Write down what is wrong, and wait longer after each failure in a row."""
        if self.stop.is_set():
            return
        log.warning("No updates: %s %s; the next try is in %.0f s", fault.value, details, self._pause)
        self._state_recorded_at = 0.0
        try:
            await bridge.run(record_channel_state, self.bot_id, fault, details=details)
        except DatabaseError:
            log.warning("The channel's state cannot be stored")
        await self._sleep_longer()

    async def _sleep_longer(self) -> None:
        # jitter: two who fetch must not meet again in step
        await asyncio.sleep(self._pause * random.uniform(0.75, 1.25))  # noqa: S311
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)


def _read_all(slices: list[bytes]) -> list[RawUpdate]:
    updates = []
    for raw in slices:
        try:
            updates.append(read_update(raw))
        except MalformedUpdate:
            log.error("Telegram sent something that is no update: %d bytes", len(raw))
    return updates


def _explain(answer: httpx.Response) -> ChannelBroken:
    """What a refusal means."""
    try:
        description = str(answer.json().get("description", ""))
    except (ValueError, AttributeError):
        description = ""
    match answer.status_code:
        case 401 | 404:
            return ChannelBroken(ChannelFault.TOKEN_REFUSED)
        case 409 if "other getupdates" in description.lower():
            return ChannelBroken(ChannelFault.RIVAL)
        case 409:  # a webhook is set, or has just been
            return ChannelBroken(ChannelFault.FOREIGN_WEBHOOK)
        case 429:
            return ChannelBroken(ChannelFault.TOLD_TO_WAIT)
        case code:
            return ChannelBroken(ChannelFault.REFUSED, f"{code} {description}".strip())
