"""`t.me/BOT?start=photo_12`: from the Mini App, where the client's chooser of files opens nothing."""

from accounts.actors import Source
from accounts.errors import NotFound
from telegram_bot.customer_chat.held import decide_on_ticket
from telegram_bot.customer_chat.topics import is_in_topic
from telegram_bot.handlers.routing import find_ticket_here
from telegram_bot.incoming import Incoming, Outcome
from telegram_bot.notices import send_notice
from telegram_bot.speech.keyboards import open_ticket_button
from tickets.errors import TicketClosed
from tickets.selectors.tickets import get_ticket_for


def ask_for_photo(incoming: Incoming, number: str) -> Outcome:
    """What the customer sends next goes into their ticket. Raises NotFound, TicketClosed."""
    ticket = get_ticket_for(incoming.actor, number).lasting
    if ticket.customer_id != incoming.person.pk:
        raise NotFound
    if ticket.is_closed:
        raise TicketClosed
    if ticket.source == Source.BUSINESS:
        send_notice(incoming.chat_id, "send_photo", number=ticket.number, place="account")
        return Outcome.ANSWERED
    decide_on_ticket(incoming.row, incoming.chat, ticket.pk, at=incoming.said_at)
    has_topic = is_in_topic(ticket, incoming.row.bot_id, incoming.chat_id)
    if has_topic and find_ticket_here(incoming) != ticket:
        send_notice(incoming.chat_id, "send_photo", number=ticket.number, place="topic")
    markup = open_ticket_button(ticket)
    send_notice(incoming.chat_id, "send_photo", number=ticket.number, place="here", markup=markup, ticket=ticket.pk)
    return Outcome.ANSWERED
