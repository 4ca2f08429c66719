"""A person's phone, given by Telegram's own contact button. Telegram says whose a contact is: only one's own counts."""

from dataclasses import replace
from datetime import timedelta

import telegram
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import clock
from accounts.models import Language
from accounts.services.people import forget_own_phone, keep_own_phone, normalise_phone
from telegram_bot.handlers.pressed import replace_pressed
from telegram_bot.incoming import Incoming, Outcome
from telegram_bot.notices import answer_button, build_notice, send_notice
from telegram_bot.outbox import enqueue_once
from telegram_bot.speech.callback_data import Action, Button, build
from telegram_bot.speech.keyboards import Markup, inline

PHONE_AWAITED = timedelta(minutes=15)  # as long as the desk says nothing either
_NO_KEYBOARD = {"remove_keyboard": True}


def explain_phone(incoming: Incoming, _argument: str) -> Outcome:
    """`/phone`: ask for it, or show what is known and let it be forgotten."""
    if incoming.person.phone:
        forget = {"text": _("Forget my phone number"), "callback_data": build(Action.FORGET_PHONE)}
        send_notice(incoming.chat_id, "phone", phone=incoming.person.phone, markup=inline([[forget]]))
    else:
        _ask(incoming)
    return Outcome.ANSWERED


def ask_once(incoming: Incoming) -> None:
    """When a ticket was opened, where the desk wants to know (ASK_PHONE); whoever was asked before is left in peace."""
    is_known = bool(incoming.person.phone) or incoming.chat.phone_asked_at is not None
    if settings.ASK_PHONE and not is_known and not incoming.flooded and not incoming.actor.is_staff:
        _ask(incoming)


def _ask(incoming: Incoming) -> None:
    incoming.chat.phone_asked_at, incoming.chat.waits_for_phone = clock.now(), True
    incoming.chat.save(update_fields=["phone_asked_at", "waits_for_phone"])
    send_notice(incoming.chat_id, "phone_ask", markup=_contact_keyboard())


def _contact_keyboard() -> Markup:
    rows = [[{"text": _("Share my phone number"), "request_contact": True}], [{"text": _("Not now")}]]
    return {"keyboard": rows, "resize_keyboard": True, "one_time_keyboard": True}


def take_phone(incoming: Incoming, message: telegram.Message) -> Outcome | None:
    """Keep the phone that the message verifies. None: it is a message for a ticket, too or only."""
    phone = _own_phone(message)
    if phone:
        keep_own_phone(actor=incoming.actor, phone=phone)
    if not _is_awaited(incoming):
        return None
    if message.contact is not None and not phone:
        _say_not_taken(incoming)
        return None
    if not phone and message.text not in _words_of_not_now():
        return None
    incoming.chat.waits_for_phone = False
    incoming.chat.save(update_fields=["waits_for_phone"])
    if not incoming.flooded:
        send_notice(incoming.chat_id, "phone_kept" if phone else "phone_declined", markup=_NO_KEYBOARD)
    return Outcome.ANSWERED


def _say_not_taken(incoming: Incoming) -> None:
    """Once for a question, which stands: one's own contact may come next."""
    asked_at = incoming.chat.phone_asked_at
    key = f"phone_not_taken:{incoming.chat_id}:{asked_at:%y%m%d%H%M%S}"
    if not incoming.flooded:
        notice = build_notice(incoming.chat_id, "phone_not_taken", markup=_contact_keyboard())
        enqueue_once(replace(notice, coalesce_key=key))


def _is_awaited(incoming: Incoming) -> bool:
    asked_at = incoming.chat.phone_asked_at
    waits = incoming.chat.waits_for_phone
    return waits and asked_at is not None and incoming.said_at - asked_at <= PHONE_AWAITED


def _words_of_not_now() -> set[str]:
    """In every language: the button stays as it was when it was shown, whatever the person's language is by now."""
    words = set()
    for language in Language:
        with translation.override(language):
            words.add(_("Not now"))
    return words


def _own_phone(message: telegram.Message) -> str:
    """Empty unless it is the sender's own contact, which Telegram tells by the id alone."""
    contact, sender = message.contact, message.from_user
    if contact is None or sender is None or contact.user_id != sender.id or message.forward_origin is not None:
        return ""
    return normalise_phone(contact.phone_number)


def forget_phone(incoming: Incoming, query: telegram.CallbackQuery, _button: Button) -> Outcome:
    forget_own_phone(actor=incoming.actor)
    answer_button(query.id)
    replace_pressed(incoming, query, "phone_forgotten", None)
    return Outcome.ANSWERED
