"""What is known of the bot and its channel, kept where the admin, `check_channel` and the Mini App find it."""

from django.db.models.functions import Now

from telegram_bot.models import BotLease


def record_channel_state(bot_id: int, *, error: str) -> None:
    """Whether Telegram talks to us; an empty error: it does, just now."""
    values: dict[str, object] = {"channel_error": error[:500]}
    if not error:
        values["fetched_at"] = Now()
    BotLease.objects.update_or_create(bot_id=bot_id, defaults=values)


def record_username(bot_id: int, username: str) -> None:
    BotLease.objects.update_or_create(bot_id=bot_id, defaults={"username": username[:64]})


def find_username(bot_id: int) -> str:
    return BotLease.objects.filter(bot_id=bot_id).values_list("username", flat=True).first() or ""
