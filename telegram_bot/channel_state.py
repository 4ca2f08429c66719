"""What is known of the bot and its channel, kept where the admin, `check_channel` and the Mini App find it."""

from datetime import timedelta
from typing import Any

from django.db.models import F
from django.db.models.functions import Now

from accounts import clock
from accounts.masking import mask_secrets
from accounts.text_cleaning import repair_text
from telegram_bot.models import BotLease, ChannelFault

RIVAL_SHOWN_FOR = timedelta(minutes=10)  # two who fetch take turns: between two refusals all looks well
_LONGEST_DETAILS = 500


def record_channel_state(bot_id: int, fault: ChannelFault | None = None, *, details: str = "") -> None:
    """Whether Telegram talks to us; without a fault: it does, just now. details: Telegram's own words."""
    values: dict[str, object] = {
        "channel_fault": fault or "",
        "channel_error": mask_secrets(repair_text(details))[:_LONGEST_DETAILS],
    }
    if fault is None:
        values["fetched_at"] = Now()
    if fault == ChannelFault.RIVAL:
        values["rival_at"] = Now()
    BotLease.objects.update_or_create(bot_id=bot_id, defaults=values)


def count_restored_webhook(bot_id: int) -> None:
    """Somebody had removed or replaced the webhook, and it has been set again."""
    BotLease.objects.filter(bot_id=bot_id).update(webhook_restored=F("webhook_restored") + 1, webhook_restored_at=Now())


def find_channel_fault(lease: BotLease) -> ChannelFault | None:
    """What is wrong now, or was so lately that it hardly is over."""
    if lease.channel_fault in ChannelFault.values:
        return ChannelFault(lease.channel_fault)
    if lease.rival_at is not None and clock.now() - lease.rival_at < RIVAL_SHOWN_FOR:
        return ChannelFault.RIVAL
    return None


def say_channel_fault(lease: BotLease) -> str:
    """In the active language, with Telegram's own words; empty where nothing is wrong."""
    fault = find_channel_fault(lease)
    if fault is None:
        return ""
    return f"{fault.label} ({lease.channel_error})" if lease.channel_error else str(fault.label)


def record_bot(bot_id: int, me: dict[str, Any]) -> None:
    """me: what getMe says of the bot."""
    values = {"username": str(me.get("username", ""))[:64], "has_topics": bool(me.get("has_topics_enabled"))}
    BotLease.objects.update_or_create(bot_id=bot_id, defaults=values)


def find_username(bot_id: int) -> str:
    return BotLease.objects.filter(bot_id=bot_id).values_list("username", flat=True).first() or ""
