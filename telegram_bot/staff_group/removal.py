"""What the staff's group was told of people whose data are erased is removed there too."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from django.db.models import QuerySet

from telegram_bot.identity import current_bot_id
from telegram_bot.models import MessageLink, OutgoingCall, StaffTopic
from telegram_bot.outbox import CallDraft, enqueue
from telegram_bot.verdicts import Sent, Verdict

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


def remove_made(call: OutgoingCall, verdict: Verdict) -> None:
    """What a call made while the data of its ticket's customer were erased: nothing else knows of it any more."""
    if not isinstance(verdict, Sent) or call.queue is None:
        return
    made = verdict.result if isinstance(verdict.result, list) else [verdict.result]
    known = [one for one in made if isinstance(one, dict)]
    topics = [one["message_thread_id"] for one in known if "message_id" not in one and "message_thread_id" in one]
    messages = [one["message_id"] for one in known if "message_id" in one]
    enqueue([_removal_of_topic(call.queue, thread) for thread in topics])
    enqueue(list(_removals_of_messages(call.queue, messages)))


def _removals(topic: StaffTopic) -> Iterator[CallDraft]:
    """Ids alone: the call outlives what it removes. In General, which is everybody's, message by message."""
    if topic.thread_id:
        yield _removal_of_topic(topic.chat_id, topic.thread_id)
    else:
        links = _links_of(topic).order_by("telegram_message_id")
        yield from _removals_of_messages(topic.chat_id, links.values_list("telegram_message_id", flat=True))


def _removal_of_topic(chat_id: int, thread: int) -> CallDraft:
    return CallDraft(method="deleteForumTopic", params={"message_thread_id": thread}, queue=chat_id)


def _removals_of_messages(chat_id: int, messages: Iterable[int]) -> Iterator[CallDraft]:
    numbers = list(messages)
    for start in range(0, len(numbers), _AT_ONCE):
        some = numbers[start : start + _AT_ONCE]
        yield CallDraft(method="deleteMessages", params={"message_ids": some}, queue=chat_id)


def _links_of(topic: StaffTopic) -> QuerySet[MessageLink]:
    return MessageLink.objects.filter(bot_id=topic.bot_id, chat_id=topic.chat_id, ticket=topic.ticket)
