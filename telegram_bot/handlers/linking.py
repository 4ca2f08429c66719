"""`t.me/BOT?start=link_CODE`: a member of staff joins their Telegram account to the person whom the desk knows."""

import telegram
from django.utils.translation import gettext as _

from accounts.services.telegram_links import show_telegram_link
from telegram_bot.customer_chat.linking import join_account
from telegram_bot.handlers.pressed import replace_pressed
from telegram_bot.incoming import Incoming, Outcome
from telegram_bot.notices import answer_button, send_notice
from telegram_bot.speech.callback_data import Action, Button, build
from telegram_bot.speech.keyboards import inline


def ask_to_link(incoming: Incoming, code: str) -> Outcome:
    """Say who one would be, and ask."""
    link = show_telegram_link(actor=incoming.actor, secret=code)
    yes, no = f"✓ {link.person.name[:40]}", _("No, do not link")
    buttons = [
        [{"text": yes, "callback_data": build(Action.LINK_ACCOUNT, link.id)}],
        [{"text": no, "callback_data": build(Action.KEEP_APART)}],
    ]
    send_notice(incoming.chat_id, "telegram_link", staff=link.person, account=incoming.person, markup=inline(buttons))
    return Outcome.ANSWERED


def link_account(incoming: Incoming, query: telegram.CallbackQuery, button: Button) -> Outcome:
    person = join_account(actor=incoming.actor, chat=incoming.chat, link_id=button.ids[0])
    answer_button(query.id)
    replace_pressed(incoming, query, "telegram_link_done", None, person=person)
    return Outcome.ANSWERED


def keep_apart(incoming: Incoming, query: telegram.CallbackQuery, _button: Button) -> Outcome:
    answer_button(query.id)
    replace_pressed(incoming, query, "telegram_link_refused", None)
    return Outcome.ANSWERED
