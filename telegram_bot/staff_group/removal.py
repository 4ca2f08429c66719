"""What the staff's group was told of people whose data are erased is removed there too, as is what agents wrote there
and somebody removes elsewhere.

For lack of the right a removal waits, and holds nobody up meanwhile. What no bot can remove, because it is older than
48 hours or the right did not come in time, is named in the group, for somebody to delete by hand.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Min, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import clock
from telegram_bot.identity import current_bot_id
from telegram_bot.models import Chat, Direction, MessageLink, OutgoingCall, StaffTopic
from telegram_bot.outbox import CallDraft, enqueue
from telegram_bot.staff_group.refusals import forbids_removal
from telegram_bot.staff_group.topics import link_into_group
from telegram_bot.verdicts import TOPIC_GONE, Again, Failed, Sent, Verdict

REMOVAL_REFUSED = "removal_refused"
_AT_ONCE = 100  # messages in one call (Bot API, deleteMessages)
_REMOVABLE = timedelta(hours=48)  # since it was sent (Bot API, deleteMessage); a topic is at any age
_LOOK_AGAIN_AFTER = 300.0  # seconds, while the bot may not delete
_METHODS = ("deleteMessages", "deleteForumTopic")
_TOLD = "@told"  # in `params`: the group knows already that it stands there


def remove_from_group(tickets: Iterable[UUID]) -> None:
    """Owe the removal of these tickets' topics with all that stands in them, and forget them. Idempotent.

    Also of the topics that were given up, and of what came into General, or into a group that was the set one before.
    """
    bot_id, ids = current_bot_id(), list(tickets)
    topics = list(StaffTopic.objects.select_for_update(no_key=True).filter(bot_id=bot_id, ticket__in=ids))
    links = MessageLink.objects.filter(bot_id=bot_id, ticket__in=ids, chat_id__lt=0)
    places = set(links.order_by().values_list("ticket", "chat_id").distinct())
    places |= {(topic.ticket, topic.chat_id) for topic in topics}
    threads = {(topic.ticket, topic.chat_id): topic.thread_id or 0 for topic in topics}
    moved = _list_moved(bot_id)
    for ticket, chat_id in sorted((ticket, chat_id) for ticket, chat_id in places if ticket is not None):
        own = links.filter(ticket=ticket, chat_id=chat_id)
        if chat_id not in moved:
            enqueue(list(_removals(chat_id, own, threads.get((ticket, chat_id), 0))))
    links.delete()
    StaffTopic.objects.filter(pk__in=[topic.pk for topic in topics]).delete()


def remove_made(call: OutgoingCall, verdict: Verdict) -> None:
    """What a call made while the data of its ticket's customer were erased: nothing else knows of it any more."""
    if not isinstance(verdict, Sent) or call.queue is None:
        return
    made = verdict.result if isinstance(verdict.result, list) else [verdict.result]
    known = [one for one in made if isinstance(one, dict)]
    topics = [one["message_thread_id"] for one in known if "message_id" not in one and "message_thread_id" in one]
    messages = [(one["message_id"], clock.now()) for one in known if "message_id" in one]
    enqueue([_removal_of_topic(call.queue, thread) for thread in topics])
    enqueue(list(_removals_of_messages(call.queue, messages)))


def remove_when_allowed(call: OutgoingCall, refusal: str) -> None:
    """What was removed elsewhere and the bot may not delete there now, where it may once it has the right. That it was
    removed is said meanwhile.

    refusal: Telegram's words.
    """
    places = call.params.get("@removing", [])
    if "@removed" not in call.params or call.queue is None or not forbids_removal(refusal):
        return
    links = MessageLink.objects.filter(bot_id=call.bot_id, chat_id=call.queue, telegram_message_id__in=places)
    sent_at = links.aggregate(first=Min("created_at"))["first"]
    if sent_at is None or sent_at <= clock.now() - _REMOVABLE:
        return
    params = {"message_ids": places, "@removing": places, _TOLD: True}
    ends = sent_at + _REMOVABLE
    enqueue([CallDraft(method="deleteMessages", params=params, queue=call.queue, expires_at=ends)])


def wait_for_right(call: OutgoingCall, verdict: Failed) -> Verdict:
    """The verdict to record on a removal that Telegram refused; on any other call it stays as it is."""
    if not _is_removal(call):
        return verdict
    if verdict.code == TOPIC_GONE:
        return Sent(result=True)  # somebody was faster
    if not forbids_removal(verdict.text):
        return verdict
    return Again(code=REMOVAL_REFUSED, text=verdict.text, delay=_LOOK_AGAIN_AFTER, aside=True)


def tell_what_stays(call: OutgoingCall, verdict: Failed) -> None:
    """A call that is given up for good: where it was to remove something, members of the group may do so."""
    if not _is_removal(call) or _TOLD in call.params or call.queue is None:
        return
    thread = call.params.get("message_thread_id")
    is_forbidden = verdict.code == "expired" or forbids_removal(verdict.text)
    enqueue([_plea(call.queue, [thread] if thread else call.params["message_ids"], is_forbidden=is_forbidden)])


def hand_over_removal(call: OutgoingCall) -> None:
    """The call of a bot that the desk has no more: where it was to remove something, the present one has to."""
    if _is_removal(call):
        params = {name: value for name, value in call.params.items() if name != "@spare"}
        enqueue([CallDraft(method=call.method, params=params, queue=call.queue, expires_at=call.expires_at)])


def _is_removal(call: OutgoingCall) -> bool:
    """Of this module: in the group, and of no ticket any more."""
    return call.queue is not None and call.queue < 0 and call.method in _METHODS and "@topic" not in call.params


def _list_moved(bot_id: int) -> set[int]:
    """Groups that became supergroups, where the numbers of their messages are others'."""
    return set(Chat.objects.filter(bot_id=bot_id).exclude(migrated_to=None).values_list("telegram_id", flat=True))


def _removals(chat_id: int, links: QuerySet[MessageLink], thread: int) -> Iterator[CallDraft]:
    """Ids alone: the call outlives what it removes. In General, which is everybody's, message by message.

    thread: of the topic that is the ticket's now, 0 where it has none. Its number is that of its first message, so
    that lower ones stand elsewhere; of higher ones those do that agents wrote in General since.
    """
    former = links.filter(is_topic=True).order_by("telegram_message_id").values_list("telegram_message_id", flat=True)
    for number in dict.fromkeys([*former, *([thread] if thread else [])]):
        yield _removal_of_topic(chat_id, number)
    apart = links.filter(is_topic=False).order_by("telegram_message_id")
    if thread:
        apart = apart.filter(Q(telegram_message_id__lt=thread) | Q(in_general=True))
    since = clock.now() - _REMOVABLE
    # one that may not be deleted has the whole call refused (TDLib, delete_messages); its own a bot always may
    for direction in (Direction.OUTGOING, Direction.INCOMING):
        young = apart.filter(created_at__gt=since, direction=direction)
        yield from _removals_of_messages(chat_id, young.values_list("telegram_message_id", "created_at"))
    old = list(apart.filter(created_at__lte=since).values_list("telegram_message_id", flat=True))
    for start in range(0, len(old), _AT_ONCE):
        yield _plea(chat_id, old[start : start + _AT_ONCE])


def _removal_of_topic(chat_id: int, thread: int) -> CallDraft:
    return CallDraft(method="deleteForumTopic", params={"message_thread_id": thread}, queue=chat_id)


def _removals_of_messages(chat_id: int, messages: Iterable[tuple[int, datetime]]) -> Iterator[CallDraft]:
    """messages: Telegram's number of each, and when it was sent."""
    found = list(messages)
    for start in range(0, len(found), _AT_ONCE):
        some = found[start : start + _AT_ONCE]
        params = {"message_ids": [number for number, _sent in some]}
        ends = min(sent_at for _number, sent_at in some) + _REMOVABLE
        yield CallDraft(method="deleteMessages", params=params, queue=chat_id, expires_at=ends)


def _plea(chat_id: int, numbers: list[int], *, is_forbidden: bool = True) -> CallDraft:
    """Into General: the topic may be what is to go. numbers: of messages, or of a topic; a hundred at most.

    is_forbidden: the bot may not; else Telegram gave no such answer, or none, and what is to go may be gone.
    """
    with translation.override(settings.LANGUAGE_CODE):
        if is_forbidden:
            text = _(
                "🗑 A customer's data were erased, and the bot may not delete what this group was told of them: Telegram"
                " allows that for 48 hours, for topics and the words of others only with the right “Delete messages”."
                " Please delete it by hand."
            )
        else:
            text = _(
                "🗑 A customer's data were erased, and Telegram did not say that it deleted what this group was told of"
                " them. Please look, and delete by hand what still stands there."
            )
    links = [link for number in numbers if (link := link_into_group(chat_id, number))]
    params = {"text": "\n".join([text, *links]), "link_preview_options": {"is_disabled": True}}
    return CallDraft(method="sendMessage", params=params, queue=chat_id)
