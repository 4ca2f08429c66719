"""Which group it is. A group that becomes a supergroup gets another id; the setting stays, the chat's row knows."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Now

from telegram_bot import outbox
from telegram_bot.coalescing import lock_keys
from telegram_bot.identity import current_bot_id
from telegram_bot.models import CallState, Chat, Direction, MessageLink, OutgoingCall, StaffTopic
from telegram_bot.models.outgoing_call import UNDONE

SUPERGROUP = "supergroup"
GENERAL = 0  # Telegram's own number for it is 1, which it does not take in calls
GROUP_CHANGED = "group_changed"  # why a call goes on in another group, or stays behind in this one
_MOST_MOVES = 5
# what stands, or was said, in the one group, and in no other
_DONE_IN_PART = ("@piece", "@one", "@taken_back", "@removing", "@doubted")
_NOT_OVER = (*UNDONE, CallState.HOLD)
_AT_ONCE = 500  # rows written by one statement


def find_staff_chat_id() -> int | None:
    """The group's id as it is now; None: the desk has no group."""
    chat_id: int | None = settings.TELEGRAM_STAFF_CHAT_ID
    for _move in range(_MOST_MOVES):
        if chat_id is None:
            return None
        moves = Chat.objects.filter(bot_id=current_bot_id(), telegram_id=chat_id)
        became = moves.values_list("migrated_to", flat=True).first()
        if became is None:
            return chat_id
        chat_id = became
    return chat_id


def remember_chat(bot_id: int, chat_id: int) -> Chat:
    chat, _created = Chat.objects.get_or_create(bot_id=bot_id, telegram_id=chat_id, defaults={"type": SUPERGROUP})
    return chat


def follow_migration(bot_id: int, *, old: int, new: int) -> None:
    """What waits for the group goes to its new id; topics, which the old one could not have, are made there."""
    if old == new:
        return
    Chat.objects.filter(bot_id=bot_id, telegram_id=old).update(migrated_to=new)
    outbox.move_queue(bot_id, old=old, new=new)
    _make_anew(StaffTopic.objects.filter(bot_id=bot_id, chat_id=old), new)


def follow_setting(bot_id: int, *, old: int, new: int) -> None:
    """Another group was set: topics are made there with what comes next, and what the former one was still owed of
    tickets goes there, before that. What is about its own messages stays behind."""
    remember_chat(bot_id, new)
    topics = StaffTopic.objects.filter(bot_id=bot_id, chat_id=old)
    remember_threads(topics)
    threads = {str(topic.ticket): topic.thread_id for topic in topics}
    owed = OutgoingCall.objects.filter(bot_id=bot_id, queue=old, params__has_key="@topic", state__in=_NOT_OVER)
    # keys before rows, as everywhere
    lock_keys(bot_id, owed.exclude(coalesce_key="").order_by().values_list("coalesce_key", flat=True).distinct())
    calls = list(owed.select_for_update(no_key=True).order_by("id"))
    for call in calls:
        if is_about_messages(call):
            leave_behind(call, threads.get(call.params["@topic"]))
        else:
            call.queue, call.attempts = new, 0
            forget_progress(call)
            if call.state == CallState.PENDING:
                call.next_attempt_at = Now()
    fields = ["queue", "params", "attempts", "next_attempt_at"]
    OutgoingCall.objects.bulk_update(calls, fields, batch_size=_AT_ONCE)
    _make_anew(topics, new)


def remember_threads(topics: Iterable[StaffTopic]) -> None:
    """They are given up. Whoever still writes in one means its ticket, and it goes when its customer is erased."""
    given_up = [topic for topic in topics if topic.thread_id]
    links = [_link(topic, topic.chat_id, topic.thread_id or 0, is_topic=True) for topic in given_up]
    MessageLink.objects.bulk_create(links, ignore_conflicts=True)


def remember_made(topic: StaffTopic, chat_id: int, made: dict[str, Any]) -> None:
    """What was made for the topic's ticket in a group that is no longer the set one: a topic, or a message."""
    number = made.get("message_id") or made.get("message_thread_id")
    if number:
        link = _link(topic, chat_id, number, is_topic="message_id" not in made)
        MessageLink.objects.bulk_create([link], ignore_conflicts=True)


def _link(topic: StaffTopic, chat_id: int, number: int, *, is_topic: bool) -> MessageLink:
    return MessageLink(
        bot_id=topic.bot_id,
        chat_id=chat_id,
        telegram_message_id=number,
        ticket=topic.ticket,
        direction=Direction.OUTGOING,
        is_topic=is_topic,
    )


def forget_progress(call: OutgoingCall) -> None:
    """In another group it begins anew."""
    for name in _DONE_IN_PART:
        call.params.pop(name, None)


def is_about_messages(call: OutgoingCall) -> bool:
    """Whether it names messages of its group by their numbers, which are others' in another one."""
    return bool({"reply_parameters", "message_id"} & call.params.keys())


def leave_behind(call: OutgoingCall, thread: int | None) -> None:
    """It belongs to no topic any more that is known; thread: where it was to go."""
    for name in ("@topic", "@ticket"):
        call.params.pop(name, None)
    if thread and "reply_parameters" in call.params:
        call.params["message_thread_id"] = thread


def leave_general(bot_id: int, chat_id: int) -> None:
    """Tickets for which Telegram made no topic get one when something is next said of them."""
    _make_anew(StaffTopic.objects.filter(bot_id=bot_id, chat_id=chat_id, thread_id=GENERAL), chat_id)


def _make_anew(topics: QuerySet[StaffTopic], chat_id: int) -> None:
    topics.update(chat_id=chat_id, thread_id=None, card_message_id=None, is_closed=False)
