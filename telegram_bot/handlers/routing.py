"""Which ticket a message of a customer belongs to.

In this order: the album that it is a part of; the message that it answers; a ticket asked for by /new a short while
ago, unless it is mere thanks; the topic that it stands in; the one that was chosen, which goes on in another where it
was closed meanwhile; the only one that it may be about (handlers/candidates.py), which those done lately are among.
Where all are closed, it goes on from the one closed lately (so do mere thanks where all are done, to the one that was
done last); where there is none, it opens a ticket. Otherwise the customer is asked; so they are where the desk has
answered since they asked for a new one.
"""

from dataclasses import dataclass
from uuid import UUID

import telegram

from accounts.compiled_queries import CompiledQuery, Given, insert
from accounts.models import User
from telegram_bot.customer_chat.choices import find_begun_in, find_chosen, wants_new
from telegram_bot.customer_chat.topics import find_ticket_of_topic
from telegram_bot.handlers.candidates import (
    find_thanked,
    going_on,
    has_answered_since,
    list_in_question,
    list_lately,
    without_done,
)
from telegram_bot.incoming import Incoming, find_thread
from telegram_bot.models import Chat, Direction, MessageLink, TicketChat
from tickets.models import Ticket
from tickets.selectors.inbox import find_done_of_customer
from tickets.selectors.tickets import find_ticket

_LINK = CompiledQuery(
    lambda: MessageLink.objects.filter(bot_id=Given("bot"), chat_id=Given("chat"), telegram_message_id=Given("message"))
)


@dataclass(frozen=True, kw_only=True)
class Route:
    """Where the message goes: into `ticket`; into a new one; or, with neither, nobody knows yet.

    is_answer: it replies to a message that belongs to the ticket.
    """

    ticket: Ticket | None = None
    is_new: bool = False
    is_answer: bool = False
    reply_to: UUID | None = None


def find_route(incoming: Incoming, message: telegram.Message, *, thanks: bool = False) -> Route:
    """thanks: the message says nothing else (tickets.thanks)."""
    if (album := find_album(incoming, message)) is not None and (same := find_ticket(album.ticket)) is not None:
        return Route(ticket=same, is_answer=True)
    answered = _answered(incoming, message)
    if answered is not None:
        return answered
    asks_for_new = not thanks and wants_new(incoming.chat, incoming.said_at)
    is_answered = asks_for_new and has_answered_since(incoming.person, incoming.chat.new_wanted_at)
    if asks_for_new and not is_answered:
        return Route(is_new=True)
    if message.is_topic_message and message.message_thread_id:
        begun = find_begun_in(incoming.chat, message.message_thread_id, incoming.said_at)
        ticket = find_ticket(begun) if begun is not None else None
        return Route(ticket=ticket) if ticket is not None else _of_topic(incoming, message.message_thread_id)
    if is_answered:
        return Route()  # it may be about that answer
    chosen = find_chosen(incoming.chat, incoming.said_at)
    return Route(ticket=chosen) if chosen is not None else _without_hint(incoming.person, thanks=thanks)


def _without_hint(person: User, *, thanks: bool) -> Route:
    tickets = list_lately(person)
    active = going_on(tickets)
    unresolved = without_done(active)
    if not active or (thanks and not unresolved):
        done = find_done_of_customer(person.pk, lately=not thanks)
        return Route(ticket=done) if done is not None else Route(is_new=True)
    if thanks and (done := find_thanked(tickets)) is not None:
        return Route(ticket=done)
    possible = unresolved if thanks else list_in_question(person, tickets)
    return Route(ticket=possible[0]) if len(possible) == 1 else Route()


def find_business_route(incoming: Incoming, message: telegram.Message) -> Route:
    """In a chat of a company's own account there are no commands and no questions: its newest ticket goes on."""
    if (album := find_album(incoming, message)) is not None and (same := find_ticket(album.ticket)) is not None:
        return Route(ticket=same, is_answer=True)
    answered = _answered(incoming, message)
    if answered is not None:
        return answered
    newest = find_newest_ticket(incoming.chat)
    return Route(ticket=newest) if newest is not None else Route(is_new=True)


def find_newest_ticket(chat: Chat) -> Ticket | None:
    """Of a chat of a company's own account."""
    newest = TicketChat.objects.filter(chat=chat).order_by("-id").values_list("ticket", flat=True).first()
    ticket = find_ticket(newest) if newest is not None else None
    return ticket.lasting if ticket is not None else None


def _of_topic(incoming: Incoming, thread_id: int) -> Route:
    """In a topic that no ticket has, the person begins one."""
    ticket = find_ticket_of_topic(incoming.row.bot_id, incoming.chat_id, thread_id)
    is_own = ticket is not None and ticket.customer_id == incoming.person.pk
    return Route(ticket=ticket) if is_own else Route(is_new=True)


def find_ticket_here(incoming: Incoming) -> Ticket | None:
    """The person's own ticket in whose topic they write."""
    thread_id = find_thread(incoming.update)
    return _of_topic(incoming, thread_id).ticket if thread_id is not None else None


def find_answered_ticket(incoming: Incoming, message: telegram.Message) -> UUID | None:
    """The ticket of the message that this one replies to."""
    route = _answered(incoming, message)
    return route.ticket.pk if route is not None and route.ticket is not None else None


def _answered(incoming: Incoming, message: telegram.Message) -> Route | None:
    """The ticket of the message that this one replies to, if it is one of this person's."""
    if message.reply_to_message is None:
        return None
    link = find_link(incoming, message.reply_to_message.message_id)
    if link is None or link.ticket is None or link.is_topic:
        return None
    ticket = find_ticket(link.ticket)
    if ticket is None or (ticket.customer_id != incoming.person.pk and not incoming.actor.is_staff):
        return None
    return Route(ticket=ticket, is_answer=True, reply_to=link.message)


def find_link(incoming: Incoming, message_id: int) -> MessageLink | None:
    """What a message in the same chat is to the desk."""
    return _LINK.first(bot=incoming.row.bot_id, chat=incoming.chat_id, message=message_id)


@dataclass(frozen=True, kw_only=True)
class StartedAlbum:
    """An album of which a part has been stored: in which ticket, and as the message that further parts join."""

    ticket: UUID
    message: UUID


def find_album(incoming: Incoming, message: telegram.Message) -> StartedAlbum | None:
    """Telegram sends an album as single messages with one media_group_id, of which only the first may be a reply."""
    if not message.media_group_id:
        return None
    links = MessageLink.objects.filter(
        bot_id=incoming.row.bot_id, chat_id=incoming.chat_id, media_group=message.media_group_id
    )
    link = links.exclude(ticket=None).exclude(message=None).order_by("-id").first()
    if link is None or link.ticket is None or link.message is None:
        return None
    return StartedAlbum(ticket=link.ticket, message=link.message)


def link_message(incoming: Incoming, message: telegram.Message, *, message_id: UUID | None, ticket_id: UUID) -> None:
    """Where Telegram's message went: a reply to it, its edit and its repetition are known by that."""
    link = MessageLink(
        bot_id=incoming.row.bot_id,
        chat_id=incoming.chat_id,
        telegram_message_id=message.message_id,
        message=message_id,
        ticket=ticket_id,
        media_group=message.media_group_id or "",
        in_general=incoming.chat.is_of_staff and not message.is_topic_message,
        direction=Direction.INCOMING,
    )
    insert(link)
