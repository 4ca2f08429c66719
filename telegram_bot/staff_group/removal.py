"""What the staff's group was told of people whose data are erased is removed there too."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from django.db.models import QuerySet

from telegram_bot.identity import current_bot_id
from telegram_bot.models import MessageLink, StaffTopic
from telegram_bot.outbox import CallDraft, enqueue

_AT_ONCE = 100  # messages in one call (Bot API, deleteMessages)


def remove_from_group(tickets: Iterable[UUID]) -> None:
    """Owe the removal of these tickets' topics with all that stands in them, and forget them. Idempotent."""
    topics = list(StaffTopic.objects.select_for_update(no_key=True).filter(bot_id=current_bot_id(), ticket__in=tickets))
    if not topics:
        return
    enqueue([draft for topic in topics for draft in _removals(topic)])
    for topic in topics:
        _links_of(topic).delete()
        topic.delete()


def _removals(topic: StaffTopic) -> Iterator[CallDraft]:
    """Ids alone: the call outlives what it removes. In General, which is everybody's, message by message."""
    if topic.thread_id:
        yield CallDraft(method="deleteForumTopic", params={"message_thread_id": topic.thread_id}, queue=topic.chat_id)
    else:
        links = _links_of(topic).order_by("telegram_message_id")
        messages = list(links.values_list("telegram_message_id", flat=True))
        for start in range(0, len(messages), _AT_ONCE):
            some = messages[start : start + _AT_ONCE]
            yield CallDraft(method="deleteMessages", params={"message_ids": some}, queue=topic.chat_id)


def _links_of(topic: StaffTopic) -> QuerySet[MessageLink]:
    return MessageLink.objects.filter(bot_id=topic.bot_id, chat_id=topic.chat_id, ticket=topic.ticket)
