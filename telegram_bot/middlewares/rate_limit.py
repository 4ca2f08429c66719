"""A flood is stored in full and answered once: messages go on into their tickets, the bot stops answering."""

from dataclasses import replace
from datetime import timedelta

from accounts import clock
from accounts.errors import RateLimited
from accounts.rate_limits import bot_messages
from telegram_bot.incoming import Incoming
from telegram_bot.notices import send_notice

_TELL_AGAIN_AFTER = timedelta(minutes=10)


def limit_rate(incoming: Incoming) -> Incoming:
    """The same, marked where the person writes too fast; they are told so once."""
    message = incoming.update.message
    try:
        bot_messages(incoming.person.pk, album=(message.media_group_id or "") if message is not None else "")
    except RateLimited:
        _tell_once(incoming)
        return replace(incoming, flooded=True)
    return incoming


def _tell_once(incoming: Incoming) -> None:
    now, told_at = clock.now(), incoming.chat.flood_told_at
    if told_at is not None and now - told_at < _TELL_AGAIN_AFTER:
        return
    incoming.chat.flood_told_at = now
    incoming.chat.save(update_fields=["flood_told_at"])
    send_notice(incoming.chat_id, "flood")
