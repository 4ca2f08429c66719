"""The button below a broadcast: no more of them, and, in its place from then on, the way back."""

import telegram
from django.utils.translation import gettext as _

from accounts.services.people import OwnChanges, change_oneself
from telegram_bot.broadcasts.audience import NEWS
from telegram_bot.handlers.pressed import replace_buttons
from telegram_bot.incoming import Incoming, Outcome
from telegram_bot.notices import answer_button, send_notice
from telegram_bot.speech.callback_data import Button
from telegram_bot.speech.keyboards import Markup, stop_news_button, want_news_button


def stop_news(incoming: Incoming, query: telegram.CallbackQuery, _button: Button) -> Outcome:
    _prefer(incoming, wanted=False)
    answer_button(query.id, _("You will get no more such messages. Answers to your tickets go on."), alert=True)
    return _offer_the_other(incoming, query, want_news_button())


def want_news(incoming: Incoming, query: telegram.CallbackQuery, _button: Button) -> Outcome:
    _prefer(incoming, wanted=True)
    answer_button(query.id, _("You will get such messages again."), alert=True)
    return _offer_the_other(incoming, query, stop_news_button())


def _prefer(incoming: Incoming, *, wanted: bool) -> None:
    preferences = {**incoming.person.preferences, NEWS: wanted}
    change_oneself(actor=incoming.actor, changes=OwnChanges(preferences=preferences))


def _offer_the_other(incoming: Incoming, query: telegram.CallbackQuery, markup: Markup) -> Outcome:
    """Below the same message, whose words stay; below a message of its own where Telegram no longer gives that one."""
    if not replace_buttons(incoming, query, markup):
        send_notice(incoming.chat_id, "news", markup=markup)
    return Outcome.ANSWERED
