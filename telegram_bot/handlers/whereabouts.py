"""Which ticket the words went into, said to those who could think of another: once, when that changes."""

from uuid import UUID

from telegram_bot.handlers.candidates import list_in_question
from telegram_bot.handlers.routing import Route
from telegram_bot.incoming import Incoming, find_thread
from telegram_bot.notices import send_notice
from telegram_bot.speech.keyboards import go_on_buttons
from tickets.models import Ticket
from tickets.selectors.tickets import find_ticket


def say_where_it_went(
    incoming: Incoming, route: Route, before: UUID | None, *, opened: bool, begun_in: int | None
) -> None:
    """before: where the words before these went. opened: the ticket is new, so its card comes by itself. begun_in: the
    topic of another ticket where the words before these belonged to one that was begun there."""
    landed = incoming.chat.landed_in
    if landed is None or landed == before or incoming.flooded:
        return
    ticket = find_ticket(landed)
    if ticket is None:
        return
    thread = find_thread(incoming.update)
    in_topic = thread is not None
    if route.ticket is not None and route.ticket.pk != landed:
        if route.ticket.merged_into_id is None and (in_topic or not opened):  # a merged one's card tells
            _say_it_goes_on(incoming, route.ticket, ticket, in_topic=in_topic)
    elif in_topic and incoming.chat.new_from_topic == thread:
        send_notice(incoming.chat_id, "begun_elsewhere", markup=go_on_buttons(ticket), ticket_row=ticket)
    elif not (opened or route.is_answer) and _could_be_another(incoming, thread, begun_in):
        send_notice(incoming.chat_id, "landed", ticket_row=ticket, ticket=ticket.pk)


def _could_be_another(incoming: Incoming, thread: int | None, begun_in: int | None) -> bool:
    """A topic says by itself whose words stand there, but for a while they were another ticket's. Staff may have
    meant a customer's."""
    if thread is not None:
        return begun_in == thread
    return incoming.actor.is_staff or len(list_in_question(incoming.person)) > 1


def _say_it_goes_on(incoming: Incoming, ended: Ticket, ticket: Ticket, *, in_topic: bool) -> None:
    """Without the ticket where it is said in a topic: it must stand there, not in the other ticket's."""
    send_notice(
        incoming.chat_id,
        "goes_on",
        markup=go_on_buttons(ticket),
        ticket=None if in_topic else ticket.pk,
        ended=ended,
        ticket_row=ticket,
        in_topic=in_topic,
    )
