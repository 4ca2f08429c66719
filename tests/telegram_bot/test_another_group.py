"""Another group is set for the staff while calls to the former one are under way."""

from typing import Any

import pytest
from pytest_django import Settings
from telegram.error import BadRequest, TimedOut

from accounts.models import User
from telegram_bot.bot_api import Request
from telegram_bot.delivery.recording import record_verdict
from telegram_bot.delivery.rendering import render_call
from telegram_bot.identity import current_bot_id
from telegram_bot.models import CallState, MessageLink, OutgoingCall, StaffTopic
from telegram_bot.outbox import claim, enqueue
from telegram_bot.staff_group.topics import draft_in_topic, get_topic, owe_in_topic
from telegram_bot.verdicts import Again, judge
from tests.support.desk import a_reply_by, a_ticket_of
from tests.support.staff_group import GROUP, OTHER_GROUP
from tickets.events.delivery import run_due_deliveries
from tickets.models import Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("staff_group")]
THREAD = 77


@pytest.fixture
def topic(vera: User) -> StaffTopic:
    ticket = a_ticket_of(vera, "Quokka")
    run_due_deliveries("staff_group")
    OutgoingCall.objects.all().delete()
    StaffTopic.objects.update(thread_id=THREAD, card_message_id=THREAD + 1)
    return StaffTopic.objects.get(ticket=ticket.pk)


def begin() -> OutgoingCall:
    (call,) = claim(current_bot_id(), free=0, queued=1, not_now=[])
    return call


def set_another(settings: Settings, topic: StaffTopic) -> None:
    settings.TELEGRAM_STAFF_CHAT_ID = OTHER_GROUP
    get_topic(topic.ticket)


def test_words_that_may_stand_in_the_former_group_are_marked_as_possibly_doubled(
    topic: StaffTopic, vera: User, settings: Settings
) -> None:
    a_reply_by(vera, Ticket.objects.get(), "Still there?")
    run_due_deliveries("staff_group")
    call = begin()
    assert isinstance(render_call(call), Request)
    set_another(settings, topic)
    assert record_verdict(call, judge(TimedOut()), others_succeed=True)
    call.refresh_from_db()
    assert (call.queue, call.state, call.ambiguous) == (OTHER_GROUP, CallState.PENDING, True)


@pytest.mark.parametrize("error", [TimedOut(), BadRequest("Bad Request: TOPIC_CLOSED")])
def test_what_is_about_a_message_of_the_former_group_stays_there_though_it_was_under_way(
    topic: StaffTopic, settings: Settings, error: Exception
) -> None:
    """In the other group the same number is another message's."""
    owe_in_topic(topic, "Write the note behind // or /note.", reply_to=5)
    call = begin()
    assert isinstance(render_call(call), Request)
    set_another(settings, topic)
    assert record_verdict(call, judge(error), others_succeed=True)
    call.refresh_from_db()
    assert (call.queue, call.ambiguous) == (GROUP, isinstance(error, TimedOut))
    asked = render_call(call)
    assert isinstance(asked, Request)
    assert (asked.params["chat_id"], asked.params["message_thread_id"]) == (GROUP, THREAD)


def test_a_call_begun_for_the_former_group_makes_no_topic_before_it_has_gone_over(
    vera: User, settings: Settings
) -> None:
    """Made in the other group but known as the former one's, erasing would delete what has its number there."""
    ticket = a_ticket_of(vera, "Quokka")
    run_due_deliveries("staff_group")
    call = begin()
    set_another(settings, StaffTopic.objects.get(ticket=ticket.pk))
    given_back = render_call(call)
    assert isinstance(given_back, Again)
    assert record_verdict(call, given_back, others_succeed=True)
    assert not MessageLink.objects.filter(is_topic=True).exists()
    call = begin()
    making = render_call(call)
    assert isinstance(making, Request)
    assert (call.queue, making.method, making.params["chat_id"]) == (OTHER_GROUP, "createForumTopic", OTHER_GROUP)


def test_what_stays_behind_is_said_in_the_former_group_though_it_had_not_been_asked_for_yet(
    topic: StaffTopic, settings: Settings
) -> None:
    owe_in_topic(topic, "Write the note behind // or /note.", reply_to=5)
    call = begin()
    set_another(settings, topic)
    given_back = render_call(call)
    assert isinstance(given_back, Again)
    assert record_verdict(call, given_back, others_succeed=True)
    asked = render_call(begin())
    assert isinstance(asked, Request)
    assert (asked.params["chat_id"], asked.params["message_thread_id"]) == (GROUP, THREAD)


def test_a_call_that_had_failed_is_left_alone_and_tried_again_where_it_belongs(
    topic: StaffTopic, settings: Settings
) -> None:
    owe_in_topic(topic, "Write the note behind // or /note.", reply_to=5)
    enqueue([draft_in_topic(topic, "sendMessage", {"text": "Words"})])
    OutgoingCall.objects.update(state=CallState.FAILED)
    before = list(OutgoingCall.objects.order_by("id").values())
    set_another(settings, topic)
    assert list(OutgoingCall.objects.order_by("id").values()) == before
    OutgoingCall.objects.update(state=CallState.PENDING)
    for _number in before:
        call = begin()
        given_back = render_call(call)
        assert isinstance(given_back, Again)
        assert record_verdict(call, given_back, others_succeed=True)
        OutgoingCall.objects.filter(pk=call.pk).update(state=CallState.HOLD)
    assert list(OutgoingCall.objects.order_by("id").values_list("queue", flat=True)) == [GROUP, OTHER_GROUP]


def test_setting_another_group_locks_keys_before_calls_and_writes_all_calls_at_once(
    topic: StaffTopic, settings: Settings, django_assert_max_num_queries: Any
) -> None:
    """The sender locks them in that order (outbox.hold): in the other one the two could wait for each other."""
    count = 30
    for number in range(count):
        enqueue([draft_in_topic(topic, "sendMessage", {"text": "Words"}, key=f"words:{number}")])
    with django_assert_max_num_queries(count) as asked:
        set_another(settings, topic)
    statements = [query["sql"] for query in asked.captured_queries]
    locks = ["key" if "pg_advisory_xact_lock" in sql else "row" for sql in statements if _locks_calls(sql)]
    assert locks == ["key", "row", "row"], "the last is the writing"
    assert set(OutgoingCall.objects.values_list("queue", flat=True)) == {OTHER_GROUP}


def _locks_calls(sql: str) -> bool:
    is_of_calls = "telegram_bot_outgoingcall" in sql and ("FOR NO KEY UPDATE" in sql or sql.startswith("UPDATE"))
    return is_of_calls or "pg_advisory_xact_lock" in sql
