"""What its owner writes from a company's own account itself: an answer of the desk's that was given without the desk.

In a ticket that is going on it is that at once. Where none is, it is kept in the inbox, as long as updates are, and
begins the ticket that the customer's answer opens: nobody has to work on what nobody has asked.

What the account says by itself (a greeting, an away message) is no answer: it is stored as automatic words, and whoever
waits goes on waiting. Telegram marks a message that was written before and sent by its schedule in the same way (Bot
API, Message.is_from_offline), and nothing tells them apart: it leaves its ticket waiting too, for a person to end.
"""

from collections.abc import Collection
from dataclasses import replace

import telegram
from django.db import transaction

from accounts.actors import Actor, Source
from accounts.errors import HelpDeskError, NotFound
from accounts.models import Role
from accounts.selectors.people import find_by_telegram_id
from telegram_bot.handlers import conversation, editing
from telegram_bot.handlers.changed_answers import receive_change
from telegram_bot.handlers.contents import read_content
from telegram_bot.handlers.routing import Route, find_business_route, find_link, find_newest_ticket
from telegram_bot.incoming import Incoming, Outcome, parse_update
from telegram_bot.models import Chat, Direction, TicketChat, Update
from tickets.selectors.tickets import get_message_for, get_ticket_for

_DESK = Actor.system(Source.BUSINESS)


def receive_own_words(row: Update, update: telegram.Update, message: telegram.Message, key: int) -> Outcome:
    """A message of the owner's, or an edit. What the bot itself wrote there comes back too, and is nothing new.

    key: of the chat (telegram_bot.business).
    """
    if message.sender_business_bot is not None and update.edited_business_message is None:
        return Outcome.IGNORED
    outcome = _take_from_owner(row, update, message, key)
    if outcome == Outcome.KEPT and row.queue != key:  # it came late by a connection that another has replaced
        row.queue = key
        row.save(update_fields=["queue"])
    return outcome


def _take_from_owner(row: Update, update: telegram.Update, message: telegram.Message, key: int) -> Outcome:
    chat = Chat.objects.select_related("person").filter(bot_id=row.bot_id, telegram_id=key).first()
    if chat is None or chat.person is None:
        return Outcome.KEPT
    incoming = Incoming(row=row, update=update, person=chat.person, chat=chat, actor=_DESK)
    ticket = find_newest_ticket(chat)
    route = Route(ticket=ticket) if ticket is not None and not ticket.is_closed else None
    return _take(incoming, message, route)


def _take(incoming: Incoming, message: telegram.Message, route: Route | None) -> Outcome:
    """route: where new words go; None: they are kept."""
    try:
        with transaction.atomic():
            if incoming.update.edited_business_message is not None:
                return _edit(incoming, message)
            return _write_down(incoming, message, route) if route is not None else Outcome.KEPT
    except HelpDeskError:
        return Outcome.REFUSED


def _edit(incoming: Incoming, message: telegram.Message) -> Outcome:
    """By whom it is written down as: the account may have become an agent's since. So is what the bot sent for them."""
    link = find_link(incoming, message.message_id)
    if link is None:
        return Outcome.KEPT if message.sender_business_bot is None else Outcome.IGNORED
    if link.message is None:
        return Outcome.IGNORED
    stored = get_message_for(_DESK, link.message)
    actor = Actor.of(stored.author, Source.BUSINESS) if stored.author is not None else _DESK
    incoming = replace(incoming, actor=actor)
    if link.direction == Direction.OUTGOING:
        return receive_change(incoming, message, link, stored)
    return editing.edit_message(incoming, message)


def _write_down(incoming: Incoming, message: telegram.Message, route: Route) -> Outcome:
    if conversation.is_repeated(incoming, message):
        return Outcome.REPEATED
    content = read_content(message)
    if content is None:
        return Outcome.IGNORED
    if not message.is_from_offline:
        incoming = replace(incoming, actor=_find_author(message, route))
    if conversation.continue_album(incoming, message, content):
        return Outcome.MESSAGE_STORED
    answered = find_business_route(incoming, message)
    if answered.ticket == route.ticket:
        route = answered
    return settle(incoming, message, conversation.write(incoming, message, content, route))


def _find_author(message: telegram.Message, route: Route) -> Actor:
    """The agent whose Telegram account it is; else, or where that one may not see the ticket, the desk."""
    owner = find_by_telegram_id(message.from_user.id) if message.from_user is not None else None
    if owner is None or not owner.is_active or not owner.has_role(Role.AGENT):
        return _DESK
    actor = Actor.of(owner, Source.BUSINESS)
    try:
        return actor if route.ticket is None or get_ticket_for(actor, route.ticket.pk) else _DESK
    except NotFound:
        return _DESK


def settle(incoming: Incoming, message: telegram.Message, outcome: Outcome) -> Outcome:
    """A ticket that was opened has its conversation in this chat."""
    if outcome is Outcome.TICKET_OPENED:
        link = find_link(incoming, message.message_id)
        if link is not None and link.ticket is not None:
            TicketChat.objects.get_or_create(ticket=link.ticket, defaults={"chat": incoming.chat})
    return outcome


# --- what is kept ---
def put_kept_first(incoming: Incoming, route: Route) -> None:
    """The customer answers and opens a ticket: what was kept begins it, in its order, with its edits."""
    for row in _kept_in(incoming.row.bot_id, incoming.chat_id):
        update = parse_update(row)
        message = update.business_message or update.edited_business_message
        if message is None:
            continue
        own = replace(incoming, row=row, update=update, actor=_DESK)
        row.outcome = _take(own, message, route).value
        row.save(update_fields=["outcome"])
        if row.outcome == Outcome.TICKET_OPENED:
            route = Route(ticket=find_newest_ticket(incoming.chat))


def forget_kept(bot_id: int, key: int, message_ids: Collection[int]) -> None:
    """The owner took these back before anybody answered."""
    for row in _kept_in(bot_id, key):
        update = parse_update(row)
        message = update.business_message or update.edited_business_message
        if message is not None and message.message_id in message_ids:
            row.outcome = Outcome.IGNORED.value
            row.save(update_fields=["outcome"])


def _kept_in(bot_id: int, key: int) -> list[Update]:
    return list(Update.objects.filter(bot_id=bot_id, queue=key, outcome=Outcome.KEPT).order_by("id"))
