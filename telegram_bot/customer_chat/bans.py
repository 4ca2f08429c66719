"""Whoever was told that they can no longer write is told, once, that they can again."""

from django.db import transaction
from django.utils import translation

from telegram_bot.models import Chat
from telegram_bot.notices import send_notice

_AT_ONCE = 100


@transaction.atomic
def tell_let_in(bot_id: int) -> int:
    """Of those who have not written since; returns how many. Who has blocked the bot hears it once they are back."""
    told = Chat.objects.filter(bot_id=bot_id, ban_told_at__isnull=False, unreachable="")
    let_in = told.filter(person__is_active=True, person__erased_at=None).select_related("person")
    chats = list(let_in.select_for_update(of=("self",), skip_locked=True, no_key=True)[:_AT_ONCE])
    for chat in chats:
        with translation.override(chat.person.language if chat.person is not None else None):
            send_notice(chat.telegram_id, "let_in")
    Chat.objects.filter(pk__in=[chat.pk for chat in chats]).update(ban_told_at=None)
    return len(chats)
