"""What the end of a call tells of its topic. People delete and close topics all the time: nothing is lost by that."""

from typing import Any

from telegram_bot.answering.file_messages import FILE_FIELDS
from telegram_bot.models import OutgoingCall, StaffTopic
from telegram_bot.outbox import enqueue
from telegram_bot.staff_group.chat import (
    GENERAL,
    GROUP_CHANGED,
    forget_progress,
    is_about_messages,
    leave_behind,
    remember_made,
    remember_threads,
)
from telegram_bot.staff_group.membership import TOPIC_LOCKED, changes_what_stands, doubt, settle_doubt, wait_later
from telegram_bot.staff_group.one_by_one import (
    STEP_ITEM,
    STEP_TAKEN_BACK,
    begin_again,
    has_skipped,
    item_done,
    leave_copies,
    link_piece,
    taken_back,
)
from telegram_bot.staff_group.refusals import forbids_this_kind, forbids_writing
from telegram_bot.staff_group.removal import remove_made, remove_when_allowed, wait_for_right
from telegram_bot.staff_group.rendering import STEP_CARD, STEP_PIECE, STEP_REOPEN, STEP_TOPIC
from telegram_bot.staff_group.topics import draft_closing
from telegram_bot.verdicts import MIGRATED, NO_TOPICS, TOPIC_CLOSED, TOPIC_GONE, Again, Changed, Failed, Sent, Verdict
from tickets.selectors.tickets import find_ticket

_KIND_FORBIDDEN = "kind_forbidden"
_TOPICS_TRIED = 2  # then General has to do
_FOR_COPIES = {"@unquoted", "@described"}  # what a copy can be tried with; other changes mean nothing to it


def learn_of_topic(call: OutgoingCall, verdict: Verdict) -> Verdict:
    """The verdict to record: a step that makes ready, a topic that is gone or closed, are no ends of the call."""
    verdict = settle_doubt(call, verdict)
    topic = (
        StaffTopic.objects.select_for_update(no_key=True)
        .filter(bot_id=call.bot_id, ticket=call.params["@topic"])
        .first()
    )
    if topic is None:  # its customer was erased meanwhile
        remove_made(call, verdict)
        return verdict
    if call.queue != topic.chat_id:
        return _of_former_group(call, topic, verdict)
    match verdict:
        case Sent(step=step, result=result) if step:
            return _step_done(call, topic, step, result)
        case Sent(result=result) if "@one" not in call.params and has_skipped(call, result):
            return begin_again(call, topic, result)
        case Failed(code=code):
            return _failed(call, topic, code, verdict)
        case Changed(queue=None, params=params) if "@places" in call.params and not _FOR_COPIES & params.keys():
            return _copied_otherwise(call, topic) or verdict
    return verdict


def _of_former_group(call: OutgoingCall, topic: StaffTopic, verdict: Verdict) -> Verdict:
    """Another group was set while the call was under way: what it has not said yet it says there, as its row is by now;
    what was left behind stays in the former one."""
    match verdict:
        case Sent(step="", result=result) if "@one" in call.params or not has_skipped(call, result):
            return verdict
        case Again(ambiguous=True):  # it may stand in the former group
            call.ambiguous = call.ambiguous or call.leaves_two
    if isinstance(verdict, Sent) and call.queue is not None:
        made = verdict.result if isinstance(verdict.result, list) else [verdict.result]
        for one in made:
            if isinstance(one, dict):
                remember_made(topic, call.queue, one)
    call.params = OutgoingCall.objects.filter(pk=call.pk).values_list("params", flat=True).first() or call.params
    if is_about_messages(call):  # it had failed when the other group was set, and is tried again
        leave_behind(call, None)
    if "@topic" not in call.params:
        return _again(GROUP_CHANGED) if isinstance(verdict, Sent) else verdict
    if isinstance(verdict, Changed) and verdict.code == MIGRATED:
        return verdict
    forget_progress(call)
    return Changed(code=GROUP_CHANGED, params={}, queue=topic.chat_id)


def wait_for_group(call: OutgoingCall, verdict: Verdict) -> Verdict:
    """What goes into the group waits until the bot may write there: at the chat of all tickets no failure is written,
    as it is at a person's, whose next word takes it back."""
    verdict = settle_doubt(call, verdict)
    if not isinstance(verdict, Failed) or call.queue is None or call.queue >= 0:
        return verdict
    if not verdict.unreachable:
        return wait_for_right(call, verdict)
    asking = doubt(call, None, verdict) if "@topic" not in call.params else None
    return asking or wait_later(verdict)


def _step_done(call: OutgoingCall, topic: StaffTopic, step: str, result: Any) -> Verdict:
    if step == STEP_TOPIC:
        _change(topic, thread_id=result["message_thread_id"], is_closed=False, card_message_id=None)
        _close_again(topic)
    elif step == STEP_REOPEN:
        _change(topic, is_closed=False)
        _close_again(topic)
    elif step == STEP_PIECE:
        link_piece(topic, result["message_id"], call.params["@message"])
        return Changed(code=f"step_{step}", params={"@piece": call.params.get("@piece", 0) + 1})
    elif step == STEP_ITEM:
        return item_done(call, topic, result)
    elif step == STEP_TAKEN_BACK:
        return taken_back(call, topic)
    elif step == STEP_CARD:
        _change(topic, card_message_id=result["message_id"])
        link_piece(topic, result["message_id"])
        if "@card" in call.params:  # what was owed has just been said
            return Sent(result=result)
    return _again(f"step_{step}")


def _close_again(topic: StaffTopic) -> None:
    """That of a merged ticket was opened only for what is said there now (of an edit, a refusal)."""
    ticket = find_ticket(topic.ticket)
    if ticket is not None and ticket.merged_into_id is not None:
        enqueue([draft_closing(topic)])


def _give_up_thread(topic: StaffTopic, thread: int | None) -> None:
    remember_threads([topic])
    _change(topic, thread_id=thread, is_closed=False, card_message_id=None)


def _leave_locked(call: OutgoingCall, topic: StaffTopic) -> None:
    """As a closed one, which who made it may open without the right to manage topics; then General has to do."""
    if topic.is_closed or call.attempts >= _TOPICS_TRIED:
        _give_up_thread(topic, GENERAL)
    elif topic.thread_id:
        _change(topic, is_closed=True)


def _of_the_topic(call: OutgoingCall, topic: StaffTopic, code: str) -> Again | None:
    """How the call goes on where the refusal is about its topic, which is another by then."""
    if code == TOPIC_GONE:
        thread = GENERAL if call.attempts >= _TOPICS_TRIED else None
        _give_up_thread(topic, thread)
        return _again(code, counts=True)
    if code == TOPIC_CLOSED:
        _change(topic, is_closed=True)
        return _again(code, counts=True)
    if code == NO_TOPICS and topic.thread_id != GENERAL:
        _give_up_thread(topic, GENERAL)
        return _again(code)
    if code == TOPIC_LOCKED:
        _leave_locked(call, topic)
        is_over = changes_what_stands(call) or call.params.get("@taken_back")
        return None if is_over else _again(code, counts=True)
    return None


def _failed(call: OutgoingCall, topic: StaffTopic, code: str, verdict: Failed) -> Verdict:
    if (once_more := _of_the_topic(call, topic, code) or doubt(call, topic, verdict)) is not None:
        return once_more
    if code == "message_gone" and "@card" in call.params:
        _change(topic, card_message_id=None)
        return _again(code, counts=True)
    if call.params.get("@taken_back") and not verdict.unreachable:
        return leave_copies(call)
    is_mute = forbids_writing(verdict.text)
    if code != NO_TOPICS and not is_mute and (otherwise := _copied_otherwise(call, topic, verdict)) is not None:
        return otherwise
    if verdict.unreachable or code == NO_TOPICS or is_mute:
        _show_the_file_then(call)
        return wait_later(verdict)
    if (instead := say_instead(call, _KIND_FORBIDDEN if forbids_this_kind(verdict.text) else code)) is not None:
        return instead
    is_change = (call.method.startswith("edit") and "@messages" in call.params) or "@removed" in call.params
    if is_change and "@below" not in call.params:
        remove_when_allowed(call, verdict.text)
        call.params.pop("@removing", None)
        return Changed(code="edit_refused", params={"@below": True})
    return verdict


def say_instead(call: OutgoingCall, code: str) -> Changed | None:
    """In place of a copy, a file, a contact or a place that Telegram does not take: what it is in words, with tries of
    its own.

    None: these are words already. code: why it is given up.
    """
    if call.params.get("@taken_back"):
        return leave_copies(call)
    is_file = "@attachment" in call.params and call.method in FILE_FIELDS
    if "@described" in call.params or not (is_file or {"@places", "@native"} & call.params.keys()):
        return None
    call.attempts = 0
    return Changed(code=code, params={"@described": True})


def _described(verdict: Failed) -> Changed:
    code = _KIND_FORBIDDEN if forbids_this_kind(verdict.text) else "copy_refused"
    return Changed(code=code, params={"@described": True})


def _show_the_file_then(call: OutgoingCall) -> None:
    """A bot that may write nothing may send no file either, of which Telegram tells first: what would be described for
    that alone is tried as it is when the bot may write again."""
    if call.error_code == _KIND_FORBIDDEN and "@piece" not in call.params:
        call.params.pop("@described", None)


def _copied_otherwise(call: OutgoingCall, topic: StaffTopic, refused: Failed | None = None) -> Changed | None:
    """Whatever refuses a copy, its words come. None: it is no copy, or described already.

    As an answer a copy is bound to a bot's limit of captions, by itself it is not (Bot API, copyMessage).
    refused: how; unreachable may also be the other chat, out of which is copied.
    """
    if "@places" not in call.params or "@described" in call.params:
        return None
    is_alone = call.method == "copyMessage" or "@one" in call.params
    is_answer = is_alone and ("@reply_to" in call.params or topic.thread_id == GENERAL)
    if refused is not None and (refused.unreachable or forbids_this_kind(refused.text)):
        return _described(refused)
    if is_answer and "@unanswered" not in call.params:
        return Changed(code="copy_refused", params={"@unanswered": True})
    return Changed(code="copy_refused", params={"@described": True})


def _again(code: str, *, counts: bool = False) -> Again:
    return Again(code=code, delay=0.0, counts=counts)


def _change(topic: StaffTopic, **values: Any) -> None:
    for name, value in values.items():
        setattr(topic, name, value)
    topic.save(update_fields=list(values))
