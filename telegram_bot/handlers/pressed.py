"""What becomes of the message whose button was pressed."""

from typing import Any
from uuid import UUID

import telegram

from telegram_bot.coalescing import was_called
from telegram_bot.customer_chat.cards import is_card
from telegram_bot.incoming import Incoming
from telegram_bot.notices import replace_notice
from telegram_bot.outbox import CallDraft, enqueue
from telegram_bot.speech.keyboards import Markup


def replace_pressed(
    incoming: Incoming, query: telegram.CallbackQuery, name: str, markup: Markup | None, **context: Any
) -> None:
    """Show the result where the buttons were; beyond 48 hours Telegram may no longer give the message."""
    if query.message is not None and query.message.is_accessible:
        key = "" if markup else _key_of(incoming, query.message)
        replace_notice(incoming.chat_id, query.message.message_id, name, markup=markup, key=key, **context)


def was_replaced(incoming: Incoming, query: telegram.CallbackQuery) -> bool:
    """Whether an earlier press has taken the buttons away: this one is its double."""
    return query.message is not None and was_called(incoming.row.bot_id, _key_of(incoming, query.message))


def _key_of(incoming: Incoming, message: telegram.MaybeInaccessibleMessage) -> str:
    return f"pressed:{incoming.chat_id}:{message.message_id}"


def remove_buttons(incoming: Incoming, query: telegram.CallbackQuery) -> None:
    replace_buttons(incoming, query, {"inline_keyboard": []})


def replace_buttons(incoming: Incoming, query: telegram.CallbackQuery, markup: Markup) -> bool:
    """Below the message that was pressed, whose text stays. False: Telegram no longer gives the message."""
    if query.message is None or not query.message.is_accessible:
        return False
    params = {"message_id": query.message.message_id, "reply_markup": markup}
    enqueue([CallDraft(method="editMessageReplyMarkup", params=params, queue=incoming.chat_id)])
    return True


def is_on_card(incoming: Incoming, query: telegram.CallbackQuery, ticket: UUID) -> bool:
    """Whether the button stands on the ticket's card, which follows by itself what is done."""
    message = query.message
    return message is not None and is_card(incoming.row.bot_id, incoming.chat_id, message.message_id, ticket)
