"""One `run_bot` works for a bot, by a lease in the database; its clock is the database's, the same for all."""

from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now

from telegram_bot.models import BotLease

LASTS = timedelta(seconds=12)
RENEW_EVERY = 3.0  # seconds


def take_lease(bot_id: int, *, holder: UUID, name: str) -> bool:
    """Take the bot's lease, or renew it; False: another process holds it."""
    BotLease.objects.get_or_create(bot_id=bot_id)
    free = Q(holder=None) | Q(holder=holder) | Q(held_until__lt=Now())
    return bool(
        BotLease.objects.filter(free, bot_id=bot_id).update(
            holder=holder, holder_name=name[:120], held_until=Now() + LASTS
        )
    )


def is_held(bot_id: int) -> bool:
    """Whether some process works for the bot now."""
    return BotLease.objects.filter(bot_id=bot_id, held_until__gt=Now()).exists()


def give_up_lease(bot_id: int, *, holder: UUID) -> None:
    """Let the next process begin at once."""
    BotLease.objects.filter(bot_id=bot_id, holder=holder).update(holder=None, held_until=None)
