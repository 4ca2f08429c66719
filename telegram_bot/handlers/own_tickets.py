"""Lists of a person's own tickets to press one of: as many as have buttons, and "More…" for the others.

Of the last ones it leads to the first again, so no ticket is out of reach, however many there are.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import telegram

from telegram_bot.handlers.candidates import list_in_question, list_unresolved
from telegram_bot.handlers.pressed import replace_pressed
from telegram_bot.incoming import Incoming, Outcome
from telegram_bot.notices import answer_button, send_notice
from telegram_bot.speech.callback_data import Action, Button
from telegram_bot.speech.keyboards import TICKET_BUTTONS, choice_of_tickets
from tickets.models import Ticket
from tickets.selectors.inbox import InboxQuery, page_of_tickets, position_columns
from tickets.selectors.tickets import find_ticket

_TEMPLATES = {
    Action.CHOOSE_TICKET: "which_ticket",
    Action.CLOSE_TICKET: "which_to_close",
    Action.SHOW_TICKET: "tickets",
}


def offer_tickets(incoming: Incoming, action: Action) -> None:
    """The first of those that a press can do this to."""
    name, context = _render(incoming, action, after=None)
    send_notice(incoming.chat_id, name, **context)


def show_more_tickets(incoming: Incoming, query: telegram.CallbackQuery, button: Button) -> Outcome:
    """Those behind the last that the message shows, in their place."""
    answer_button(query.id)
    name, context = _render(incoming, Action(button.word), after=button.ids[0])
    replace_pressed(incoming, query, name, context.pop("markup"), **context)
    return Outcome.ANSWERED


def _render(incoming: Incoming, action: Action, *, after: UUID | None) -> tuple[str, dict[str, Any]]:
    """The template and what it shows."""
    tickets = _list(incoming, action, after) or _list(incoming, action, None)
    shown = tickets[:TICKET_BUTTONS]
    has_more = bool(shown) and (after is not None or len(tickets) > TICKET_BUTTONS)
    markup = choice_of_tickets(shown, action, has_more=has_more, with_new=action == Action.CHOOSE_TICKET)
    context = {"tickets": shown, "has_more": has_more, "markup": markup, "is_staff": incoming.actor.is_staff}
    return _TEMPLATES[action], context


def _list(incoming: Incoming, action: Action, after: UUID | None) -> Sequence[Ticket]:
    """Those behind this one, and one more than there are buttons at least, where there are so many."""
    if action == Action.SHOW_TICKET:
        return _list_all(incoming, after)
    is_choice = action == Action.CHOOSE_TICKET
    tickets = list_in_question(incoming.person) if is_choice else list_unresolved(incoming.person)
    place = next((number for number, ticket in enumerate(tickets, 1) if ticket.pk == after), 0)
    return tickets[place:]


def _list_all(incoming: Incoming, after: UUID | None) -> Sequence[Ticket]:
    """One's own, whatever else one may see; the last change first."""
    query = InboxQuery(customer_id=incoming.person.pk)
    last = find_ticket(after) if after is not None else None
    columns = position_columns(incoming.actor, query)
    position = tuple(getattr(last, column) for column in columns) if last is not None else None
    return list(page_of_tickets(incoming.actor, query, after=position, limit=TICKET_BUTTONS + 1))
