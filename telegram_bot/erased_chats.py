"""What a person wrote before they had their data erased, and Telegram brings only afterwards.

A webhook has several connections, and what fails on one of them is brought again for 24 hours (Bot API, "Getting
updates"), so a press may come before a message that was written earlier. Which was first, Telegram's numbers of
updates say. The date of a message, which is Telegram's as well, must say the same: the numbers begin anew where a bot
moves to another Bot API server, and nothing that was written after the press may be lost.
"""

from datetime import datetime, timedelta

import telegram
from django.conf import settings
from django.utils.crypto import salted_hmac

from accounts import clock
from accounts.compiled_queries import CompiledQuery, Given
from telegram_bot.models import Chat, ErasedChat, Update

_LATEST = timedelta(hours=25)  # after a day Telegram gives an update up
_LATER = CompiledQuery(
    lambda: ErasedChat.objects.filter(bot_id=Given("bot_id"), mark=Given("mark"), update_id__gt=Given("update_id"))
)


class ErasedSince(Exception):
    """The person had their data erased after they wrote this."""


def remember_erasure(row: Update) -> None:
    """row: the update that confirmed it."""
    ErasedChat.objects.create(
        bot_id=row.bot_id, mark=_mark(row.queue), update_id=row.update_id, erased_at=row.received_at
    )


def refuse_erased(row: Update, update: telegram.Update, chat: Chat | None) -> None:
    """Empties the row of what was written, or changed, in an earlier second than that of the press, and raises
    ErasedSince. chat: as it is since."""
    message = update.message or update.edited_message
    if settings.TELEGRAM_MODE != "webhook" or message is None or not _may_be_new(chat):
        return
    later = _LATER.fetch(bot_id=row.bot_id, mark=_mark(row.queue), update_id=row.update_id)
    if any(_written_at(message) < erased.erased_at.replace(microsecond=0) for erased in later):
        Update.objects.filter(pk=row.pk).update(raw=b"", queue=0)
        raise ErasedSince


def forget_old_erasures() -> None:
    ErasedChat.objects.filter(erased_at__lt=clock.now() - _LATEST).delete()


def _may_be_new(chat: Chat | None) -> bool:
    """An erasure takes the chat; what comes then makes it anew."""
    return chat is None or clock.now() - chat.created_at < _LATEST


def _written_at(message: telegram.Message) -> datetime:
    return message.edit_date or message.date


def _mark(queue: int) -> str:
    return salted_hmac("telegram_bot.erased_chats", str(queue), algorithm="sha256").hexdigest()
