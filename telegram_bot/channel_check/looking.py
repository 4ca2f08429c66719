"""Looking at everything: at once for a person who asks, and now and then in run_bot for /health."""

import asyncio
import logging
import random
from datetime import timedelta

from django.db import DatabaseError

from accounts import clock
from telegram_bot import bridge
from telegram_bot.bot_api import BotApi
from telegram_bot.channel_check.asking import ask_telegram
from telegram_bot.channel_check.checks import OF_THE_TABLES, run_checks
from telegram_bot.channel_check.facts import DeskFacts, Facts, Setup, TelegramFacts
from telegram_bot.channel_check.findings import Finding, read_findings
from telegram_bot.channel_check.tables import read_desk, read_setup
from telegram_bot.channel_state import record_bot
from telegram_bot.identity import current_bot_id
from telegram_bot.models import BotLease

log = logging.getLogger(__name__)

LOOK_EVERY = 300.0  # seconds, more or less
FIRST_LOOK_AFTER = 20.0  # seconds in which run_bot sets its menus and its webhook
_STALE = timedelta(minutes=20)


def look_at_channel(*, probe: int | None = None) -> list[Finding]:
    """All findings now; asks Telegram, which takes seconds, where a token is set. probe: a chat that gets a message for
    a moment."""
    setup, desk = read_setup(), read_desk()
    if not setup.has_token:
        return _judge(setup, desk, None)
    return _judge(setup, desk, asyncio.run(_ask(setup, probe)))


def recall_findings() -> list[Finding]:
    """What run_bot found last at Telegram, and what the tables say now; asks nobody."""
    lease = BotLease.objects.filter(bot_id=current_bot_id()).first()
    is_fresh = lease is not None and lease.looked_at is not None and clock.now() - lease.looked_at < _STALE
    remembered = read_findings(lease.findings) if lease is not None and is_fresh else []
    now = _judge(read_setup(), read_desk(), None)
    return [finding for finding in remembered if finding.code not in OF_THE_TABLES] + now


class ChannelWatch:
    """Looks every few minutes in run_bot and stores what it found."""

    def __init__(self, *, bot_id: int, api: BotApi) -> None:
        self.bot_id = bot_id
        self.api = api

    async def run(self) -> None:
        await asyncio.sleep(FIRST_LOOK_AFTER)
        while True:
            try:
                await self.look()
            except DatabaseError as error:
                log.warning("What was found of the channel cannot be stored: %s", type(error).__name__)
            except Exception:
                log.exception("The channel could not be looked at")
            await asyncio.sleep(LOOK_EVERY * random.uniform(0.75, 1.25))  # noqa: S311

    async def look(self) -> None:
        setup = await bridge.run(read_setup)
        telegram = await ask_telegram(self.api, setup)
        findings = _judge(setup, await bridge.run(read_desk), telegram)
        await bridge.run(_store, self.bot_id, findings)
        if telegram.me:  # the owner may have renamed it, or switched topics on or off
            await bridge.run(record_bot, self.bot_id, telegram.me)


def _judge(setup: Setup, desk: DeskFacts, telegram: TelegramFacts | None) -> list[Finding]:
    return run_checks(Facts(now=clock.now(), setup=setup, desk=desk, telegram=telegram))


def _store(bot_id: int, findings: list[Finding]) -> None:
    values = {"findings": [finding.as_json() for finding in findings], "looked_at": clock.now()}
    BotLease.objects.update_or_create(bot_id=bot_id, defaults=values)


async def _ask(setup: Setup, probe: int | None) -> TelegramFacts:
    api = BotApi()
    try:
        return await ask_telegram(api, setup, probe=probe)
    finally:
        await api.close()
