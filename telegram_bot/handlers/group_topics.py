"""Of which ticket an update from the staff's group is."""

import re

import telegram
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from telegram_bot.models import Direction, MessageLink, StaffTopic, Update
from telegram_bot.outbox import CallDraft, enqueue_once
from telegram_bot.staff_group.texts import name_topic
from telegram_bot.staff_group.topics import link_to_topic
from tickets.models import Ticket
from tickets.selectors.tickets import find_ticket, list_subjects

_MARK = re.compile(r"[#№][ \u00a0]?([0-9]{1,18}) ")


def find_topic(row: Update, update: telegram.Update) -> StaffTopic | None:
    """The ticket's topic that the update is in, also one that was given up; else, as in General, that of the message
    it answers, whose button it is or whose album it goes on with: of an album only the first item may be a reply."""
    if update.message_reaction is not None:
        return _topic_of(row, update.message_reaction.chat.id, update.message_reaction.message_id)
    message = update.effective_message
    if not isinstance(message, telegram.Message):
        return None
    if message.is_topic_message and message.message_thread_id:
        topics = StaffTopic.objects.filter(bot_id=row.bot_id, chat_id=message.chat.id)
        topic = topics.filter(thread_id=message.message_thread_id).first()
        if topic := topic or _topic_of(row, message.chat.id, message.message_thread_id):
            return topic
    about = message if update.callback_query is not None else (message.reply_to_message or message)
    return _topic_of(row, message.chat.id, about.message_id) or _topic_of_album(row, message)


def _topic_of(row: Update, chat_id: int, message_id: int) -> StaffTopic | None:
    links = MessageLink.objects.filter(bot_id=row.bot_id, chat_id=chat_id, telegram_message_id=message_id)
    return _topic_of_link(row, links.first())


def _topic_of_album(row: Update, message: telegram.Message) -> StaffTopic | None:
    if not message.media_group_id:
        return None
    links = MessageLink.objects.filter(
        bot_id=row.bot_id, chat_id=message.chat.id, media_group=message.media_group_id, ticket__isnull=False
    )
    return _topic_of_link(row, links.order_by("-id").first())


def _topic_of_link(row: Update, link: MessageLink | None) -> StaffTopic | None:
    if link is None or link.ticket is None:
        return None
    return StaffTopic.objects.filter(bot_id=row.bot_id, chat_id=link.chat_id, ticket=link.ticket).first()


def leads_to_ticket(row: Update, message: telegram.Message) -> bool:
    """Whether it stands in a ticket's topic, or answers what is a ticket's, in a group that may not be the set one."""
    thread = message.message_thread_id if message.is_topic_message else None
    answered = message.reply_to_message.message_id if message.reply_to_message is not None else None
    own = {"bot_id": row.bot_id, "chat_id": message.chat.id}
    numbers = [number for number in (thread, answered) if number]
    links = MessageLink.objects.filter(**own, telegram_message_id__in=numbers, ticket__isnull=False)
    return links.exists() or (bool(thread) and StaffTopic.objects.filter(**own, thread_id=thread).exists())


# --- topics that the desk does not know ---
def read_stray(message: telegram.Message) -> Ticket | None:
    """The ticket that the message's topic bears the number of, where a bot made it.

    Such a topic is left where the answer to its making was lost, by another bot of the desk's, or before an older
    database was restored. What is written there answers the message that made it, unless it answers another one.
    """
    first = message.reply_to_message
    if not message.is_topic_message or first is None or first.forum_topic_created is None:
        return None
    mark = _MARK.match(first.forum_topic_created.name)
    if mark is None or first.from_user is None or not first.from_user.is_bot:
        return None
    return find_ticket(mark[1])


def adopt_topic(row: Update, message: telegram.Message, ticket: Ticket) -> StaffTopic | None:
    """It is the ticket's besides the one in which that goes on. None: it may be another's, for the number alone proves
    nothing, nor does the name in the topic of another bot. The name is that of when it was made (Bot API,
    ForumTopicCreated), so any subject counts that the ticket has had."""
    first = message.reply_to_message
    if first is None or first.forum_topic_created is None or first.from_user is None:
        return None
    with translation.override(settings.LANGUAGE_CODE):
        names = {name_topic(ticket, subject) for subject in list_subjects(ticket.pk)}
        is_its = first.from_user.id == row.bot_id and first.forum_topic_created.name in names
    if not is_its:
        return None
    topic = StaffTopic.objects.filter(bot_id=row.bot_id, chat_id=message.chat.id, ticket=ticket.pk).first()
    if topic is not None:
        MessageLink.objects.get_or_create(
            bot_id=row.bot_id,
            chat_id=message.chat.id,
            telegram_message_id=message.message_thread_id or first.message_id,
            defaults={"ticket": ticket.pk, "direction": Direction.OUTGOING, "is_topic": True},
        )
    return topic


def tell_of_stray(message: telegram.Message, ticket: Ticket, *, is_adopted: bool) -> None:
    """In that topic, in the desk's own language: where the ticket goes on."""
    with translation.override(settings.LANGUAGE_CODE):
        if is_adopted:
            text = _(
                "What agents write here goes to the customer of %(mark)s; the conversation goes on in another topic."
            )
        else:
            text = _("This did not reach the customer: the desk does not know this topic as that of %(mark)s.")
        text = f"{text % {'mark': ticket.mark}}\n{link_to_topic(ticket.pk)}".strip()
    reply_below(message, text)


def reply_below(message: telegram.Message, text: str) -> None:
    """The bot's own words, where no ticket's topic is; once for an album."""
    key = f"below:{message.chat.id}:{message.media_group_id}" if message.media_group_id else ""
    reply = {"message_id": message.message_id, "allow_sending_without_reply": True}
    thread = {"message_thread_id": message.message_thread_id} if message.is_topic_message else {}
    params = {"text": text, "reply_parameters": reply, **thread}
    enqueue_once(CallDraft(method="sendMessage", params=params, queue=message.chat.id, coalesce_key=key))
