"""Commands of agents and managers."""

from collections.abc import Callable
from dataclasses import replace

import telegram

from accounts import clock
from accounts.models import Availability, LinkPurpose
from accounts.permissions import Capability, require
from accounts.services.one_time_links import LIFETIMES
from accounts.services.people import OwnChanges, change_oneself
from telegram_bot.incoming import Incoming, Outcome
from telegram_bot.notices import build_notice, place_in, send_notice
from telegram_bot.outbox import CallDraft, enqueue, enqueue_once
from telegram_bot.speech import texts
from telegram_bot.speech.keyboards import inbox_buttons, mini_app_button, open_ticket_button
from tickets.models import Ticket, TicketStatus
from tickets.selectors.inbox import InboxQuery, page_of_tickets
from tickets.services.assignment import assign_ticket

_INBOX_LENGTH = 8
_ACTIVE = (TicketStatus.NEW, TicketStatus.OPEN, TicketStatus.PENDING)


def explain_to_staff(incoming: Incoming, message: telegram.Message) -> Outcome:
    """An agent wrote without saying to whom: said once for an album."""
    hint = build_notice(incoming.chat_id, "staff_hint", markup=mini_app_button())
    if message.media_group_id:
        hint = replace(hint, coalesce_key=f"staff_hint:{incoming.chat_id}:{message.media_group_id}")
    enqueue_once(hint)
    return Outcome.ANSWERED


def show_inbox(incoming: Incoming, _argument: str) -> Outcome:
    """What nobody has, then what is the agent's own."""
    require(incoming.actor, Capability.WORK_TICKETS)
    waiting = _page(incoming, InboxQuery(statuses=_ACTIVE, unassigned=True, snoozed=False, order="oldest"))
    own = _page(incoming, InboxQuery(statuses=_ACTIVE, assignee_id=incoming.person.pk, snoozed=False))
    tickets = [*waiting, *own][:_INBOX_LENGTH]
    markup = inbox_buttons(tickets) if tickets else mini_app_button()
    send_notice(incoming.chat_id, "inbox", waiting=waiting, own=own, markup=markup)
    return Outcome.ANSWERED


def _page(incoming: Incoming, query: InboxQuery) -> list[Ticket]:
    return list(page_of_tickets(incoming.actor, query, limit=_INBOX_LENGTH))


def take_ticket(incoming: Incoming, argument: str) -> Outcome:
    number = argument.lstrip("#№")
    if not number:
        send_notice(incoming.chat_id, "say_number", command="take")
        return Outcome.ANSWERED
    ticket = assign_ticket(actor=incoming.actor, ticket=number, assignee_id=incoming.person.pk)
    send_notice(incoming.chat_id, "taken", number=ticket.number, markup=open_ticket_button(ticket), ticket=ticket.pk)
    return Outcome.ANSWERED


def become(availability: Availability) -> Callable[[Incoming, str], Outcome]:
    """The handler of /available or /away."""

    def change(incoming: Incoming, _argument: str) -> Outcome:
        change_oneself(actor=incoming.actor, changes=OwnChanges(availability=availability))
        send_notice(incoming.chat_id, "availability", is_available=availability == Availability.AVAILABLE)
        return Outcome.ANSWERED

    return change


def give_admin_link(incoming: Incoming, _argument: str) -> Outcome:
    """Telegram says who this is, so a link that works once is the whole sign-in to the back office.

    It is made when the message is sent: the outbox holds no secret.
    """
    require(incoming.actor, Capability.ENTER_ADMIN)
    params = {"text": texts.render("admin_link"), "parse_mode": "HTML", "@admin_entry": str(incoming.person.pk)}
    params |= place_in(incoming.chat_id)
    life = LIFETIMES[LinkPurpose.ADMIN_ENTRY]
    enqueue([CallDraft(method="sendMessage", params=params, queue=incoming.chat_id, expires_at=clock.now() + life)])
    return Outcome.ANSWERED
