"""Writes down how a call ended, by itself and at once; telling the help desk is another transaction (reporting)."""

import random
from datetime import timedelta
from typing import Any

from django.db import transaction

from accounts import clock
from telegram_bot import outbox
from telegram_bot.answering.answers import replace_refused
from telegram_bot.answering.file_messages import ALBUM_METHOD
from telegram_bot.bot_api import Request
from telegram_bot.customer_chat.cards import GONE, forget_card, record_card
from telegram_bot.customer_chat.topics import OPENING, forget_topic, goes_on, record_making, record_name, record_opening
from telegram_bot.models import CallState, Chat, Direction, MessageLink, OutgoingCall, TelegramFile
from telegram_bot.models.outgoing_call import SENDS, WRITING
from telegram_bot.reconnecting import find_queue
from telegram_bot.staff_group.chat import follow_migration
from telegram_bot.staff_group.membership import DOUBTED
from telegram_bot.staff_group.recording import learn_of_topic, say_instead, wait_for_group
from telegram_bot.staff_group.removal import tell_what_stays
from telegram_bot.verdicts import BROKEN, MIGRATED, TOPIC_GONE, Again, Changed, Failed, Sent, Verdict

# as Telegram's answers name them; an animation has a `document` besides
_FILES = ("animation", "video", "audio", "voice", "video_note", "sticker", "photo", "document")
TRIES = 5  # for a call that fails by itself, while others succeed
LONGEST_LIFE = timedelta(hours=48)
_LONGEST_DELAY = 300.0
_WHOLE_CHANNEL_DELAY = 1.0  # the sender pauses as a whole; the call itself may go with the first
_MORE_TO_DO = {"@topic", "@making", "@opening", DOUBTED}  # what was done may be no more than a step of the call


def record_sending(call: OutgoingCall, request: Request) -> None:
    """Before it goes out: whether what was owed as an edit is a new message now, and may come to stand there twice."""
    sends = request.method.startswith(WRITING) and not call.method.startswith(WRITING)
    if sends == (SENDS in call.params):
        return
    if sends:
        call.params[SENDS] = True
    else:
        del call.params[SENDS]
    OutgoingCall.objects.filter(pk=call.pk, lease_token=call.lease_token).update(params=call.params)


@transaction.atomic
def record_verdict(call: OutgoingCall, verdict: Verdict, *, others_succeed: bool) -> bool:
    """False: the lease was lost, and whoever holds it now decides.

    others_succeed: Telegram accepted some other call since this one was first tried.
    """
    if isinstance(verdict, Sent) and not _MORE_TO_DO & call.params.keys():
        return _record_sent(call, verdict.result)  # which looks by itself whose the call is
    is_ours = outbox.hold(call)
    if "@topic" in call.params:
        verdict = learn_of_topic(call, verdict)
    verdict = wait_for_group(call, verdict)
    if not is_ours:
        return False
    match verdict:
        case Sent(result=result):
            return _record_sent(call, result)
        case Failed():
            return _record_failed(call, verdict)
        case Changed():
            return _record_changed(call, verdict)
        case Again():
            return _record_again(call, verdict, others_succeed=others_succeed)


def _record_sent(call: OutgoingCall, result: Any) -> bool:
    if "@making" in call.params:
        record_making(call, result)
        return _again_at_once(call)
    if call.params.get("@opening") == OPENING:
        record_opening(call)
        return _again_at_once(call)
    if not outbox.finish(call, state=CallState.SENT, result=_essence(result)):
        return False
    queue = find_queue(call)
    if queue is not None:
        _link(call, queue, result)
        _unlink(call, queue)
    record_card(call, result)
    record_name(call)
    return True


def _again_at_once(call: OutgoingCall, verdict: Failed | None = None, *, queue: int | None = None) -> bool:
    code, text = (verdict.code, verdict.text) if verdict is not None else ("", "")
    return outbox.postpone(call, delay=0, error_code=code, error_text=text, counts=False, queue=queue)


def _link(call: OutgoingCall, chat_id: int, result: Any) -> None:
    """Write down which of our parts each message in Telegram is: one, or those of an album in their order."""
    messages = result if isinstance(result, list) else [result]
    first, attachment = call.params.get("@part", 0), call.params.get("@attachment")
    items = call.params.get("@items") or [(first + number, attachment) for number in range(len(messages))]
    arrived = [
        (message, part, attachment)
        for message, (part, attachment) in zip(messages, items, strict=False)
        if isinstance(message, dict) and "message_id" in message
    ]
    MessageLink.objects.bulk_create(
        [
            MessageLink(
                bot_id=call.bot_id,
                chat_id=chat_id,
                telegram_message_id=message["message_id"],
                message=call.params.get("@message"),
                ticket=call.params.get("@ticket"),
                joined=call.params.get("@messages") if "@message" not in call.params else None,
                part=part,
                direction=Direction.OUTGOING,
            )
            for message, part, _attachment in arrived
        ],
        ignore_conflicts=True,
    )
    for message, _part, attachment in arrived:
        _remember_file(call.bot_id, attachment, message)


def _unlink(call: OutgoingCall, chat_id: int) -> None:
    """What was taken back stands there no more: a text that grows again is sent anew, and nothing replies to it."""
    removed = call.params.get("@removing", [])
    MessageLink.objects.filter(bot_id=call.bot_id, chat_id=chat_id, telegram_message_id__in=removed).delete()


def _record_failed(call: OutgoingCall, verdict: Failed) -> bool:
    if (queue := find_queue(call)) != call.queue:  # so it failed at a connection that is no more
        return _again_at_once(call, verdict, queue=queue)
    if goes_on(call, verdict):
        return _again_at_once(call, verdict)
    if "@ticket_card" in call.params and verdict.code in GONE:
        forget_card(call)
        return _again_at_once(call, verdict)
    if "@topic_of" in call.params and verdict.code == TOPIC_GONE:
        forget_topic(call)
        return outbox.finish(call, state=CallState.SENT)
    if verdict.unreachable and call.queue is not None:
        Chat.objects.filter(bot_id=call.bot_id, telegram_id=call.queue).update(unreachable=verdict.unreachable)
    replacements = replace_refused(call) if not verdict.unreachable and "@spare" in call.params else []
    # an album that is sent one by one has not failed: its files may
    is_apart = bool(replacements) and call.method == ALBUM_METHOD
    finished = outbox.finish(
        call,
        state=CallState.SENT if is_apart else CallState.FAILED,
        params=call.params,
        error_code=verdict.unreachable or verdict.code,
        error_text=verdict.text,
        ambiguous=verdict.ambiguous,
    )
    if finished:
        OutgoingCall.objects.bulk_create(replacements)
        tell_what_stays(call, verdict)
    return finished


def _record_changed(call: OutgoingCall, verdict: Changed) -> bool:
    """Once more, differently; the same change asked for twice would go on for ever."""
    asked_before = verdict.queue is None and verdict.params.items() <= call.params.items()
    if asked_before or (call.method == ALBUM_METHOD and "@document" in verdict.params):
        return _record_failed(call, Failed(code=verdict.code))
    if verdict.code == MIGRATED and verdict.queue is not None and call.queue is not None:
        follow_migration(call.bot_id, old=call.queue, new=verdict.queue)
    return outbox.postpone(
        call,
        delay=0,
        error_code=verdict.code,
        error_text="",
        counts=False,
        params={**call.params, **verdict.params},
        queue=verdict.queue,
    )


def _record_again(call: OutgoingCall, verdict: Again, *, others_succeed: bool) -> bool:
    tries = call.attempts + verdict.counts
    aside = verdict.aside or call.can_wait
    begun = call.created_at if aside else call.first_attempt_at or call.created_at
    own_fault = verdict.counts and tries >= TRIES and (others_succeed or verdict.code == BROKEN)
    maybe_twice = verdict.ambiguous and call.leaves_two and "@making" not in call.params
    if own_fault or clock.now() - begun > LONGEST_LIFE:
        return _give_up(call, Failed(code="gave_up", text=verdict.text, ambiguous=maybe_twice))
    if verdict.delay is not None:
        delay = verdict.delay
    elif verdict.whole_channel:
        delay = _WHOLE_CHANNEL_DELAY
    else:
        # jitter: chats that failed together must not come back together
        delay = min(_LONGEST_DELAY, 2.0 ** min(call.attempts, 10)) * random.uniform(0.75, 1.25)  # noqa: S311
    return outbox.postpone(
        call,
        delay=delay,
        error_code=verdict.code,
        error_text=verdict.text,
        counts=verdict.counts,
        ambiguous=maybe_twice,
        aside=aside,
    )


def _give_up(call: OutgoingCall, failed: Failed) -> bool:
    """What a copy in the staff's group was to bring is told there in words."""
    instead = say_instead(call, failed.code) if "@topic" in call.params else None
    if instead is None:
        return _record_failed(call, failed)
    call.ambiguous = call.ambiguous or failed.ambiguous
    return _record_changed(call, instead)


def _essence(result: Any) -> dict[str, Any] | None:
    """What is worth keeping of Telegram's answer: no texts, they are in the ticket."""
    if not isinstance(result, dict):
        return None
    return {key: result[key] for key in ("message_id", "date", "file_size", "username") if key in result} or None


def _remember_file(bot_id: int, attachment: str | None, result: dict[str, Any]) -> None:
    """Sent once, a file has an id by which Telegram sends it again without an upload."""
    for kind in _FILES:
        content = result.get(kind)
        if isinstance(content, list) and content:
            content = content[-1]
        if attachment and isinstance(content, dict) and "file_id" in content:
            TelegramFile.objects.update_or_create(
                bot_id=bot_id,
                attachment=attachment,
                defaults={
                    "file_id": content["file_id"],
                    "unique_id": content.get("file_unique_id", ""),
                    "kind": kind,
                },
            )
            return
