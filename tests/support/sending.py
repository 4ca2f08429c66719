"""Letting a sender work until the outbox says so."""

import asyncio
from collections.abc import Callable

from telegram_bot import bridge
from telegram_bot.delivery.sending import Sender
from telegram_bot.models import CallState, OutgoingCall


async def until(sender: Sender, check: Callable[[], bool], seconds: float = 8) -> None:
    async with asyncio.timeout(seconds):
        while not await bridge.run(check):
            await sender.step()
            await asyncio.sleep(0.01)


def hasten() -> None:
    """As if every pause were over."""
    OutgoingCall.objects.filter(state=CallState.PENDING).update(next_attempt_at="2000-01-01T00:00Z")
