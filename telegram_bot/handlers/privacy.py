"""`/privacy`: what the desk keeps, and the buttons that bring or erase it. The second press counts once."""

from datetime import timedelta
from uuid import uuid4

import telegram
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import clock
from telegram_bot.documents.own_data import owe_own_data
from telegram_bot.erased_chats import remember_erasure
from telegram_bot.handlers.pressed import replace_pressed
from telegram_bot.housekeeping import KEEP_UPDATES
from telegram_bot.incoming import Incoming, Outcome
from telegram_bot.models import Update, UpdateState
from telegram_bot.models.outgoing_call import FAREWELL, KEEP_CALLS
from telegram_bot.notices import answer_button, send_notice
from telegram_bot.outbox import CallDraft, enqueue
from telegram_bot.speech import texts
from telegram_bot.speech.callback_data import Action, Button, build
from telegram_bot.speech.keyboards import inline
from tickets.services.erasure import erase_customer, survey_customer

CONFIRMATION_LIFE = timedelta(minutes=15)


def explain_privacy(incoming: Incoming, _argument: str) -> Outcome:
    days = max(KEEP_UPDATES, KEEP_CALLS).days
    kept = ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    erase = {"text": _("Delete my data"), "callback_data": build(Action.ASK_ERASURE)}
    export = {"text": _("Export my data"), "callback_data": build(Action.EXPORT)}
    markup = inline([[export], [] if incoming.actor.is_staff else [erase]])
    send_notice(incoming.chat_id, "privacy", kept=kept, is_staff=incoming.actor.is_staff, markup=markup)
    return Outcome.ANSWERED


def export(incoming: Incoming, query: telegram.CallbackQuery, _button: Button) -> Outcome:
    if owe_own_data(incoming.person, incoming.chat_id):
        answer_button(query.id, _("It comes into this chat in a moment."))
    else:
        answer_button(query.id, _("You asked for it just now. Try again in ten minutes."), alert=True)
    return Outcome.ANSWERED


def ask_erasure(incoming: Incoming, query: telegram.CallbackQuery, _button: Button) -> Outcome:
    """Say what would go, and make the button that does it."""
    found = survey_customer(actor=incoming.actor, user_id=incoming.person.pk)
    chat = incoming.chat
    chat.erasure_key, chat.erasure_asked_at = uuid4(), clock.now()
    chat.save(update_fields=["erasure_key", "erasure_asked_at"])
    yes = {"text": _("Yes, delete everything"), "callback_data": build(Action.ERASE, chat.erasure_key)}
    no = {"text": _("No, keep it"), "callback_data": build(Action.KEEP_DATA)}
    answer_button(query.id)
    send_notice(incoming.chat_id, "privacy_ask", found=found, markup=inline([[yes], [no]]))
    return Outcome.ANSWERED


def erase(incoming: Incoming, query: telegram.CallbackQuery, button: Button) -> Outcome:
    """The chat's rows go after the commit (telegram_bot.forgetting); the goodbye is removed when it is sent.

    What was written before the press goes with all else, unread: Telegram may bring a press first, by another of a
    webhook's connections. So does what comes later still (telegram_bot.erased_chats).
    """
    chat, row = incoming.chat, incoming.row
    asked = chat.erasure_asked_at
    if button.ids[0] != chat.erasure_key or asked is None or row.received_at - asked > CONFIRMATION_LIFE:
        answer_button(query.id, _("This button no longer works. Use the menu or /help."), alert=True)
        return Outcome.REFUSED
    erase_customer(actor=incoming.actor, user_id=incoming.person.pk)
    remember_erasure(row)
    waiting = Update.objects.filter(bot_id=row.bot_id, queue=row.queue, state=UpdateState.RECEIVED)
    waiting.filter(update_id__lt=row.update_id).update(
        state=UpdateState.DONE, outcome=Outcome.ERASED, raw=b"", handled_at=clock.now()
    )
    answer_button(query.id)
    params = {"chat_id": incoming.chat_id, "text": texts.render("privacy_erased"), "parse_mode": "HTML"}
    enqueue([CallDraft(method="sendMessage", params=params, coalesce_key=f"{FAREWELL}{uuid4()}")])
    return Outcome.ERASED


def keep(incoming: Incoming, query: telegram.CallbackQuery, _button: Button) -> Outcome:
    incoming.chat.erasure_key = incoming.chat.erasure_asked_at = None
    incoming.chat.save(update_fields=["erasure_key", "erasure_asked_at"])
    answer_button(query.id)
    replace_pressed(incoming, query, "privacy_kept", None)
    return Outcome.ANSWERED
