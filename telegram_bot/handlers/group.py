"""Updates from the staff's group: words in a ticket's topic, buttons of its card, what people do to topics."""

from contextlib import suppress
from uuid import UUID

import telegram
from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from telegram.constants import ChatMemberStatus, ChatType

from accounts.actors import Actor, Source
from accounts.errors import HelpDeskError, RateLimited
from accounts.models import Role, User
from accounts.rate_limits import nameless, stranger
from accounts.selectors.people import find_by_telegram_id
from accounts.text_cleaning import repair_text
from telegram_bot import outbox
from telegram_bot.customer_chat.menus import keep_group_commands_current
from telegram_bot.handlers import conversation, editing, group_buttons, notes, reactions
from telegram_bot.handlers.command_line import parse_command, read_note
from telegram_bot.handlers.contents import Content, keep_rest, read_content
from telegram_bot.handlers.group_topics import adopt_topic, find_topic, read_stray, reply_below, tell_of_stray
from telegram_bot.handlers.quoting import quote_only_answered
from telegram_bot.handlers.routing import Route, find_link, link_message
from telegram_bot.incoming import Incoming, Outcome
from telegram_bot.models import StaffTopic, Update
from telegram_bot.notices import answer_button
from telegram_bot.speech import texts
from telegram_bot.staff_group.chat import find_staff_chat_id, follow_migration, leave_general, remember_chat
from telegram_bot.staff_group.joined import find_meant
from telegram_bot.staff_group.membership import GROUP_UNREACHABLE
from telegram_bot.staff_group.removal import REMOVAL_REFUSED
from telegram_bot.staff_group.topics import owe_in_topic
from tickets.models import Message, Ticket
from tickets.selectors.tickets import get_message_for
from tickets.services.conversation import post_reply

_NAME_LIMIT = 60  # signs of a channel's name


def is_of_staff_group(update: telegram.Update) -> bool:
    place = update.effective_chat
    return place is not None and place.type != ChatType.PRIVATE and place.id == find_staff_chat_id()


def handle_in_group(row: Update, update: telegram.Update) -> Outcome:
    """Nobody becomes a person of the desk by writing here: agents are known by their Telegram account."""
    if update.my_chat_member is not None:
        _learn_what_the_bot_may(row, update.my_chat_member)
        return Outcome.MEMBERSHIP
    if update.message is not None and _is_about_the_group(row, update.message):
        return Outcome.MEMBERSHIP
    topic = find_topic(row, update)
    if topic is None and update.message is not None and (ticket := read_stray(update.message)) is not None:
        topic = _enter_stray(row, update.message, ticket)
        if topic is None:
            return Outcome.REFUSED
    if topic is not None and (nameless := _read_nameless(update)) is not None:
        return _tell_nameless(nameless, topic, is_new=update.message is not None)
    if topic is None and update.callback_query is not None:
        with translation.override(settings.LANGUAGE_CODE):
            answer_button(update.callback_query.id, _("This button no longer works."), alert=True)
        return Outcome.REFUSED
    account = update.effective_user
    if account is None or (topic is None and update.message_reaction is None):
        return Outcome.IGNORED
    person = find_agent(account)
    if person is None:
        return _turn_away(update, topic, account)
    chat = remember_chat(row.bot_id, _chat_of(update).id)
    keep_group_commands_current(chat)
    incoming = Incoming(row=row, update=update, person=person, chat=chat, actor=Actor.of(person, Source.TELEGRAM))
    with translation.override(person.language):
        return _act(incoming, topic)


def _enter_stray(row: Update, message: telegram.Message, ticket: Ticket) -> StaffTopic | None:
    """A topic that the desk did not know: it is the ticket's from now on, or who writes there learns that it is not,
    or that they are unknown to the desk."""
    topic = adopt_topic(row, message, ticket)
    is_agents = message.from_user is not None and find_agent(message.from_user) is not None
    if is_agents and read_content(message) is not None:
        tell_of_stray(message, ticket, is_adopted=topic is not None)
    elif topic is None and read_content(message) is not None:
        _turn_away_from_stray(message, ticket)
    return topic


def _turn_away_from_stray(message: telegram.Message, ticket: Ticket) -> None:
    """Once an hour, as in a topic that is the ticket's."""
    account = message.from_user
    with suppress(RateLimited), translation.override(settings.LANGUAGE_CODE):
        if _is_nameless(message) and message.sender_chat is not None:
            nameless(message.sender_chat.id, ticket.pk)
            is_group = message.sender_chat.id == message.chat.id
            reply_below(message, _say_nameless(message.sender_chat, is_group=is_group))
        elif account is not None and not account.is_bot:
            stranger(account.id)
            reply_below(message, _say_why(account))


def apologise_in_topic(row: Update, update: telegram.Update) -> None:
    """The update was given up: an agent must not believe that it went to the customer."""
    topic, account = find_topic(row, update), update.effective_user
    person = find_agent(account) if topic is not None and account is not None else None
    if person is not None:
        with translation.override(person.language):
            _say(update, topic, texts.render("trouble", edited=update.edited_message is not None))


def find_agent(account: telegram.User) -> User | None:
    person = find_by_telegram_id(account.id)
    return person if person is not None and person.is_active and person.has_role(Role.AGENT) else None


def _chat_of(update: telegram.Update) -> telegram.Chat:
    if update.effective_chat is None:
        raise ValueError("an update of no chat")
    return update.effective_chat


def _act(incoming: Incoming, topic: StaffTopic | None) -> Outcome:
    update = incoming.update
    try:
        with transaction.atomic():
            if update.message_reaction is not None:
                return reactions.receive_reaction(incoming, update.message_reaction)
            if topic is None:
                return Outcome.IGNORED
            if update.callback_query is not None:
                return group_buttons.press_in_group(incoming, update.callback_query, topic)
            edited = update.edited_message
            if edited is not None and not editing.is_first_seen(incoming, edited):
                return editing.edit_message(incoming, edited)
            if (message := update.message or edited) is not None:  # refused before, as if it had been written so
                return _receive(incoming, message, topic)
    except HelpDeskError as error:
        _say(update, topic, str(error))
        return Outcome.REFUSED
    return Outcome.IGNORED


# --- an agent's words ---
def _receive(incoming: Incoming, message: telegram.Message, topic: StaffTopic) -> Outcome:
    content = read_content(message)
    if content is None:
        return Outcome.IGNORED
    if conversation.is_repeated(incoming, message):
        return Outcome.REPEATED
    command = parse_command(content.text)
    if command is not None and command.name != "note":
        _say(incoming.update, topic, _("Here are no commands but /note. The card has buttons."))
        return Outcome.REFUSED
    is_note, text = read_note(content.text)
    if not is_note and conversation.continue_album(incoming, message, content):
        return Outcome.MESSAGE_STORED
    return _write(incoming, message, keep_rest(content, text), topic, is_note=is_note)


def _write(
    incoming: Incoming, message: telegram.Message, content: Content, topic: StaffTopic, *, is_note: bool
) -> Outcome:
    if not content.text and content.file is None and is_note:
        _say(incoming.update, topic, _("Write the note behind // or /note."))
        return Outcome.REFUSED
    if is_note:
        if warning := notes.keep_note(incoming, message, content, topic.ticket):
            _say(incoming.update, topic, warning)
        return Outcome.MESSAGE_STORED
    route = Route(reply_to=_answered(incoming, message, topic))
    draft = conversation.make_draft(incoming, message, quote_only_answered(incoming, content, route), route)
    post_reply(actor=incoming.actor, ticket=topic.ticket, draft=draft)
    link_message(incoming, message, message_id=draft.id, ticket_id=topic.ticket)
    return Outcome.MESSAGE_STORED


def _answered(incoming: Incoming, message: telegram.Message, topic: StaffTopic) -> UUID | None:
    """The message of the same ticket that is replied to, where the customer may see it."""
    if message.reply_to_message is None:
        return None
    link = find_link(incoming, message.reply_to_message.message_id)
    if link is None or link.ticket != topic.ticket:
        return None
    if link.message is not None:
        meant: Message | None = get_message_for(incoming.actor, link.message)
    else:
        meant = find_meant(incoming.actor, link, message.quote.text if message.quote is not None else "")
    return None if meant is None or meant.internal else meant.pk


# --- who it is ---
def _turn_away(update: telegram.Update, topic: StaffTopic | None, account: telegram.User) -> Outcome:
    """What is not an agent's reaches no ticket; they are told why, once in a while."""
    if update.message_reaction is not None or topic is None or account.is_bot:
        return Outcome.IGNORED
    if update.edited_message is not None:
        return Outcome.REFUSED
    try:
        stranger(account.id)
    except RateLimited:
        if update.callback_query is not None:  # the button must not wait
            answer_button(update.callback_query.id)
        return Outcome.FLOOD
    with translation.override(settings.LANGUAGE_CODE):
        _say(update, topic, _say_why(account))
    return Outcome.REFUSED


def _say_why(account: telegram.User) -> str:
    """A role helps nobody who is banned."""
    person = find_by_telegram_id(account.id)
    if person is not None and not person.is_active:
        return _("This did not reach the customer: you may no longer use this desk. Ask an administrator.")
    return _(
        "This did not reach the customer: you are no agent of this desk. An administrator makes you one by your"
        " Telegram id: /role %(number)s agent"
    ) % {"number": account.id}


def _read_nameless(update: telegram.Update) -> telegram.Message | None:
    """What somebody wrote as a channel, or an anonymous administrator as the group itself: its `from` is nobody's."""
    message = update.message or update.edited_message
    return message if message is not None and _is_nameless(message) else None


def _is_nameless(message: telegram.Message) -> bool:
    return message.sender_chat is not None and not message.is_automatic_forward


def _tell_nameless(message: telegram.Message, topic: StaffTopic, *, is_new: bool) -> Outcome:
    """It reaches no ticket. Once an hour in each topic they are told so, and what to do."""
    sender = message.sender_chat
    if sender is None or read_content(message) is None:
        return Outcome.IGNORED
    if not is_new:
        return Outcome.REFUSED
    try:
        nameless(sender.id, topic.ticket)
    except RateLimited:
        return Outcome.FLOOD
    with translation.override(settings.LANGUAGE_CODE):
        owe_in_topic(topic, _say_nameless(sender, is_group=sender.id == message.chat.id), reply_to=message.message_id)
    return Outcome.REFUSED


def _say_nameless(sender: telegram.Chat, *, is_group: bool) -> str:
    if is_group:
        return _(
            "This did not reach the customer: who writes as an anonymous administrator is unknown to the desk. Switch"
            " off “Remain Anonymous” in your rights as an administrator of this group, and write it again."
        )
    return _(
        "This did not reach the customer: who writes as “%(name)s” is unknown to the desk. Tap the picture beside the"
        " field in which you write, choose your own account, and write it again."
    ) % {"name": repair_text(sender.effective_name or "")[:_NAME_LIMIT]}


def _say(update: telegram.Update, topic: StaffTopic | None, text: str) -> None:
    if update.callback_query is not None:
        answer_button(update.callback_query.id, text, alert=True)
    elif topic is not None and (about := update.message or update.edited_message or update.message_reaction):
        owe_in_topic(topic, text, reply_to=about.message_id)


# --- what people do to the group ---
def _learn_what_the_bot_may(row: Update, change: telegram.ChatMemberUpdated) -> None:
    """Perhaps it may write again; where it may make topics now, tickets leave General with what comes next."""
    outbox.hasten(row.bot_id, [GROUP_UNREACHABLE, REMOVAL_REFUSED])
    member = change.new_chat_member
    if member.status in (ChatMemberStatus.MEMBER, ChatMemberStatus.ADMINISTRATOR):
        keep_group_commands_current(remember_chat(row.bot_id, change.chat.id))
    if change.chat.is_forum and isinstance(member, telegram.ChatMemberAdministrator) and member.can_manage_topics:
        leave_general(row.bot_id, change.chat.id)


def _is_about_the_group(row: Update, message: telegram.Message) -> bool:
    """What Telegram itself says of the group and its topics."""
    if message.migrate_to_chat_id is not None:
        remember_chat(row.bot_id, message.chat.id)
        follow_migration(row.bot_id, old=message.chat.id, new=message.migrate_to_chat_id)
        keep_group_commands_current(remember_chat(row.bot_id, message.migrate_to_chat_id))
        return True
    closed = message.forum_topic_closed is not None or message.general_forum_topic_hidden is not None
    if closed or message.forum_topic_reopened is not None:
        topics = StaffTopic.objects.filter(bot_id=row.bot_id, chat_id=message.chat.id)
        topics.filter(thread_id=message.message_thread_id or 0).update(is_closed=closed)
        return True
    return bool(
        message.forum_topic_created
        or message.forum_topic_edited
        or message.new_chat_members
        or message.left_chat_member
        or message.migrate_from_chat_id
    )
