"""What is to go from the staff's group and the bot may not delete: it waits for the right, or somebody is asked to."""

from datetime import timedelta

import pytest
from pytest_django import Settings
from telegram.error import BadRequest

from accounts import clock
from accounts.models import User
from telegram_bot.bot_api import Request
from telegram_bot.channel_check.tables import read_desk
from telegram_bot.delivery.recording import TRIES, record_verdict
from telegram_bot.delivery.rendering import render_call
from telegram_bot.forgetting import forget_person
from telegram_bot.identity import current_bot_id
from telegram_bot.models import CallState, Chat, Direction, MessageLink, OutgoingCall, StaffTopic
from telegram_bot.outbox import claim
from telegram_bot.staff_group.chat import leave_general
from telegram_bot.verdicts import Again, Failed, Sent, Verdict, judge
from tests.support.desk import a_reply_by, a_ticket_of, acting
from tests.support.inbox import Inbox
from tests.support.staff_group import GROUP, OTHER_GROUP, a_topic_of
from tickets.events.delivery import run_due_deliveries
from tickets.models import Ticket
from tickets.services.erasure import erase_customer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("staff_group")]
THREAD = 77
LINK = "https://t.me/c/1000000001/"
NO_RIGHT = "Bad Request: not enough rights to delete the topic"
FIXED = "Bad Request: message can't be deleted"


@pytest.fixture
def topic(vera: User) -> StaffTopic:
    return a_topic_of(a_ticket_of(vera, "Quokka"), THREAD)


def erase(person: User, adam: User) -> None:
    erase_customer(actor=acting(adam), user_id=person.pk)
    forget_person(person.pk)


def serve(refusal: str = "") -> list[Request]:
    """What Telegram is asked for in the group now; it refuses all removals so."""
    asked = []
    while calls := claim(current_bot_id(), free=0, queued=9, not_now=[]):
        for call in calls:
            is_over = call.expires_at is not None and call.expires_at <= clock.now()
            request = Failed(code="expired") if is_over else render_call(call)
            if isinstance(request, Request):
                asked.append(request)
                refuses = refusal and request.method.startswith("delete")
                done = Sent(result={"message_id": 10 * call.pk + 1000 + len(asked)}, step=request.step)
                request = judge(BadRequest(refusal)) if refuses else done  # type: ignore[assignment]
            record_verdict(call, request, others_succeed=True)  # type: ignore[arg-type]
    return [one for one in asked if one.params["chat_id"] == GROUP]


def removals() -> list[OutgoingCall]:
    return list(OutgoingCall.objects.filter(queue=GROUP, method__startswith="delete").order_by("id"))


def give_the_right(inbox: Inbox, adam: User) -> None:
    bot = {"id": current_bot_id(), "is_bot": True, "first_name": "Desk"}
    chat = {"id": GROUP, "type": "supergroup", "title": "Staff"}
    change = {
        "chat": chat, "from": inbox.account(adam), "date": 1_795_000_000,
        "old_chat_member": {"user": bot, "status": "member"}, "new_chat_member": {"user": bot, "status": "member"},
    }  # fmt: skip
    inbox.put(inbox.update(my_chat_member=change))
    inbox.work()


@pytest.mark.parametrize("words", [NO_RIGHT, "Bad Request: CHAT_ADMIN_REQUIRED"])
def test_a_removal_waits_for_the_right_and_holds_nobody_up(
    inbox: Inbox, topic: StaffTopic, vera: User, gleb: User, adam: User, words: str
) -> None:
    erase(vera, adam)
    serve(words)
    assert [(call.state, call.attempts) for call in removals()] == [(CallState.PENDING, 0)]
    assert read_desk().removals_waiting == 1
    a_topic_of(a_ticket_of(gleb, "And mine?"), 80)
    run_due_deliveries("staff_group")
    assert [one.params["text"] for one in serve(words)][-1] == "👤 Gleb\nAnd mine?"
    give_the_right(inbox, adam)
    asked = [one.params for one in serve() if one.method == "deleteForumTopic"]
    assert asked == [{"chat_id": GROUP, "message_thread_id": THREAD}]
    assert [call.state for call in removals()] == [CallState.SENT]
    assert read_desk().removals_waiting == 0


def test_what_was_deleted_by_hand_meanwhile_is_done(topic: StaffTopic, vera: User, adam: User) -> None:
    erase(vera, adam)
    serve("Bad Request: TOPIC_ID_INVALID")
    assert [call.state for call in removals()] == [CallState.SENT]


def test_a_topic_that_could_not_be_deleted_for_two_days_is_named_to_the_group(
    topic: StaffTopic, vera: User, adam: User
) -> None:
    erase(vera, adam)
    for days in (1, 2):
        OutgoingCall.objects.filter(method="deleteForumTopic").update(
            next_attempt_at="2000-01-01T00:00Z", created_at=clock.now() - timedelta(days=days, minutes=1)
        )
        told = [one.params for one in serve(NO_RIGHT) if one.method == "sendMessage"]
        assert bool(told) == (days == 2), days
    assert [call.state for call in removals()] == [CallState.FAILED]
    assert told[0]["text"].endswith(f"Please delete it by hand.\n{LINK}{THREAD}")
    assert "message_thread_id" not in told[0], "the topic is what is to go"


def a_link(topic: StaffTopic, number: int, direction: Direction = Direction.OUTGOING, *, hours: float = 1) -> None:
    link = MessageLink.objects.create(
        bot_id=topic.bot_id, chat_id=GROUP, telegram_message_id=number, ticket=topic.ticket, direction=direction
    )
    MessageLink.objects.filter(pk=link.pk).update(created_at=clock.now() - timedelta(hours=hours))


def test_in_general_what_the_bot_may_delete_goes_and_the_rest_is_named(
    topic: StaffTopic, vera: User, adam: User
) -> None:
    """One message that may not be deleted has all of its call refused."""
    StaffTopic.objects.update(thread_id=0)
    for number, hours in ((11, 1.0), (12, 47.0), (13, 49.0)):
        a_link(topic, number, hours=hours)
        a_link(topic, number + 10, Direction.INCOMING, hours=hours)
    erase(vera, adam)
    assert [call.params["message_ids"] for call in removals()] == [[11, 12], [21, 22]]
    (said,) = [one.params["text"] for one in serve() if one.method == "sendMessage"]
    assert said.split("\n")[1:] == [f"{LINK}13", f"{LINK}23"]


def goes(chat: int = GROUP) -> list[tuple[str, object]]:
    """What is owed the group to be deleted: topics and messages."""
    calls = OutgoingCall.objects.filter(queue=chat, method__startswith="delete").order_by("id")
    return [(call.method, call.params.get("message_thread_id") or call.params["message_ids"]) for call in calls]


def test_a_ticket_that_left_general_leaves_nothing_behind_there(topic: StaffTopic, vera: User, adam: User) -> None:
    """Messages of the topic have higher numbers than the first in it, which is its own."""
    for number in (11, THREAD + 1, THREAD + 9):
        a_link(topic, number)
    a_link(topic, 12, Direction.INCOMING)
    erase(vera, adam)
    assert goes() == [("deleteForumTopic", THREAD), ("deleteMessages", [11]), ("deleteMessages", [12])]
    assert not MessageLink.objects.filter(chat_id=GROUP).exists()


@pytest.mark.parametrize("hours", [1, 49])
def test_what_agents_answer_in_general_once_the_ticket_has_a_topic_goes_too(
    inbox: Inbox, topic: StaffTopic, vera: User, anna: User, adam: User, hours: int
) -> None:
    """Its number is higher than that of the topic, as are the numbers of what stands there, which needs no removal."""
    a_link(topic, 11, hours=hours)
    chat = {"id": GROUP, "type": "supergroup", "title": "Staff", "is_forum": True}
    card = {"message_id": 11, "date": 1, "chat": chat, "text": "card"}
    there = inbox.says(anna, "In General", chat=chat, reply_to_message=card)
    inbox.says(anna, "In the topic", chat=chat, message_thread_id=THREAD, is_topic_message=True)
    written = MessageLink.objects.filter(chat_id=GROUP, direction=Direction.INCOMING)
    assert written.count() == 2
    assert all(link.telegram_message_id > THREAD for link in written)
    written.update(created_at=clock.now() - timedelta(hours=hours))
    erase(vera, adam)
    number = there["message_id"]
    if hours < 48:
        assert goes() == [("deleteForumTopic", THREAD), ("deleteMessages", [11]), ("deleteMessages", [number])]
    else:
        (said,) = [one.params["text"] for one in serve() if one.method == "sendMessage"]
        assert said.split("\n")[1:] == [f"{LINK}11", f"{LINK}{number}"]


def test_topics_that_were_given_up_go_too(topic: StaffTopic, vera: User, adam: User) -> None:
    a_reply_by(vera, Ticket.objects.get(), "Still there?")
    run_due_deliveries("staff_group")
    OutgoingCall.objects.exclude(params__has_key="@messages").delete()
    (call,) = claim(current_bot_id(), free=0, queued=1, not_now=[])
    record_verdict(call, judge(BadRequest("Bad Request: not enough rights to manage topics")), others_succeed=True)
    serve()  # in General
    shown = sorted(
        MessageLink.objects.filter(is_topic=False, chat_id=GROUP).values_list("telegram_message_id", flat=True)
    )
    assert len(shown) == 2, "the card and the text"
    leave_general(current_bot_id(), GROUP)
    StaffTopic.objects.update(thread_id=500_000)
    erase(vera, adam)
    assert goes() == [("deleteForumTopic", THREAD), ("deleteForumTopic", 500_000), ("deleteMessages", shown)]


@pytest.mark.parametrize("has_moved", [False, True])
def test_what_stands_in_the_group_that_was_set_before_goes_too(
    topic: StaffTopic, vera: User, adam: User, settings: Settings, has_moved: bool
) -> None:
    """Not where that one became a supergroup: the same numbers are others' messages now."""
    a_link(topic, 11)
    settings.TELEGRAM_STAFF_CHAT_ID = OTHER_GROUP
    a_reply_by(vera, Ticket.objects.get(), "Still there?")
    run_due_deliveries("staff_group")
    StaffTopic.objects.update(thread_id=30)
    if has_moved:
        Chat.objects.create(bot_id=current_bot_id(), telegram_id=GROUP, type="supergroup", migrated_to=-3)
    erase(vera, adam)
    assert goes(OTHER_GROUP) == [("deleteForumTopic", 30)]
    assert goes() == ([] if has_moved else [("deleteForumTopic", THREAD), ("deleteMessages", [11])])
    assert not MessageLink.objects.filter(chat_id__lt=0).exists()


def test_a_topic_that_was_being_made_as_another_group_was_set_is_known_for_the_day_when_it_must_go(
    vera: User, adam: User, settings: Settings
) -> None:
    ticket = a_ticket_of(vera, "Quokka")
    run_due_deliveries("staff_group")
    (call,) = claim(current_bot_id(), free=0, queued=1, not_now=[])
    making = render_call(call)
    assert isinstance(making, Request)
    settings.TELEGRAM_STAFF_CHAT_ID = OTHER_GROUP
    a_reply_by(vera, ticket, "And then?")
    run_due_deliveries("staff_group")
    record_verdict(call, Sent(result={"message_thread_id": 40}, step=making.step), others_succeed=True)
    erase(vera, adam)
    assert goes() == [("deleteForumTopic", 40)]


def test_messages_that_grow_too_old_while_they_wait_for_the_right_are_named(
    topic: StaffTopic, vera: User, adam: User
) -> None:
    StaffTopic.objects.update(thread_id=0)
    a_link(topic, 21, Direction.INCOMING, hours=47)
    erase(vera, adam)
    serve(FIXED)
    assert [call.state for call in removals()] == [CallState.PENDING]
    OutgoingCall.objects.update(next_attempt_at="2000-01-01T00:00Z")
    with clock.standing_at(clock.now() + timedelta(hours=1.1)):
        asked = serve(FIXED)
    assert [one.method for one in asked] == ["sendMessage"]
    assert asked[0].params["text"].endswith(f"{LINK}21")
    assert [call.state for call in removals()] == [CallState.FAILED]


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (Again(code="timed_out", text="Timed out", counts=True, ambiguous=True), "did not say that it deleted"),
        (Failed(code="refused", text="Bad Request: MESSAGE_ID_INVALID"), "did not say that it deleted"),
        (Failed(code="expired"), "may not delete"),
        (Again(code="removal_refused", text=NO_RIGHT, counts=True), "may not delete"),
    ],
)
def test_why_it_may_still_stand_there_is_said_as_it_is(
    topic: StaffTopic, vera: User, adam: User, verdict: Verdict, said: str
) -> None:
    erase(vera, adam)
    while calls := claim(current_bot_id(), free=0, queued=9, not_now=[]):
        for call in calls:
            is_removal = call.method == "deleteForumTopic"
            call.attempts = TRIES
            record_verdict(call, verdict if is_removal else Sent(result=True), others_succeed=True)
    said_there = [call.params.get("text", "") for call in OutgoingCall.objects.filter(queue=GROUP)]
    [plea] = [text for text in said_there if f"{LINK}{THREAD}" in text]
    assert said in plea
