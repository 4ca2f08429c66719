"""What people write to the bot, into the ticket where it belongs."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import telegram
from django.db import transaction

from accounts.errors import NotFound
from telegram_bot.customer_chat.cards import is_card
from telegram_bot.customer_chat.choices import choose, find_begun_in, wants_new
from telegram_bot.customer_chat.closing import say_if_closed
from telegram_bot.customer_chat.held import held_in
from telegram_bot.customer_chat.topics import adopt_topic, find_ticket_of_topic
from telegram_bot.handlers.contents import Content, quote_answered, read_content
from telegram_bot.handlers.incoming_files import message_key, reserve_file, tell_if_too_large
from telegram_bot.handlers.own_tickets import offer_tickets
from telegram_bot.handlers.phone import ask_once, take_phone
from telegram_bot.handlers.quoting import quote_only_answered
from telegram_bot.handlers.rating import is_comment, take_comment
from telegram_bot.handlers.routing import (
    Route,
    find_album,
    find_link,
    find_route,
    link_message,
)
from telegram_bot.handlers.staff import explain_to_staff
from telegram_bot.handlers.whereabouts import say_where_it_went
from telegram_bot.identity import current_bot_id
from telegram_bot.incoming import Incoming, Outcome
from telegram_bot.speech.callback_data import Action
from tickets.errors import NotEditable, TicketClosed, TicketMerged
from tickets.models import MessageKind, Ticket
from tickets.selectors.categories import find_offered_category
from tickets.selectors.inbox import find_continuation
from tickets.selectors.tickets import find_ticket
from tickets.services import conversation
from tickets.services.albums import AlbumItem, album_content
from tickets.services.drafts import MessageDraft, TicketDraft
from tickets.services.opening import continue_ticket, open_ticket
from tickets.thanks import is_only_thanks


def receive_message(incoming: Incoming, message: telegram.Message) -> Outcome:
    """A message that is no command."""
    if is_repeated(incoming, message):
        return Outcome.REPEATED
    if (outcome := take_phone(incoming, message)) is not None:
        return outcome
    content = read_content(message)
    if content is None:
        return Outcome.IGNORED
    if continue_album(incoming, message, content):
        return Outcome.MESSAGE_STORED
    if is_comment(incoming, message, content) and (outcome := take_comment(incoming, message, content)) is not None:
        return outcome
    thanks = is_only_thanks(content.kind, content.text, has_files=content.file is not None)
    route = find_route(incoming, message, thanks=thanks)
    if incoming.actor.is_staff and not route.is_answer and not _is_own(incoming, route):
        return explain_to_staff(incoming, message)
    if route.ticket is None and not route.is_new:
        if content.file is not None:
            tell_if_too_large(incoming, content.file)
        return _ask_where_it_belongs(incoming)
    outcome = write_and_tell(incoming, message, content, route)
    is_wish = outcome == Outcome.MESSAGE_STORED and not thanks and not incoming.flooded
    landed = _find_landed(incoming, route) if is_wish else None
    if landed is not None and landed.customer_id == incoming.person.pk:
        say_if_closed(landed, chat_id=incoming.chat_id)
    return outcome


def _find_landed(incoming: Incoming, route: Route) -> Ticket | None:
    """The ticket that the words went into: not the one that they were meant for, where that is over."""
    if route.ticket is not None and route.ticket.pk == incoming.chat.landed_in:
        return route.ticket
    return find_ticket(incoming.chat.landed_in) if incoming.chat.landed_in is not None else None


def write_and_tell(incoming: Incoming, message: telegram.Message, content: Content, route: Route) -> Outcome:
    """The same as `write`, and the person learns where their words went if they could think otherwise."""
    before, begun_in = incoming.chat.landed_in, incoming.chat.new_from_topic
    outcome = write(incoming, message, content, route)
    is_new = outcome == Outcome.TICKET_OPENED
    say_where_it_went(incoming, route, before, opened=is_new, begun_in=begun_in)
    return outcome


def write(incoming: Incoming, message: telegram.Message, content: Content, route: Route) -> Outcome:
    """Store the message in its ticket, opening one where needed.

    What is closed goes on in a new one, and further words in that one; what was merged in the other.
    """
    if route.reply_to is None:
        content = _with_answered(incoming, message, content)
    content = quote_only_answered(incoming, content, route)
    draft = make_draft(incoming, message, content, route)
    outcome, ticket = _write(incoming, message, draft, route)
    if _is_meant(incoming, route):
        begun_in = _find_left_topic(incoming, message, ticket)
        choose(incoming.chat, ticket.pk, at=incoming.said_at, from_topic=begun_in)
    if incoming.chat.landed_in != ticket.pk:
        incoming.chat.landed_in = ticket.pk
        incoming.chat.save(update_fields=["landed_in"])
    if message.is_topic_message and message.message_thread_id:
        adopt_topic(incoming.row.bot_id, incoming.chat_id, message.message_thread_id, ticket)
    link_message(incoming, message, message_id=draft.id, ticket_id=ticket.pk)
    if outcome == Outcome.TICKET_OPENED and not incoming.chat.is_business:
        ask_once(incoming)
    return outcome


def _is_meant(incoming: Incoming, route: Route) -> bool:
    """Whether what comes next goes where these words went: into the ticket that was asked for, or what goes on from the
    chosen one. Mere thanks, which go elsewhere, leave a new ticket to be opened."""
    if wants_new(incoming.chat, incoming.said_at):
        return route.is_new or route.is_answer
    return incoming.chat.chosen_ticket is not None and route.reply_to is None


def _find_left_topic(incoming: Incoming, message: telegram.Message, ticket: Ticket) -> int | None:
    """The topic of another ticket in which this one is begun, or was a moment ago."""
    thread = message.message_thread_id if message.is_topic_message else None
    if thread is None or not (
        wants_new(incoming.chat, incoming.said_at)
        or find_begun_in(incoming.chat, thread, incoming.said_at) == ticket.pk
    ):
        return None
    owner = find_ticket_of_topic(incoming.row.bot_id, incoming.chat_id, thread)
    return thread if owner is not None and owner != ticket else None


def _with_answered(incoming: Incoming, message: telegram.Message, content: Content) -> Content:
    """A customer answers what is no message of the desk's (a broadcast, a notice, what was there before it): its words
    are kept along. The ticket's own card says nothing that staff do not see."""
    if message.reply_to_message is None or incoming.actor.is_staff:
        return content
    place = message.reply_to_message.message_id
    link = find_link(incoming, place)
    if link and link.ticket and is_card(incoming.row.bot_id, incoming.chat_id, place, link.ticket):
        return content
    return replace(content, data={**content.data, **quote_answered(message)})


def continue_album(incoming: Incoming, message: telegram.Message, content: Content) -> bool:
    """Put a further item of an album into the message that has begun it, as late as it may come.

    False: there is none, or it takes no more; then the item is a message of its own in the same ticket.
    """
    album = find_album(incoming, message)
    if album is None or content.file is None:
        return False
    key = _file_key(incoming, message)
    reserve_file(incoming, key, content.file)
    try:
        with transaction.atomic():
            item = _album_item(message, content, key)
            conversation.join_album(actor=incoming.actor, message_id=album.message, item=item)
    except (NotFound, NotEditable):
        return False
    link_message(incoming, message, message_id=album.message, ticket_id=album.ticket)
    return True


def _file_key(incoming: Incoming, message: telegram.Message) -> UUID:
    return message_key(incoming.row.bot_id, incoming.chat_id, message.message_id, "file")


def _album_item(message: telegram.Message, content: Content, attachment: UUID) -> AlbumItem:
    return AlbumItem(
        place=message.message_id, attachment=attachment, text=content.text.strip(), entities=content.entities
    )


def _write(incoming: Incoming, message: telegram.Message, draft: MessageDraft, route: Route) -> tuple[Outcome, Ticket]:
    if route.ticket is not None:
        try:
            conversation.post_reply(actor=incoming.actor, ticket=route.ticket.pk, draft=draft)
        except TicketMerged as merged:
            going_on = Route(ticket=find_ticket(merged.data["ticket"]))
            return _write(incoming, message, draft, going_on)
        except TicketClosed:
            if route.ticket.customer_id != incoming.person.pk:  # an agent's answer: it must not begin one of their own
                raise
            goes_on = find_continuation(route.ticket, through_business=incoming.chat.is_business)
            if draft.reply_to is not None:  # nothing of another ticket is pointed at, but its words may be read
                draft = replace(draft, reply_to=None, content={**(draft.content or {}), **quote_answered(message)})
            if goes_on is not None:
                return _write(incoming, message, draft, Route(ticket=goes_on))
        else:
            return Outcome.MESSAGE_STORED, route.ticket
    return Outcome.TICKET_OPENED, _open(incoming, message, draft, route.ticket)


def is_repeated(incoming: Incoming, message: telegram.Message) -> bool:
    """Whether this message was stored before: the same one may come again under another update_id."""
    return find_link(incoming, message.message_id) is not None


def _is_own(incoming: Incoming, route: Route) -> bool:
    """An agent may be a customer too: with /new, or in a ticket of their own; of several they are asked which."""
    if route.ticket is not None:
        return route.ticket.customer_id == incoming.person.pk
    return wants_new(incoming.chat, incoming.said_at) or not route.is_new


def make_draft(incoming: Incoming, message: telegram.Message, content: Content, route: Route) -> MessageDraft:
    """All of it in one: Telegram's limit of 4096 counts characters, of which ours takes many more."""
    attachments: tuple[UUID, ...] = ()
    if content.file is not None:
        attachments = (_file_key(incoming, message),)
        reserve_file(incoming, attachments[0], content.file)
    album: dict[str, Any] = {}
    if message.media_group_id and attachments:
        album = album_content([_album_item(message, content, attachments[0])])
    return MessageDraft(
        id=message_key(incoming.row.bot_id, incoming.chat_id, message.message_id),
        text=content.text,
        entities=content.entities,
        kind=content.kind,
        attachments=attachments,
        content={**content.data, **album},
        forwarded_from=content.forwarded_from,
        reply_to=route.reply_to,
        automatic=bool(message.is_from_offline) and incoming.actor.user_id is None,
    )


def _open(incoming: Incoming, message: telegram.Message, first: MessageDraft, closed: Ticket | None) -> Ticket:
    place = (incoming.row.bot_id, incoming.chat_id, message.message_id)
    wanted = incoming.chat.new_category if wants_new(incoming.chat, incoming.said_at) else None
    category = find_offered_category(wanted) if wanted is not None and closed is None else None
    draft = TicketDraft(
        id=message_key(*place, "ticket"),
        text=first.text,
        subject=_subject_without_text(first),
        category_id=category.pk if category is not None else None,
        message=first,
        customer_id=incoming.person.pk,
    )
    if closed is not None and closed.customer_id == incoming.person.pk:
        return continue_ticket(actor=incoming.actor, closed=closed.pk, draft=draft).ticket
    return open_ticket(actor=incoming.actor, draft=draft).ticket


def _subject_without_text(first: MessageDraft) -> str:
    """A picture without words still needs a name in the lists."""
    if first.text.strip() or first.kind == MessageKind.TEXT:
        return ""
    return str(MessageKind(first.kind).label)


def _ask_where_it_belongs(incoming: Incoming) -> Outcome:
    """Hold the message until the customer says which ticket they mean; ask once for all that is held, but not what came
    to a bot that the desk has no more (telegram_bot.former_bots): the answer would come to the present one."""
    is_present = incoming.row.bot_id == current_bot_id()
    if is_present and not held_in(incoming.row.bot_id, incoming.row.queue).exists():
        offer_tickets(incoming, Action.CHOOSE_TICKET)
    return Outcome.HELD
