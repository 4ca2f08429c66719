"""The outbox table: leases, order, and who may finish a call."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from accounts.models import User
from telegram_bot import outbox
from telegram_bot.bot_api import Request
from telegram_bot.claiming import CLAIM
from telegram_bot.coalescing import seal, was_called
from telegram_bot.delivery.recording import record_sending, record_verdict
from telegram_bot.identity import current_bot_id
from telegram_bot.models import CallState, OutgoingCall
from telegram_bot.outbox import LEASE, CallDraft, enqueue, enqueue_once, finish, postpone
from telegram_bot.verdicts import Again
from tests.support.desk import a_reply_by, a_ticket_of

BOT, NOW = current_bot_id(), datetime(2026, 12, 1, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def owe(*queues: int | None, method: str = "sendMessage", **more: object) -> None:
    enqueue([CallDraft(method=method, params={"text": "x"}, queue=queue, **more) for queue in queues])  # type: ignore[arg-type]


def claim(limit: int = 10, not_now: tuple[int, ...] = (), nearly_full: tuple[int, ...] = ()) -> list[OutgoingCall]:
    return outbox.claim(BOT, free=0, queued=limit, not_now=not_now, nearly_full=nearly_full)


def owe_files(lane: int, count: int = 1, *, large: bool = False) -> None:
    for _number in range(count):
        enqueue([CallDraft(method="getFile", params={"@attachment": "x"}, lane=lane, large=large)])


def let_leases_run_out() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE telegram_bot_outgoingcall SET lease_until = now() - interval '1 second' WHERE state = 'sending'"
        )


def test_only_the_oldest_call_of_each_chat_is_claimed() -> None:
    owe(1, 1, 2, 1, 3)
    assert [call.queue for call in claim()] == [1, 2, 3]
    assert claim() == [], "the others wait until those are finished"


def test_a_finished_call_lets_the_next_one_go() -> None:
    owe(1, 1)
    first = claim()[0]
    assert finish(first, state=CallState.SENT)
    second = claim()[0]
    assert second.pk > first.pk


def test_a_postponed_call_holds_its_chat_and_no_other() -> None:
    owe(1, 1, 2)
    first = claim()[0]
    postpone(first, delay=60, error_code="timed_out", error_text="", counts=True)
    assert claim() == []
    assert OutgoingCall.objects.get(pk=first.pk).attempts == 1


def test_a_call_that_is_to_begin_later_lets_others_pass() -> None:
    owe(1, method="editMessageText", delay=60)
    owe(1)
    first = claim()[0]
    assert first.method == "sendMessage"
    finish(first, state=CallState.SENT)
    assert claim() == []
    OutgoingCall.objects.filter(method="editMessageText").update(next_attempt_at="2000-01-01T00:00Z")
    owe(1)
    assert claim()[0].method == "editMessageText", "begun, it has its place"


def test_what_can_wait_goes_last_in_its_chat() -> None:
    owe(1, 1, method="editMessageText", can_wait=True)
    owe(1, 1)
    order = []
    for _call in range(4):
        (call,) = claim()
        order.append(call.method)
        assert claim() == [], "one of a chat at once"
        finish(call, state=CallState.SENT)
    assert order == ["sendMessage"] * 2 + ["editMessageText"] * 2


def test_what_can_wait_leaves_the_next_answer_its_room() -> None:
    owe(1, 2, method="editMessageText", can_wait=True)
    assert [call.queue for call in claim(nearly_full=(1,))] == [2]
    owe(1)
    assert [call.method for call in claim(nearly_full=(1,))] == ["sendMessage"]


def test_what_could_wait_holds_its_place_once_begun() -> None:
    owe(1, method="editMessageText", can_wait=True)
    (begun,) = claim()
    postpone(begun, delay=60, error_code="timed_out", error_text="", counts=True)
    owe(1)
    assert claim() == []


def test_what_can_wait_does_so_also_when_it_is_tried_again() -> None:
    """A card's edit that Telegram did not answer: the answer behind it does not wait for the next try."""
    owe(1, method="editMessageText", can_wait=True)
    (edit,) = claim()
    owe(1)
    assert record_verdict(edit, Again(code="timed_out"), others_succeed=True)
    assert [call.method for call in claim()] == ["sendMessage"]


def test_calls_without_a_chat_wait_for_nothing() -> None:
    owe(None, None, 1)
    assert len(outbox.claim(BOT, free=10, queued=0, not_now=())) == 2
    assert len(claim()) == 1


def test_two_hundred_files_of_one_chat_hold_up_no_button_and_nobody_elses_file() -> None:
    """By the age of the calls alone the buttons came at the 201st place and the other's file at the 204th."""
    owe_files(1, 200)
    owe(None, None, None, method="answerCallbackQuery")
    owe_files(2)
    taken = outbox.claim(BOT, free=8, files=8, queued=0, not_now=())
    assert [call.method for call in taken] == ["answerCallbackQuery"] * 3 + ["getFile"] * 8
    assert [call.lane for call in taken[3:]] == [1, 1, 2, 1, 1, 1, 1, 1]


def test_chats_take_turns_with_their_files_and_none_starves() -> None:
    owe_files(1, 5)
    order = []
    for _file in range(6):
        owe_files(2, 2)  # more and more, faster than they are fetched
        for call in outbox.claim(BOT, free=0, files=2, queued=0, not_now=()):
            order.append(call.lane)
            finish(call, state=CallState.SENT)
    assert order.count(1) == 5, order
    assert order[:4].count(2) >= 1, order


def test_a_file_that_is_tried_again_keeps_its_turn_and_lets_others_pass() -> None:
    owe_files(1, 2)
    (first,) = outbox.claim(BOT, free=0, files=1, queued=0, not_now=())
    postpone(first, delay=60, error_code="server_failed", error_text="", counts=True)
    assert [call.turn for call in outbox.claim(BOT, free=0, files=9, queued=0, not_now=())] == [2]
    owe_files(2)
    assert OutgoingCall.objects.get(lane=2).turn == 3


@pytest.mark.parametrize(
    ("in_flight", "small", "taken"),
    [(0, 0, "LLLL"), (0, 1, "LSLLL"), (0, 20, "LSSSSSSS"), (1, 20, "SSSSSSS"), (4, 1, "S"), (4, 0, "")],
)
def test_large_files_take_half_of_the_places_and_small_ones_come_first(in_flight: int, small: int, taken: str) -> None:
    for lane in range(20):
        owe_files(lane, large=True)
    owe_files(20, small)
    room = {"files": 8 - in_flight, "large": 4 - in_flight, "large_first": 0 if in_flight else 1}
    found = outbox.claim(BOT, free=0, queued=0, not_now=(), **room)
    assert sorted("L" if call.large else "S" for call in found) == sorted(taken)


def test_how_far_large_files_have_come_gives_no_small_one_its_turn() -> None:
    """Else whoever sends a first one now would go before all who have waited since the large ones began to."""
    owe_files(1, large=True)
    owe_files(2, 5)
    for call in outbox.claim(BOT, free=0, files=3, queued=0, not_now=()):
        finish(call, state=CallState.SENT)
    owe_files(3)
    assert OutgoingCall.objects.get(lane=3).turn == 5


def test_what_goes_next_is_found_by_indexes_alone() -> None:
    owe_files(1, 3)
    owe_files(1, 2, large=True)
    owe(None, method="answerCallbackQuery")
    owe(1, 2, 3)
    rows = [
        OutgoingCall(bot_id=BOT, method="sendMessage", queue=number, state="sent", next_attempt_at=NOW, created_at=NOW)
        for number in range(3000)
    ]
    OutgoingCall.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE telegram_bot_outgoingcall")
        values = {
            "bot_id": BOT,
            "free": 8,
            "files": 8,
            "large": 4,
            "large_first": 1,
            "queued": 40,
            "not_now": [],
            "nearly_full": [],
            "lease": LEASE,
            "file_lease": LEASE,
        }
        cursor.execute(f"EXPLAIN {CLAIM}", {**values, "file_methods": ["getFile"]})
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "telegram_call_files" in plan, plan
    assert "telegram_call_free" in plan, plan
    assert "Seq Scan" not in plan, plan


def test_chats_that_have_to_wait_are_left_out() -> None:
    owe(1, 2)
    assert [call.queue for call in claim(not_now=(1,))] == [2]


@pytest.mark.parametrize("method", ["sendMessage", "copyMessage", "copyMessages"])
def test_a_lease_that_ran_out_is_taken_again_and_marked(method: str) -> None:
    owe(1, method=method)
    lost = claim()[0]
    assert claim() == []
    let_leases_run_out()
    again = claim()[0]
    assert again.pk == lost.pk
    assert again.ambiguous
    assert again.lease_token != lost.lease_token


def test_an_edit_that_went_out_as_a_message_of_its_own_is_marked_too() -> None:
    owe(1, method="editMessageText")
    call = claim()[0]
    record_sending(call, Request(method="sendMessage", params={}))
    let_leases_run_out()
    again = claim()[0]
    assert again.ambiguous
    record_sending(again, Request(method="editMessageText", params={}))
    assert OutgoingCall.objects.get().params == {"text": "x"}, "now there is one to edit"


def test_doing_twice_what_can_be_repeated_is_not_marked() -> None:
    owe(1, method="editMessageText")
    claim()
    let_leases_run_out()
    assert not claim()[0].ambiguous


def test_who_lost_the_lease_records_nothing() -> None:
    owe(1)
    lost = claim()[0]
    let_leases_run_out()
    again = claim()[0]
    assert not finish(lost, state=CallState.FAILED, error_code="late")
    assert not postpone(lost, delay=5, error_code="late", error_text="", counts=True)
    assert finish(again, state=CallState.SENT)
    assert OutgoingCall.objects.get().state == CallState.SENT


def test_a_call_on_hold_is_not_sent_and_holds_nobody() -> None:
    owe(1, 1)
    OutgoingCall.objects.filter(pk=OutgoingCall.objects.earliest("id").pk).update(state=CallState.HOLD)
    assert len(claim()) == 1


def test_a_newer_call_takes_the_place_of_a_waiting_one() -> None:
    owe(1, method="editMessageText", coalesce_key="card")
    enqueue([CallDraft(method="editMessageText", params={"text": "newer"}, queue=1, coalesce_key="card")])
    assert OutgoingCall.objects.get().params == {"text": "newer"}
    claim()
    owe(1, method="editMessageText", coalesce_key="card")
    assert OutgoingCall.objects.count() == 2, "one that is under way is not changed"


def test_another_bots_calls_are_left_alone() -> None:
    owe(1)
    assert outbox.claim(BOT + 1, free=0, queued=5, not_now=()) == []


def test_files_have_a_longer_lease() -> None:
    owe(1)
    owe(2, method="sendDocument")
    text, file = claim()
    assert text.lease_until is not None
    assert file.lease_until is not None
    assert file.lease_until - text.lease_until > timedelta(seconds=60)


def test_a_migrated_chats_calls_follow_it() -> None:
    owe(-5, -5)
    outbox.move_queue(BOT, old=-5, new=-1005)
    assert [call.queue for call in OutgoingCall.objects.order_by("id")] == [-1005, -1005]


def test_answers_leave_their_room_to_the_others_and_none_to_their_own_chats(vera: User) -> None:
    message = a_reply_by(vera, a_ticket_of(vera), "Hello").pk
    OutgoingCall.objects.all().delete()
    owe(1, 2, 3, None)
    owe(4, message=message)
    owe(4)
    taken = outbox.claim(BOT, free=5, queued=3, not_now=(2,))
    assert [call.queue for call in taken] == [None, 4, 1, 3], "in the order of their turns"
    owe(5, message=message)
    owe(6)
    assert [call.queue for call in claim(limit=1)] == [5]
    assert claim(limit=-1) == []


def test_answers_go_before_notices_that_have_waited_longer(vera: User) -> None:
    owe(1, 2, 3)
    message = a_reply_by(vera, a_ticket_of(vera))
    owe(4, message=message.pk)
    assert [call.queue for call in claim(limit=2)] == [4, 1]


def test_within_a_chat_an_answer_waits_for_what_was_owed_before_it(vera: User) -> None:
    owe(1)
    message = a_reply_by(vera, a_ticket_of(vera))
    owe(1, message=message.pk)
    assert [call.message for call in claim()] == [None]


def test_a_call_that_was_postponed_still_takes_newer_content() -> None:
    owe(1, coalesce_key="notice")
    postpone(claim()[0], delay=60, error_code="rate_limited", error_text="", counts=False)
    enqueue([CallDraft(method="sendMessage", params={"text": "newer"}, queue=1, coalesce_key="notice")])
    assert [call.params["text"] for call in OutgoingCall.objects.all()] == ["newer"]


def test_a_sealed_call_that_comes_back_takes_nothing_newer() -> None:
    """Else the newer one would take the place of what the sealed one says, or go out before what followed it."""
    owe(1, coalesce_key="burst")
    first = claim()[0]
    seal(BOT, "burst")
    postpone(first, delay=60, error_code="rate_limited", error_text="", counts=False)
    enqueue([CallDraft(method="sendMessage", params={"text": "newer"}, queue=1, coalesce_key="burst")])
    assert [call.params["text"] for call in OutgoingCall.objects.order_by("pk")] == ["x", "newer"]


def test_a_postponed_call_leaves_its_key_to_a_newer_one_that_waits() -> None:
    owe(1, coalesce_key="notice")
    first = claim()[0]
    owe(1, coalesce_key="notice")
    postpone(first, delay=60, error_code="rate_limited", error_text="", counts=False)
    assert [call.coalesce_key for call in OutgoingCall.objects.order_by("pk")] == ["", "notice"]


def test_whether_a_call_was_owed_before_is_known_by_its_key_whatever_became_of_it() -> None:
    assert not was_called(BOT, "notice")
    owe(1, coalesce_key="notice")
    assert was_called(BOT, "notice")
    assert not was_called(BOT + 1, "notice")
    for state in CallState:
        OutgoingCall.objects.update(state=state)
        assert was_called(BOT, "notice"), state
    owe(1)
    assert not was_called(BOT, ""), "most calls have no key"


def test_what_is_owed_once_is_not_owed_again_after_it_was_sent() -> None:
    said = CallDraft(method="sendMessage", params={"text": "x"}, queue=1, coalesce_key="notice")
    enqueue_once(said)
    finish(claim()[0], state=CallState.SENT)
    enqueue_once(said)
    assert OutgoingCall.objects.count() == 1


def test_what_has_no_key_is_owed_each_time() -> None:
    for _time in range(2):
        enqueue_once(CallDraft(method="sendMessage", params={"text": "x"}, queue=1))
    assert OutgoingCall.objects.count() == 2
