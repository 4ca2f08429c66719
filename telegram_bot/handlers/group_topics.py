"""Of which ticket an update from the staff's group is."""

import telegram

from telegram_bot.models import MessageLink, StaffTopic, Update


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
