"""What `run_bot` runs: it stands by until it holds the bot's lease, then fetches, handles, mirrors and sends."""

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import DatabaseError
from telegram.error import TelegramError

from telegram_bot import bridge, leases, nudges
from telegram_bot.bot_api import BotApi
from telegram_bot.broadcasts.feeding import EVERY, feed_broadcasts
from telegram_bot.channel_check.looking import ChannelWatch
from telegram_bot.channel_state import record_bot
from telegram_bot.customer_chat.menus import default_menus
from telegram_bot.delivery.sending import Sender
from telegram_bot.dispatcher import Dispatcher
from telegram_bot.housekeeping import keep_house
from telegram_bot.identity import current_bot_id
from telegram_bot.loops import Wakeup, keep_going
from telegram_bot.receiving.polling import Fetcher
from telegram_bot.receiving.webhook import WebhookKeeper
from tickets.events.delivery import run_due_deliveries
from tickets.events.subscribers import list_subscribers

log = logging.getLogger(__name__)

FINISH_SECONDS = 15.0  # for what is under way when the process is asked to end
_HOUSEKEEPING_PAUSE = 5.0
_DELIVERIES_AT_ONCE = 50


class BotProcess:
    """One process of the bot. `stop` asks it to end; `run` returns when it has."""

    def __init__(self) -> None:
        self.bot_id = current_bot_id()
        self.holder: UUID = uuid4()
        self._ended = asyncio.Event()

    def stop(self) -> None:
        self._ended.set()

    async def run(self) -> None:
        name = f"{socket.gethostname()} {os.getpid()}"
        announced = False
        while not self._ended.is_set():
            if await self._take_lease(name):
                log.info("This process works for bot %s", self.bot_id)
                await self._work(name)
                announced = False
            elif not announced:
                announced = True
                log.info("Another process works for bot %s; standing by", self.bot_id)
            await _wait_for(self._ended, leases.RENEW_EVERY)

    async def _work(self, name: str) -> None:
        """Work while the lease is renewed; whoever loses it ends what is under way and begins nothing more."""
        shift = Shift(self.bot_id)
        work = asyncio.create_task(shift.run())
        held_until = asyncio.get_running_loop().time() + leases.LASTS.total_seconds()
        try:
            while not self._ended.is_set() and not work.done():
                await _wait_for(self._ended, leases.RENEW_EVERY)
                now = asyncio.get_running_loop().time()
                if await self._take_lease(name):
                    held_until = now + leases.LASTS.total_seconds()
                elif now > held_until - leases.RENEW_EVERY:
                    log.warning("The lease is lost: this process stands by")
                    break
        finally:
            shift.stop.set()
            await work
            with contextlib.suppress(DatabaseError):
                await bridge.run(leases.give_up_lease, self.bot_id, holder=self.holder)

    async def _take_lease(self, name: str) -> bool:
        try:
            return await bridge.run(leases.take_lease, self.bot_id, holder=self.holder, name=name)
        except DatabaseError as error:
            log.warning("The lease cannot be renewed: %s", type(error).__name__)
            return False


class Shift:
    """The time in which a process holds the lease: all its loops, and their end."""

    def __init__(self, bot_id: int) -> None:
        self.bot_id = bot_id
        self.stop = asyncio.Event()
        self.inbox, self.deliveries, self.outbox, self.house = Wakeup(), Wakeup(), Wakeup(), Wakeup()
        self.broadcasts = Wakeup()
        self.api = BotApi()
        self.dispatcher = Dispatcher(
            bot_id=bot_id, inbox_filled=self.inbox, on_handled=self._ring_after_handling, stop=self.stop
        )
        self.sender = Sender(bot_id=bot_id, api=self.api, outbox_filled=self.outbox)

    async def run(self) -> None:
        loops = [asyncio.create_task(loop) for loop in self._loops()]
        cancelled = [asyncio.create_task(loop) for loop in self._loops_to_cancel()]
        await self.stop.wait()
        for wakeup in (self.inbox, self.deliveries, self.outbox, self.house, self.broadcasts):
            wakeup.ring()
        for task in cancelled:
            task.cancel()
        await asyncio.gather(*cancelled, return_exceptions=True)
        await self.dispatcher.finish(FINISH_SECONDS)
        await asyncio.gather(*loops)
        await self.sender.finish(FINISH_SECONDS)
        await self.api.close()

    def _loops(self) -> list[Coroutine[Any, Any, None]]:
        """Loops that end by themselves after the step they are in."""

        def loop(step: Callable[[], Awaitable[bool]], wakeup: Wakeup, **more: float) -> Coroutine[Any, Any, None]:
            return keep_going(step, wakeup=wakeup, stop=self.stop, **more)

        return [
            loop(self.dispatcher.step, self.inbox),
            loop(self._mirror, self.deliveries),
            loop(self.sender.step, self.outbox),
            loop(self._keep_house, self.house, pause=_HOUSEKEEPING_PAUSE),
            loop(self._feed_broadcasts, self.broadcasts, pause=EVERY),
        ]

    def _loops_to_cancel(self) -> list[Coroutine[Any, Any, None]]:
        """Loops that wait for the network: cut off anywhere, they lose nothing."""
        watch = ChannelWatch(bot_id=self.bot_id, api=self.api)
        loops = [nudges.listen(self._on_nudge), introduce(self.api, self.bot_id), watch.run()]
        if settings.TELEGRAM_MODE == "polling":
            loops.append(Fetcher(bot_id=self.bot_id, api=self.api, inbox_filled=self.inbox, stop=self.stop).run())
        else:
            loops.append(WebhookKeeper(bot_id=self.bot_id, api=self.api).run())
        return loops

    async def _mirror(self) -> bool:
        """What happened, to the customers' chats first, then to the staff's group."""
        most = 0
        for subscriber in list_subscribers(runs_in="bot"):
            most = max(most, await bridge.run(run_due_deliveries, subscriber.name, limit=_DELIVERIES_AT_ONCE))
        if most:
            self.outbox.ring()
        return most == _DELIVERIES_AT_ONCE

    async def _keep_house(self) -> bool:
        await bridge.run(keep_house, self.bot_id)
        return False

    async def _feed_broadcasts(self) -> bool:
        if await bridge.run(feed_broadcasts, self.bot_id):
            self.outbox.ring()
        return False

    def _ring_after_handling(self) -> None:
        self.deliveries.ring()
        self.outbox.ring()

    def _on_nudge(self, what: str) -> None:
        wakeups = {nudges.INBOX: self.inbox, nudges.OUTBOX: self.outbox, nudges.DELIVERIES: self.deliveries}
        if what in wakeups:
            wakeups[what].ring()


async def introduce(api: BotApi, bot_id: int) -> None:
    """Learn the bot's name and set its default menus; until Telegram answers, again and again."""
    pause = 1.0
    while True:
        try:
            me = await api.ask("getMe")
            await bridge.run(record_bot, bot_id, me)
            for method, params in default_menus():
                await api.ask(method, **params)
        except (TelegramError, DatabaseError) as error:
            log.warning("The bot's menus are not set yet: %s", type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 60.0)
        else:
            return


async def _wait_for(event: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
