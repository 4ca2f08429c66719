"""The webhook as Telegram knows it: what it should be, whether it is, and set again where somebody changed it."""

import asyncio
import logging
import random
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from telegram.error import BadRequest, InvalidToken, TelegramError

from accounts import clock
from telegram_bot import bridge
from telegram_bot.bot_api import BotApi
from telegram_bot.channel_state import count_restored_webhook, record_channel_state
from telegram_bot.identity import webhook_url
from telegram_bot.models import ChannelFault
from telegram_bot.receiving.intake import ALLOWED_UPDATES

log = logging.getLogger(__name__)

CONNECTIONS = 40  # at once; Telegram's own default, and more than enough for rows that are only stored
LOOK_EVERY = 180.0  # seconds, more or less
_LOOK_AGAIN = 30.0  # after a failure
_RECENT = 300  # seconds in which a failed delivery still says something of now
CLOUD = "https://api.telegram.org"


def webhook_params() -> dict[str, Any]:
    """Of setWebhook. What waits at Telegram is never dropped."""
    return {
        "url": webhook_url(),
        "secret_token": settings.TELEGRAM_WEBHOOK_SECRET,
        "allowed_updates": ALLOWED_UPDATES,
        "max_connections": CONNECTIONS,
        "drop_pending_updates": False,
    }


def can_have_webhook() -> bool:
    """Telegram itself brings updates to https only; a Bot API server of one's own also to plain http."""
    return settings.PUBLIC_URL.startswith("https://") or settings.TELEGRAM_API_URL != CLOUD


def is_ours(url: str) -> bool:
    """Whether this desk set it: its own address, whatever the secret was then."""
    return url.startswith(f"{settings.PUBLIC_URL}/telegram/webhook/")


def is_as_it_should_be(info: dict[str, Any]) -> bool:
    """info: of getWebhookInfo. The secret is not told there, but the address follows from it."""
    return (
        info.get("url") == webhook_url()
        and set(info.get("allowed_updates", ())) == set(ALLOWED_UPDATES)
        and info.get("max_connections") == CONNECTIONS
    )


async def remove_own_webhook(api: BotApi) -> str:
    """Remove a webhook that this desk left from another mode. Returns somebody else's address, which stays."""
    url = str((await api.ask("getWebhookInfo")).get("url", ""))
    if url and not is_ours(url):
        return url
    if url:
        log.warning("This desk's own webhook is removed, because TELEGRAM_MODE is polling")
        await api.ask("deleteWebhook", drop_pending_updates=False)
    return ""


class WebhookKeeper:
    """Looks every few minutes whether the webhook still is as this desk set it, and sets it again where it is not."""

    def __init__(self, *, bot_id: int, api: BotApi) -> None:
        self.bot_id = bot_id
        self.api = api
        self._was_right = False

    async def run(self) -> None:
        while True:
            looked = await self.look()
            # jitter: two desks that by mistake share a bot must not set their webhooks in step
            await asyncio.sleep((LOOK_EVERY if looked else _LOOK_AGAIN) * random.uniform(0.75, 1.25))  # noqa: S311

    async def look(self) -> bool:
        """Once; False: it could not be seen or set, so look again soon."""
        try:
            fault, details = await self._put_right()
            await bridge.run(record_channel_state, self.bot_id, fault, details=details)
        except DatabaseError as error:
            log.warning("The channel's state cannot be stored: %s", type(error).__name__)
            return False
        except TelegramError as error:
            return await self._report(_fault_of(error), str(error))
        return True

    async def _put_right(self) -> tuple[ChannelFault | None, str]:
        if not can_have_webhook():
            return ChannelFault.NOT_HTTPS, ""
        info = await self.api.ask("getWebhookInfo")
        if is_as_it_should_be(info):
            self._was_right = True
            return (ChannelFault.WEBHOOK_FAILS, info.get("last_error_message", "")) if _fails(info) else (None, "")
        await self.api.ask("setWebhook", **webhook_params())
        if self._was_right:
            log.warning("Somebody removed or replaced the webhook (%s); it is set again", info.get("url") or "none")
            await bridge.run(count_restored_webhook, self.bot_id)
        else:
            log.info("The webhook is set")
        self._was_right = True
        return None, ""

    async def _report(self, fault: ChannelFault, details: str) -> bool:
        log.warning("The webhook cannot be looked after: %s", fault.value)
        try:
            await bridge.run(record_channel_state, self.bot_id, fault, details=details)
        except DatabaseError:
            log.warning("The channel's state cannot be stored")
        return False


def _fault_of(error: TelegramError) -> ChannelFault:
    match error:
        case InvalidToken():
            return ChannelFault.TOKEN_REFUSED
        case BadRequest():  # a NetworkError too, to the library
            return ChannelFault.WEBHOOK_REFUSED
        case _:
            return ChannelFault.NO_ANSWER


def _fails(info: dict[str, Any]) -> bool:
    """A delivery failed just now, and something still waits behind it."""
    is_recent = clock.now().timestamp() - int(info.get("last_error_date", 0)) < _RECENT
    return is_recent and bool(info.get("pending_update_count"))
