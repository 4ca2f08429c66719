"""Compares what Telegram says of the bot with what the desk expects, and names the cure of what differs."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils.timesince import timesince
from telegram.error import InvalidToken, TelegramError

from accounts import clock
from telegram_bot import bridge
from telegram_bot.bot_api import BotApi
from telegram_bot.channel_state import say_channel_fault
from telegram_bot.identity import current_bot_id, webhook_url
from telegram_bot.mini_app import mini_app_url
from telegram_bot.models import BotLease, CallState, OutgoingCall, Update, UpdateState

_TOO_OLD = timedelta(minutes=5)
_TOO_MANY_PENDING = 100


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. cure: what to do, where it is wrong."""

    what: str
    is_right: bool
    cure: str = ""


async def check_channel(api: BotApi) -> list[Finding]:
    """All findings, the first ones first to be cured."""
    try:
        me = await api.ask("getMe")
    except InvalidToken:
        cure = "Ask @BotFather for the token and set TELEGRAM_BOT_TOKEN."
        return [Finding("Telegram does not know the token", is_right=False, cure=cure)]
    except TelegramError as error:
        cure = f"Is {settings.TELEGRAM_API_URL} reachable from here?"
        return [Finding(f"Telegram does not answer ({type(error).__name__})", is_right=False, cure=cure)]
    webhook = await api.ask("getWebhookInfo")
    button = await api.ask("getChatMenuButton")
    return [
        Finding(f"The token belongs to @{me.get('username')}", is_right=True),
        *_check_webhook(webhook),
        *_check_menu_button(button),
        *await bridge.run(_check_tables),
    ]


def _check_webhook(info: dict[str, Any]) -> list[Finding]:
    url, pending = info.get("url", ""), info.get("pending_update_count", 0)
    findings = []
    if settings.TELEGRAM_MODE == "polling":
        cure = "Run manage.py set_webhook --delete, or set TELEGRAM_MODE=webhook."
        findings.append(Finding("No webhook is in the way of polling", is_right=not url, cure=cure))
    else:
        cure = "Run manage.py set_webhook."
        findings.append(Finding("The webhook leads to this desk", is_right=url == webhook_url(), cure=cure))
        if info.get("last_error_message"):
            when = timesince(clock.now() - timedelta(seconds=max(0, clock.now().timestamp() - info["last_error_date"])))
            cure = "Is PUBLIC_URL reachable from the internet, with a valid certificate?"
            findings.append(
                Finding(f"Telegram's last try failed {when} ago: {info['last_error_message']}", False, cure)
            )
    cure = "Is run_bot running? Look at its log."
    findings.append(Finding(f"{pending} updates wait at Telegram", pending < _TOO_MANY_PENDING, cure))
    return findings


def _check_menu_button(button: dict[str, Any]) -> list[Finding]:
    if mini_app_url() is None:
        cure = "Give PUBLIC_URL an https address: Telegram opens no other Mini App."
        return [Finding("The Mini App can be opened from Telegram", is_right=False, cure=cure)]
    url = button.get("web_app", {}).get("url", "")
    cure = "Restart run_bot: it sets the menu button when it begins."
    return [Finding("The menu button opens the Mini App", url.startswith(f"{settings.PUBLIC_URL}/app/"), cure)]


def _check_tables() -> list[Finding]:
    now, bot_id = clock.now(), current_bot_id()
    lease = BotLease.objects.filter(bot_id=bot_id).first()
    is_held = lease is not None and lease.held_until is not None and lease.held_until > now
    findings = [Finding("A run_bot works for this bot", is_held, "Start manage.py run_bot.")]
    if lease is not None and (fault := say_channel_fault(lease)):
        findings.append(Finding(fault, is_right=False, cure="Look at the log of run_bot."))
    waiting = Update.objects.filter(bot_id=bot_id, state=UpdateState.RECEIVED, received_at__lt=now - _TOO_OLD).count()
    findings.append(Finding(f"{waiting} updates have waited too long", not waiting, "Look at the log of run_bot."))
    dead = Update.objects.filter(bot_id=bot_id, state=UpdateState.DEAD).count()
    findings.append(Finding(f"{dead} updates were given up", not dead, "See the inbox in the admin."))
    late = OutgoingCall.objects.filter(
        bot_id=bot_id, state__in=(CallState.PENDING, CallState.SENDING), created_at__lt=now - _TOO_OLD
    ).count()
    findings.append(Finding(f"{late} calls have waited too long", not late, "See the outbox in the admin."))
    return findings
