"""/note, or `//`: an internal note out of the chat, which the customer never sees."""

import telegram

from accounts.permissions import Capability, require
from telegram_bot.handlers import conversation
from telegram_bot.handlers.command_line import split_number
from telegram_bot.handlers.contents import Content, keep_rest
from telegram_bot.handlers.routing import Route, find_answered_ticket, link_message
from telegram_bot.incoming import Incoming, Outcome
from telegram_bot.notices import send_notice
from tickets.selectors.tickets import get_ticket_for
from tickets.services.conversation import add_note


def explain_note(incoming: Incoming, _argument: str) -> Outcome:
    require(incoming.actor, Capability.WORK_TICKETS)
    send_notice(incoming.chat_id, "say_note")
    return Outcome.ANSWERED


def write_note(incoming: Incoming, message: telegram.Message, content: Content) -> Outcome:
    """Into the ticket of the message that is replied to, else into the one whose number comes first."""
    require(incoming.actor, Capability.WORK_TICKETS)
    if conversation.is_repeated(incoming, message):
        return Outcome.REPEATED
    answered = find_answered_ticket(incoming, message)
    reference, text = split_number(content.text) if answered is None else (str(answered), content.text)
    if not reference or not (text or content.file):
        return explain_note(incoming, "")
    ticket = get_ticket_for(incoming.actor, reference)
    draft = conversation.make_draft(incoming, message, keep_rest(content, text), Route())
    add_note(actor=incoming.actor, ticket=ticket.pk, draft=draft)
    link_message(incoming, message, message_id=draft.id, ticket_id=ticket.pk)
    if not incoming.flooded:
        send_notice(incoming.chat_id, "noted", number=ticket.number, ticket=ticket.pk)
    return Outcome.MESSAGE_STORED
