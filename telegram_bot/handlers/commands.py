"""Commands: what Telegram marks as one at the beginning of a message."""

import re
from collections.abc import Callable
from uuid import UUID

import telegram

from accounts.actors import Source
from accounts.errors import NotFound
from accounts.models import Availability, Role
from telegram_bot.customer_chat.cards import show_card
from telegram_bot.customer_chat.choices import choose, find_chosen, forget_comment, wants_new
from telegram_bot.customer_chat.held import decide_on_new, decide_on_newest, decide_on_ticket, held_in
from telegram_bot.handlers import conversation, desk, linking, notes, phone, photos, privacy, staff
from telegram_bot.handlers.candidates import list_unresolved
from telegram_bot.handlers.command_line import WRITING, Command, is_understood, parse_command, read_note, strip_command
from telegram_bot.handlers.contents import Content, keep_rest, read_content
from telegram_bot.handlers.own_tickets import offer_tickets
from telegram_bot.handlers.rating import awaits_comment
from telegram_bot.handlers.routing import Route, find_ticket_here
from telegram_bot.incoming import Incoming, Outcome
from telegram_bot.notices import send_notice
from telegram_bot.speech.callback_data import Action
from telegram_bot.speech.keyboards import (
    language_buttons,
    mini_app_button,
    open_ticket_button,
)
from tickets.models import Ticket, TicketStatus
from tickets.selectors.categories import find_offered_category
from tickets.selectors.tickets import get_ticket_for
from tickets.services.workflow import change_status


def find_command(message: telegram.Message, *, is_staff: bool) -> Command | None:
    """The command that the message is; below a file, only one that writes down. What staff begin with // is a note.

    One that is unknown, or does not know what to do with the words behind it, is an ordinary message with these.
    """
    line = message.text or message.caption or ""
    is_note, words = read_note(line)
    if is_note and is_staff:
        return Command(name="note", argument=words)
    command = parse_command(line)
    if command is None or (message.caption and command.name not in WRITING):
        return None
    return command if not command.argument or (command.name in _COMMANDS and is_understood(command)) else None


def run_command(incoming: Incoming, message: telegram.Message, command: Command) -> Outcome:
    is_writing = command.name in _WRITING and bool(command.argument or message.caption)
    content = read_content(message) if is_writing else None
    if content is not None:
        return _WRITING[command.name](incoming, message, keep_rest(content, strip_command(content.text)))
    if incoming.flooded:
        return Outcome.FLOOD
    return _COMMANDS.get(command.name, _not_understood)(incoming, command.argument)


def _start(incoming: Incoming, payload: str) -> Outcome:
    for pattern, follow in _PAYLOADS.items():
        found = re.fullmatch(pattern, payload)
        outcome = follow(incoming, found[1]) if found is not None else None
        if outcome is not None:
            return outcome
    send_notice(
        incoming.chat_id,
        "welcome_staff" if incoming.actor.is_staff else "welcome",
        name=incoming.person.first_name,
        markup=mini_app_button(),
    )
    return Outcome.ANSWERED


def _begin_in_category(incoming: Incoming, category_id: str) -> Outcome | None:
    """None: customers cannot choose it."""
    category = find_offered_category(UUID(category_id))
    if category is None:
        return None
    waited = decide_on_new(incoming.row, incoming.chat, category.pk)
    send_notice(incoming.chat_id, "choice_made" if waited else "say_new", category=category.name)
    return Outcome.ANSWERED


def _help(incoming: Incoming, _argument: str) -> Outcome:
    role = Role(incoming.person.role)
    send_notice(
        incoming.chat_id,
        "help",
        is_agent=role.includes(Role.AGENT),
        is_manager=role.includes(Role.MANAGER),
        is_admin=role.includes(Role.ADMIN),
        markup=mini_app_button(),
    )
    return Outcome.ANSWERED


def _begin_new(incoming: Incoming, _argument: str) -> Outcome:
    waited = decide_on_new(incoming.row, incoming.chat)
    send_notice(incoming.chat_id, "choice_made" if waited else "say_new")
    return Outcome.ANSWERED


def _open_with_words(incoming: Incoming, message: telegram.Message, content: Content) -> Outcome:
    if conversation.is_repeated(incoming, message):
        return Outcome.REPEATED
    decide_on_new(incoming.row, incoming.chat)  # what waits and what comes next belong to the new ticket
    return conversation.write_and_tell(incoming, message, content, Route(is_new=True))


def _list_tickets(incoming: Incoming, _argument: str) -> Outcome:
    offer_tickets(incoming, Action.SHOW_TICKET)
    return Outcome.ANSWERED


def _show(incoming: Incoming, argument: str) -> Outcome:
    number = argument.lstrip("#№")
    if not number:
        return _list_tickets(incoming, "")
    return show_ticket(incoming, number)


def show_ticket(incoming: Incoming, reference: str) -> Outcome:
    """Tell of a ticket; what its customer writes next goes there, if it is one that goes on in this chat."""
    ticket = get_ticket_for(incoming.actor, reference)
    if ticket.customer_id == incoming.person.pk:
        if not (ticket.is_closed or ticket.source == Source.BUSINESS):  # that one goes on in the other chat
            decide_on_ticket(incoming.row, incoming.chat, ticket.pk, at=incoming.said_at)
        show_card(ticket.pk, incoming.chat_id)
    else:
        markup = open_ticket_button(ticket)
        send_notice(incoming.chat_id, "ticket", ticket_row=ticket, markup=markup, ticket=ticket.pk)
    return Outcome.ANSWERED


def _close(incoming: Incoming, argument: str) -> Outcome:
    number = argument.lstrip("#№")
    if number:
        return _close_and_show(incoming, get_ticket_for(incoming.actor, number))
    if (here := find_ticket_here(incoming)) is not None:
        return _close_and_show(incoming, here)
    active = list_unresolved(incoming.person)
    chosen = find_chosen(incoming.chat, incoming.said_at)
    if chosen not in active:
        chosen = active[0] if len(active) == 1 else None
    if chosen is not None:
        return _close_and_show(incoming, chosen)
    if active:
        offer_tickets(incoming, Action.CLOSE_TICKET)
    else:
        send_notice(incoming.chat_id, "nothing_open")
    return Outcome.ANSWERED


def _close_and_show(incoming: Incoming, ticket: Ticket) -> Outcome:
    close_ticket(incoming, ticket)
    show_card(ticket.pk, incoming.chat_id)
    return Outcome.ANSWERED


def close_ticket(incoming: Incoming, ticket: Ticket) -> None:
    """The customer says that it is done."""
    if ticket.customer_id != incoming.person.pk:
        raise NotFound
    change_status(actor=incoming.actor, ticket=ticket.pk, status=TicketStatus.RESOLVED)
    if incoming.chat.chosen_ticket == ticket.pk:
        choose(incoming.chat, None)


def _cancel(incoming: Incoming, _argument: str) -> Outcome:
    """What waits for a choice is taken already: it goes where it would without one."""
    chat = incoming.chat
    waits_for_words = wants_new(chat, incoming.said_at) or awaits_comment(incoming)
    had_begun = waits_for_words or chat.chosen_ticket is not None
    forget_comment(chat)
    choose(chat, None)
    waited = held_in(incoming.row.bot_id, incoming.row.queue).exists()
    newest = decide_on_newest(incoming.row.bot_id, chat) if waited else None
    send_notice(incoming.chat_id, "cancelled", had_begun=had_begun, waited=waited, newest=newest)
    return Outcome.ANSWERED


def _language(incoming: Incoming, _argument: str) -> Outcome:
    send_notice(incoming.chat_id, "language", markup=language_buttons())
    return Outcome.ANSWERED


def _not_understood(incoming: Incoming, _argument: str) -> Outcome:
    send_notice(incoming.chat_id, "not_understood")
    return Outcome.ANSWERED


_COMMANDS: dict[str, Callable[[Incoming, str], Outcome]] = {
    "start": _start,
    "help": _help,
    "new": _begin_new,
    "tickets": _list_tickets,
    "ticket": _show,
    "close": _close,
    "cancel": _cancel,
    "language": _language,
    "phone": phone.explain_phone,
    "privacy": privacy.explain_privacy,
    "inbox": staff.show_inbox,
    "take": staff.take_ticket,
    "note": notes.explain_note,
    "available": staff.become(Availability.AVAILABLE),
    "away": staff.become(Availability.AWAY),
    "admin": staff.give_admin_link,
    "stats": desk.show_stats,
    "role": desk.change_role,
    "health": desk.show_health,
}
# With words behind them, or below a file, they write these down, in a flood too: so they need the whole message.
_WRITING: dict[str, Callable[[Incoming, telegram.Message, Content], Outcome]] = {
    "new": _open_with_words,
    "note": notes.write_note,
}
# What a link into the chat asks for, as in t.me/BOT?start=ticket_12; all else is a plain start.
_PAYLOADS: dict[str, Callable[[Incoming, str], Outcome | None]] = {
    "(new)": lambda incoming, _payload: _begin_new(incoming, ""),
    r"ticket_(\d{1,18})": show_ticket,
    r"photo_(\d{1,18})": photos.ask_for_photo,
    "category_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})": _begin_in_category,
    r"link_([\w-]{43})": linking.ask_to_link,
}
