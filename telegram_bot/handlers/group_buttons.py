"""The buttons of a ticket's card in the staff's group. What they change, the event says on the card."""

from collections.abc import Callable

import telegram
from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.selectors.people import list_people
from telegram_bot.incoming import Incoming, Outcome
from telegram_bot.models import StaffTopic
from telegram_bot.notices import answer_button
from telegram_bot.outbox import CallDraft, enqueue
from telegram_bot.speech.callback_data import Action, Button, ForgedButton, parse
from telegram_bot.speech.keyboards import Markup, agents_buttons, statuses_buttons
from telegram_bot.staff_group.topics import draft_in_topic, owe_card
from tickets.models import TicketStatus
from tickets.selectors.tickets import get_ticket_for
from tickets.services.assignment import assign_ticket
from tickets.services.workflow import change_status

_MOST_AGENTS = 20


def press_in_group(incoming: Incoming, query: telegram.CallbackQuery, topic: StaffTopic) -> Outcome:
    """Raises what the help desk refuses. Data that names another ticket than the topic's is forged."""
    try:
        button = parse(query.data)
    except ForgedButton:
        button = None
    action = _ACTIONS.get(button.action) if button is not None else None
    if button is None or action is None or button.ids[0] != topic.ticket:
        answer_button(query.id, _("This button no longer works."))
        return Outcome.REFUSED
    answer = action(incoming, query, topic, button)
    answer_button(query.id, answer)
    return Outcome.ANSWERED


def _take(incoming: Incoming, _query: telegram.CallbackQuery, topic: StaffTopic, _button: Button) -> str:
    ticket = assign_ticket(actor=incoming.actor, ticket=topic.ticket, assignee_id=incoming.person.pk)
    return _("Ticket #%(number)d is yours.") % {"number": ticket.number}


def _list_agents(incoming: Incoming, query: telegram.CallbackQuery, topic: StaffTopic, button: Button) -> str:
    """From the first one, or behind the last who was shown; who has gone since then leads to the beginning again."""
    agents = [person for person in list_people(lowest_role=Role.AGENT) if person.is_active]
    shown = button.ids[1] if button.action is Action.MORE_AGENTS else None
    start = next((place for place, person in enumerate(agents, 1) if person.pk == shown), 0)
    end = start + _MOST_AGENTS
    _show(incoming, query, topic, agents_buttons(topic.ticket, agents[start:end], has_more=end < len(agents)))
    return ""


def _assign(incoming: Incoming, _query: telegram.CallbackQuery, topic: StaffTopic, button: Button) -> str:
    seen = get_ticket_for(incoming.actor, topic.ticket).sequence  # whoever presses sees on the card who has it
    assign_ticket(actor=incoming.actor, ticket=topic.ticket, assignee_id=button.ids[1], expected_sequence=seen)
    owe_card(topic)
    return ""


def _list_statuses(incoming: Incoming, query: telegram.CallbackQuery, topic: StaffTopic, _button: Button) -> str:
    ticket = get_ticket_for(incoming.actor, topic.ticket)
    _show(incoming, query, topic, statuses_buttons(ticket))
    return ""


def _set_status(incoming: Incoming, _query: telegram.CallbackQuery, topic: StaffTopic, button: Button) -> str:
    change_status(actor=incoming.actor, ticket=topic.ticket, status=TicketStatus(button.word))
    owe_card(topic)
    return ""


def _back(_incoming: Incoming, _query: telegram.CallbackQuery, topic: StaffTopic, _button: Button) -> str:
    owe_card(topic)
    return ""


def _show(incoming: Incoming, query: telegram.CallbackQuery, topic: StaffTopic, markup: Markup) -> None:
    if query.message is not None:
        params = {"message_id": query.message.message_id, "reply_markup": markup}
        draft: CallDraft = draft_in_topic(topic, "editMessageReplyMarkup", params)
        enqueue([draft])


_ACTIONS: dict[Action, Callable[[Incoming, telegram.CallbackQuery, StaffTopic, Button], str]] = {
    Action.TAKE_TICKET: _take,
    Action.LIST_AGENTS: _list_agents,
    Action.MORE_AGENTS: _list_agents,
    Action.ASSIGN: _assign,
    Action.LIST_STATUSES: _list_statuses,
    Action.SET_STATUS: _set_status,
    Action.SHOW_CARD: _back,
}
