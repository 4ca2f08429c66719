"""Pressed buttons. Every press is answered, so that the button stops waiting; what it does is safe to do twice."""

from collections.abc import Callable

import telegram
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.actors import Source
from accounts.errors import PermissionDenied
from accounts.models import Language
from accounts.services.people import OwnChanges, change_oneself
from telegram_bot.customer_chat.cards import draft_changes_in, show_card
from telegram_bot.customer_chat.choices import wants_new
from telegram_bot.customer_chat.held import decide_on_new, decide_on_ticket
from telegram_bot.customer_chat.menus import keep_commands_current
from telegram_bot.handlers import linking, news, phone, privacy
from telegram_bot.handlers.commands import close_ticket, show_ticket
from telegram_bot.handlers.own_tickets import show_more_tickets
from telegram_bot.handlers.pressed import is_on_card, remove_buttons, replace_pressed, was_replaced
from telegram_bot.handlers.rating import press_comment, press_rating
from telegram_bot.incoming import Incoming, Outcome
from telegram_bot.notices import answer_button, send_notice
from telegram_bot.outbox import enqueue
from telegram_bot.speech.callback_data import Action, Button, ForgedButton, parse
from telegram_bot.speech.keyboards import open_ticket_button
from tickets.models import Ticket
from tickets.selectors.categories import get_category
from tickets.selectors.inbox import find_continuation
from tickets.selectors.tickets import find_ticket, get_ticket_for
from tickets.services.assignment import assign_ticket
from tickets.services.labelling import TicketChanges, update_ticket


def press_button(incoming: Incoming, query: telegram.CallbackQuery) -> Outcome:
    if incoming.flooded:
        answer_button(query.id)
        return Outcome.FLOOD
    try:
        button = parse(query.data)
        action = _ACTIONS[button.action]
    except (ForgedButton, KeyError):
        answer_button(query.id, _("This button no longer works. Use the menu or /help."))
        return Outcome.REFUSED
    return action(incoming, query, button)


def _set_category(incoming: Incoming, query: telegram.CallbackQuery, button: Button) -> Outcome:
    ticket_id, category_id = button.ids
    category = get_category(category_id)
    ticket = update_ticket(actor=incoming.actor, ticket=ticket_id, changes=TicketChanges(category_id=category_id))
    answer_button(query.id, _("Topic: %(category)s") % {"category": category.name})
    if not is_on_card(incoming, query, ticket.pk):
        remove_buttons(incoming, query)
    return Outcome.ANSWERED


def _choose_ticket(incoming: Incoming, query: telegram.CallbackQuery, button: Button) -> Outcome:
    """Which ticket the held messages belong to, and those that follow. Where none waits any more, as after the time for
    the answer, the one before stays where it is."""
    pressed = get_ticket_for(incoming.actor, button.ids[0])
    if pressed.customer_id != incoming.person.pk:
        raise PermissionDenied
    ticket = pressed.lasting
    if ticket.source == Source.BUSINESS:
        elsewhere = _("Ticket #%(number)d goes on in your chat with the company's own account: write there.")
        answer_button(query.id, elsewhere % {"number": ticket.number}, alert=True)
        return Outcome.REFUSED
    if ticket.is_closed:
        ticket = find_continuation(ticket, through_business=False) or ticket
    before = incoming.chat.landed_in
    waited = decide_on_ticket(incoming.row, incoming.chat, ticket.pk, at=incoming.said_at)
    if is_on_card(incoming, query, pressed.pk):
        answer_button(query.id, _say_where_it_goes(pressed, ticket))
        return Outcome.ANSWERED
    answer_button(query.id)
    stays = not waited and before not in (None, ticket.pk)
    context = {"is_closed": ticket.is_closed, "stays_in": find_ticket(before) if before and stays else None}
    replace_pressed(incoming, query, "choice_made", open_ticket_button(ticket), number=ticket.number, **context)
    return Outcome.ANSWERED


def _say_where_it_goes(pressed: Ticket, ticket: Ticket) -> str:
    if ticket.is_closed:
        return _("This ticket is closed: what you write now goes on from it in a new one.")
    if ticket != pressed:
        return _("What you write now goes into ticket #%(number)d.") % {"number": ticket.number}
    return _("What you write now goes into this ticket.")


def _new_ticket(incoming: Incoming, query: telegram.CallbackQuery, _button: Button) -> Outcome:
    """What waits opens it; where nothing does any more, as after the time for the answer, what comes next, and what was
    written before stays where it is. A second tap of the same button wants no second ticket."""
    chat = incoming.chat
    if was_replaced(incoming, query):
        answer_button(query.id)
        return Outcome.ANSWERED
    waited = decide_on_new(incoming.row, chat, chat.new_category if wants_new(chat, incoming.said_at) else None)
    answer_button(query.id)
    stays_in = find_ticket(chat.landed_in) if chat.landed_in is not None and not waited else None
    replace_pressed(incoming, query, "choice_made" if waited else "say_new", None, stays_in=stays_in)
    return Outcome.ANSWERED


def _show_ticket(incoming: Incoming, query: telegram.CallbackQuery, button: Button) -> Outcome:
    answer_button(query.id)
    return show_ticket(incoming, str(button.ids[0]))


def _close_ticket(incoming: Incoming, query: telegram.CallbackQuery, button: Button) -> Outcome:
    ticket = get_ticket_for(incoming.actor, button.ids[0])
    close_ticket(incoming, ticket)
    if is_on_card(incoming, query, ticket.pk):
        answer_button(query.id, _("The ticket is marked as done. Thank you!"))
    else:
        answer_button(query.id)
        remove_buttons(incoming, query)
        show_card(ticket.pk, incoming.chat_id)
    return Outcome.ANSWERED


def _take_ticket(incoming: Incoming, query: telegram.CallbackQuery, button: Button) -> Outcome:
    ticket = assign_ticket(actor=incoming.actor, ticket=button.ids[0], assignee_id=incoming.person.pk)
    answer_button(query.id)
    send_notice(incoming.chat_id, "taken", number=ticket.number, markup=open_ticket_button(ticket), ticket=ticket.pk)
    return Outcome.ANSWERED


def _set_language(incoming: Incoming, query: telegram.CallbackQuery, button: Button) -> Outcome:
    person = change_oneself(actor=incoming.actor, changes=OwnChanges(language=Language(button.word)))
    with translation.override(person.language):
        answer_button(query.id)
        replace_pressed(incoming, query, "language_set", None)
        keep_commands_current(incoming.chat, person)
    enqueue(draft_changes_in(incoming.chat))
    return Outcome.ANSWERED


_ACTIONS: dict[Action, Callable[[Incoming, telegram.CallbackQuery, Button], Outcome]] = {
    Action.SET_CATEGORY: _set_category,
    Action.CHOOSE_TICKET: _choose_ticket,
    Action.NEW_TICKET: _new_ticket,
    Action.SHOW_TICKET: _show_ticket,
    Action.CLOSE_TICKET: _close_ticket,
    Action.MORE_TICKETS: show_more_tickets,
    Action.TAKE_TICKET: _take_ticket,
    Action.SET_LANGUAGE: _set_language,
    Action.STOP_NEWS: news.stop_news,
    Action.WANT_NEWS: news.want_news,
    Action.RATE: press_rating,
    Action.COMMENT: press_comment,
    Action.ASK_ERASURE: privacy.ask_erasure,
    Action.ERASE: privacy.erase,
    Action.KEEP_DATA: privacy.keep,
    Action.EXPORT: privacy.export,
    Action.LINK_ACCOUNT: linking.link_account,
    Action.KEEP_APART: linking.keep_apart,
    Action.FORGET_PHONE: phone.forget_phone,
}
