"""Topics in private chats: made by the first call that needs one, made again, named; without them, a plain chat."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from pytest_django import Settings

from accounts import clock
from accounts.models import User
from telegram_bot.bot_api import Request
from telegram_bot.channel_state import record_bot
from telegram_bot.delivery.recording import record_verdict
from telegram_bot.delivery.rendering import render_call
from telegram_bot.forgetting import forget_person
from telegram_bot.models import CallState, MessageLink, OutgoingCall, TicketTopic, UpdateState
from telegram_bot.outbox import claim
from telegram_bot.speech.callback_data import Action, build
from telegram_bot.verdicts import Failed, Sent
from tests.support.desk import a_reply_by, a_ticket_of, acting
from tests.support.inbox import Inbox
from tickets.events.delivery import run_due_deliveries
from tickets.models import Message, Ticket, TicketStatus
from tickets.services.labelling import TicketChanges, update_ticket
from tickets.services.workflow import change_status

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def topics(inbox: Inbox) -> None:
    record_bot(inbox.bot_id, {"username": "desk_bot", "has_topics_enabled": True})


@pytest.fixture
def ticket(inbox: Inbox, vera: User) -> Ticket:
    """With its topic and its card in it."""
    ticket = a_ticket_of(vera)
    sent(inbox, vera)
    return ticket


def sent(inbox: Inbox, vera: User) -> list[Request]:
    inbox.work()
    return inbox.deliver(vera)


def summary(requests: list[Request]) -> list[tuple[str, int | None]]:
    return [(one.method, one.params.get("message_thread_id")) for one in requests]


def thread_of(ticket: Ticket) -> int:
    return TicketTopic.objects.get(ticket=ticket.pk).thread_id or 0


def refuse(inbox: Inbox, code: str) -> None:
    """The chat's next call is refused for this reason."""
    OutgoingCall.objects.filter(state=CallState.PENDING).update(next_attempt_at="2000-01-01T00:00Z")
    (call,) = claim(inbox.bot_id, free=0, queued=9, not_now=[])
    render_call(call)
    record_verdict(call, Failed(code=code), others_succeed=True)


def in_thread(thread: int) -> dict[str, Any]:
    return {"message_thread_id": thread, "is_topic_message": True}


def test_a_ticket_makes_its_topic_and_stays_in_it(inbox: Inbox, vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera, "The printer burns")
    made, card = sent(inbox, vera)
    assert (made.method, made.params["name"]) == ("createForumTopic", f"#{ticket.number} The printer burns")
    assert summary([card]) == [("sendMessage", thread_of(ticket))]
    a_reply_by(anna, ticket, "We are on it")
    assert ("sendMessage", thread_of(ticket)) in summary(sent(inbox, vera))


def test_a_topic_that_the_person_deleted_is_made_again_and_nothing_is_lost(
    inbox: Inbox, vera: User, anna: User, ticket: Ticket
) -> None:
    former = thread_of(ticket)
    message = a_reply_by(anna, ticket, "Are you there?")
    inbox.work()
    refuse(inbox, "topic_gone")
    made, answer = inbox.deliver(vera)[:2]
    assert made.method == "createForumTopic"
    assert thread_of(ticket) != former
    assert (answer.params["text"], answer.params["message_thread_id"]) == ("Are you there?", thread_of(ticket))
    call = OutgoingCall.objects.get(message=message.pk)
    assert (call.state, call.attempts, call.ambiguous) == (CallState.SENT, 1, False)


def test_where_telegram_makes_none_the_chat_itself_is_written_to(inbox: Inbox, vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    inbox.work()
    refuse(inbox, "refused")
    a_reply_by(anna, ticket, "We are on it")
    assert {thread for _method, thread in summary(sent(inbox, vera))} == {None}
    assert not OutgoingCall.objects.filter(state=CallState.FAILED).exists()


def test_a_telegram_that_forgets_its_topics_at_once_is_not_asked_for_ever(
    inbox: Inbox, vera: User, anna: User, ticket: Ticket
) -> None:
    a_reply_by(anna, ticket, "We are on it")
    inbox.work()
    made = 0
    while thread_of(ticket) or not made:
        refuse(inbox, "topic_gone")
        if TicketTopic.objects.get(ticket=ticket.pk).thread_id is None:
            made += 1
            (call,) = claim(inbox.bot_id, free=0, queued=9, not_now=[])
            render_call(call)
            record_verdict(call, Sent(result={"message_thread_id": 9000 + made}), others_succeed=True)
    assert made == 2
    assert summary(inbox.deliver(vera))[0] == ("sendMessage", None)


def test_its_name_says_how_the_ticket_stands(inbox: Inbox, vera: User, anna: User, ticket: Ticket) -> None:
    names = []
    for status in (TicketStatus.PENDING, TicketStatus.RESOLVED, TicketStatus.OPEN, TicketStatus.CLOSED):
        change_status(actor=acting(anna), ticket=ticket.pk, status=status)
        names += [one.params["name"] for one in sent(inbox, vera) if one.method == "editForumTopic"]
    plain = f"#{ticket.number} {ticket.subject}"
    assert names == [f"❓ {plain}", f"✓ {plain}", plain, f"🔒 {plain}"]
    update_ticket(actor=acting(anna), ticket=ticket.pk, changes=TicketChanges(subject="x" * 200))
    name = sent(inbox, vera)[-1].params["name"]
    assert (len(name), name[-1]) == (100, "…")


def test_a_name_for_a_deleted_topic_is_not_given(inbox: Inbox, vera: User, anna: User, ticket: Ticket) -> None:
    update_ticket(actor=acting(anna), ticket=ticket.pk, changes=TicketChanges(subject="A fire"))
    inbox.work()
    OutgoingCall.objects.filter(state=CallState.PENDING).exclude(method="editForumTopic").delete()
    refuse(inbox, "topic_gone")
    assert TicketTopic.objects.get().thread_id is None
    assert not OutgoingCall.objects.filter(state=CallState.FAILED).exists()


def test_what_is_written_in_a_topic_goes_into_its_ticket_without_a_question(
    inbox: Inbox, vera: User, ticket: Ticket
) -> None:
    a_ticket_of(vera, "Another matter")
    sent(inbox, vera)
    inbox.says(vera, "It still burns", **in_thread(thread_of(ticket)))
    assert ticket.messages.filter(text="It still burns").exists()
    inbox.says(vera, "And in the chat itself?")
    assert inbox.rows()[-1].state == UpdateState.HELD


def test_an_answer_in_its_topic_needs_no_number(inbox: Inbox, vera: User, anna: User, ticket: Ticket) -> None:
    a_ticket_of(vera, "Another matter")
    a_reply_by(anna, ticket, "We are on it")
    assert "We are on it" in [one.params.get("text") for one in sent(inbox, vera)]


def test_where_topics_were_switched_off_answers_have_their_number_again(
    inbox: Inbox, vera: User, anna: User, ticket: Ticket
) -> None:
    a_ticket_of(vera, "Another matter")
    sent(inbox, vera)
    record_bot(inbox.bot_id, {"username": "desk_bot", "has_topics_enabled": False})
    a_reply_by(anna, ticket, "We are on it")
    answer = next(one for one in sent(inbox, vera) if "We are on it" in one.params.get("text", ""))
    assert answer.params["text"].startswith(f"#{ticket.number}")
    assert "message_thread_id" not in answer.params
    inbox.says(vera, f"/start photo_{ticket.number}")
    assert not any("Open the topic" in text for text in inbox.told(vera))
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.RESOLVED)
    assert any("reply to this message" in one.params.get("text", "") for one in sent(inbox, vera))


def test_a_topic_that_the_person_makes_begins_a_ticket(inbox: Inbox, vera: User, ticket: Ticket) -> None:
    inbox.says(vera, "The lift is stuck", **in_thread(77))
    new = Ticket.objects.get(subject="The lift is stuck")
    assert thread_of(new) == 77
    assert ("sendMessage", 77) in summary(sent(inbox, vera))
    inbox.says(vera, "Between two floors", **in_thread(77))
    assert new.messages.count() == 2


@pytest.mark.parametrize("what", ["created", "edited", "closed", "reopened"])
def test_what_the_person_does_to_a_topic_is_no_message(inbox: Inbox, vera: User, ticket: Ticket, what: str) -> None:
    said = {"name": "Lift", "icon_color": 7322096} if what in ("created", "edited") else {}
    for thread in (thread_of(ticket), 77):
        inbox.says(vera, **{f"forum_topic_{what}": said}, **in_thread(thread))
    assert (Ticket.objects.count(), ticket.messages.count()) == (1, 1)


def test_a_closed_ticket_goes_on_in_a_new_topic(inbox: Inbox, vera: User, anna: User, ticket: Ticket) -> None:
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.CLOSED)
    sent(inbox, vera)
    inbox.says(vera, "It burns again", **in_thread(thread_of(ticket)))
    new = Ticket.objects.get(continues=ticket)
    assert "createForumTopic" in [one.method for one in sent(inbox, vera)]
    assert thread_of(new) not in (0, thread_of(ticket))


@pytest.mark.parametrize("after", ["closed", "resolved"])
def test_a_burst_to_a_ticket_that_is_over_is_one_new_ticket_and_its_topic_says_so_once(
    inbox: Inbox, vera: User, anna: User, ticket: Ticket, settings: Settings, after: str
) -> None:
    settings.AFTER_RESOLVED = "new"
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus(after))
    sent(inbox, vera)
    for text in ("Hello", "it is", "broken again"):
        inbox.says(vera, text, **in_thread(thread_of(ticket)))
    new = Ticket.objects.get(continues=ticket)
    assert list(new.messages.order_by("sequence").values_list("text", flat=True)) == ["Hello", "it is", "broken again"]
    assert ticket.messages.count() == 1
    told = [one for one in sent(inbox, vera) if one.params.get("message_thread_id") == thread_of(ticket)]
    assert sum(f"this went into #{new.number}" in one.params.get("text", "") for one in told) == 1
    assert thread_of(new) not in (0, thread_of(ticket))


def test_what_new_begins_in_a_topic_goes_on_from_there_for_some_minutes(
    inbox: Inbox, vera: User, anna: User, ticket: Ticket
) -> None:
    here = in_thread(thread_of(ticket))
    inbox.says(vera, "/new", **here)
    for text in ("The lift is stuck", "Between two floors"):
        inbox.says(vera, text, **here, date=int(clock.now().timestamp()))
    new = Ticket.objects.get(subject="The lift is stuck")
    assert list(new.messages.order_by("sequence").values_list("text", flat=True))[1:] == ["Between two floors"]
    told = [one.params for one in sent(inbox, vera)]
    [here_told] = [one for one in told if f"your new ticket #{new.number}" in one.get("text", "")]
    assert here_told["message_thread_id"] == thread_of(ticket)
    assert "Go on in" in str(here_told["reply_markup"])
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        inbox.says(vera, "The printer smokes", **here, date=int(clock.now().timestamp()))
        assert ticket.messages.filter(text="The printer smokes").exists()
        landed = [one.params for one in sent(inbox, vera) if "This went into" in one.params.get("text", "")]
        assert [one["message_thread_id"] for one in landed] == [thread_of(ticket)]
        assert f"#{ticket.number}" in landed[0]["text"]


def test_what_new_began_in_a_topic_outlasts_what_is_said_in_another(
    inbox: Inbox, vera: User, anna: User, ticket: Ticket
) -> None:
    here = in_thread(thread_of(ticket))
    inbox.says(vera, "/new The lift is stuck", **here)
    new, third = Ticket.objects.get(subject="The lift is stuck"), a_ticket_of(vera, "A third matter")
    sent(inbox, vera)
    a_reply_by(anna, third, "It is on its way")
    change_status(actor=acting(anna), ticket=third.pk, status=TicketStatus.RESOLVED)
    inbox.work()
    inbox.says(vera, "Between two floors", **here)
    assert Message.objects.get(text="Between two floors").ticket == new


@pytest.mark.parametrize("ending", ["an answer", "another topic", "a choice"])
def test_what_new_began_in_a_topic_ends_with_an_answer_there(
    inbox: Inbox, vera: User, anna: User, ticket: Ticket, ending: str
) -> None:
    here = in_thread(thread_of(ticket))
    inbox.says(vera, "/new The lift is stuck", **here)
    new = Ticket.objects.get(subject="The lift is stuck")
    sent(inbox, vera)
    third = a_ticket_of(vera, "A third matter")
    sent(inbox, vera)
    if ending == "an answer":
        a_reply_by(anna, ticket, "Does it still burn?")
        inbox.work()
    elif ending == "another topic":
        here = in_thread(thread_of(third))
    else:
        inbox.presses(vera, build(Action.CHOOSE_TICKET, third.pk))
    inbox.says(vera, "It does", **here)
    assert not new.messages.filter(text="It does").exists()
    assert Message.objects.get(text="It does").ticket == (third if ending == "another topic" else ticket)


def test_agents_chats_have_no_topics(inbox: Inbox, vera: User, anna: User, ticket: Ticket) -> None:
    a_reply_by(vera, ticket, "Hello?")
    run_due_deliveries("notifications")
    assert summary(inbox.deliver(anna))[0] == ("sendMessage", None)
    assert not TicketTopic.objects.filter(chat_id=anna.telegram_id).exists()


def test_an_erased_person_leaves_no_name_of_a_topic(inbox: Inbox, vera: User, ticket: Ticket) -> None:
    inbox.says(vera, "Still there")  # so that the chat is known by its person
    assert TicketTopic.objects.filter(name__contains=ticket.subject).exists()
    forget_person(vera.pk)
    assert not TicketTopic.objects.exists()


def test_a_topic_that_is_made_while_its_person_is_erased_leaves_no_name(inbox: Inbox, vera: User) -> None:
    inbox.says(vera, "The printer burns")
    inbox.work()
    (call,) = claim(inbox.bot_id, free=0, queued=9, not_now=[])
    request = render_call(call)
    assert isinstance(request, Request)
    assert "The printer burns" in request.params["name"]
    forget_person(vera.pk)
    assert not record_verdict(call, Sent(result={"message_thread_id": 7}), others_succeed=True)
    assert not TicketTopic.objects.exists()


def test_without_topics_nothing_is_different(inbox: Inbox, vera: User) -> None:
    record_bot(inbox.bot_id, {"username": "desk_bot"})
    a_ticket_of(vera)
    assert summary(sent(inbox, vera)) == [("sendMessage", None)]


def test_what_is_asked_in_a_topic_is_answered_there_and_close_means_its_ticket(
    inbox: Inbox, vera: User, ticket: Ticket
) -> None:
    other = a_ticket_of(vera, "Another matter")
    sent(inbox, vera)
    inbox.says(vera, "/help", **in_thread(thread_of(ticket)))
    assert summary(inbox.deliver(vera)) == [("sendMessage", thread_of(ticket))]
    inbox.says(vera, "/help")
    assert summary(inbox.deliver(vera)) == [("sendMessage", None)]
    inbox.says(vera, "/close", **in_thread(thread_of(ticket)))
    assert list(Ticket.objects.filter(status=TicketStatus.RESOLVED)) == [ticket]
    assert {place for place in summary(inbox.deliver(vera)) if place[0] == "sendMessage"} == {
        ("sendMessage", thread_of(ticket))
    }
    inbox.says(vera, "/help", **in_thread(thread_of(other)))
    refuse(inbox, "topic_gone")
    assert summary(inbox.deliver(vera)) == [("sendMessage", None)], "a topic that is no more"


def test_a_topic_that_the_person_closed_is_opened_again(inbox: Inbox, vera: User, anna: User, ticket: Ticket) -> None:
    thread = thread_of(ticket)
    a_reply_by(anna, ticket, "Are you there?")
    inbox.work()
    refuse(inbox, "topic_closed")
    opened, answer = inbox.deliver(vera)[:2]
    assert (opened.method, opened.params["message_thread_id"]) == ("reopenForumTopic", thread)
    assert (answer.params["text"], answer.params["message_thread_id"]) == ("Are you there?", thread)


def test_where_telegram_does_not_open_it_the_ticket_gets_a_new_topic(
    inbox: Inbox, vera: User, anna: User, ticket: Ticket
) -> None:
    former = thread_of(ticket)
    a_reply_by(anna, ticket, "Are you there?")
    inbox.work()
    refuse(inbox, "topic_closed")
    refuse(inbox, "refused")
    made, answer = inbox.deliver(vera)[:2]
    assert made.method == "createForumTopic"
    assert answer.params["message_thread_id"] == thread_of(ticket) != former
    assert not OutgoingCall.objects.filter(state=CallState.FAILED).exists()


def test_a_photo_is_asked_for_in_the_tickets_topic(inbox: Inbox, vera: User, ticket: Ticket) -> None:
    def asked(**place: Any) -> list[tuple[str, int | None]]:
        inbox.says(vera, f"/start photo_{ticket.number}", **place)
        requests = [one for one in sent(inbox, vera) if one.method == "sendMessage"]
        return [(one.params["text"].partition(" ")[0], one.params.get("message_thread_id")) for one in requests]

    here = ("Send", thread_of(ticket))
    assert asked() == [("Open", None), here]
    assert asked(**in_thread(thread_of(ticket))) == [here]


def close_for_good(inbox: Inbox, vera: User, anna: User, ticket: Ticket) -> int:
    """The person closed the topic, Telegram does not open it again, and the ticket went on in another; its number."""
    former = thread_of(ticket)
    a_reply_by(anna, ticket, "Does it still burn?")
    inbox.work()
    for code in ("topic_closed", "refused"):
        refuse(inbox, code)
    sent(inbox, vera)
    assert thread_of(ticket) not in (0, former)
    return former


def test_a_topic_that_was_the_tickets_before_is_still_and_the_ticket_goes_on_where_its_customer_writes(
    inbox: Inbox, vera: User, anna: User, ticket: Ticket
) -> None:
    former = close_for_good(inbox, vera, anna, ticket)
    second = thread_of(ticket)
    for thread in (former, second):
        inbox.says(vera, f"It does, in {thread}", **in_thread(thread))
        a_reply_by(anna, ticket, f"Sorry, {thread}")
        answers = [one for one in sent(inbox, vera) if one.method == "sendMessage" and "Sorry" in one.params["text"]]
        assert [one.params["message_thread_id"] for one in answers] == [thread]
    assert Ticket.objects.get() == ticket


def test_in_a_topic_that_was_the_tickets_before_a_new_one_may_be_begun(
    inbox: Inbox, vera: User, anna: User, ticket: Ticket
) -> None:
    former = close_for_good(inbox, vera, anna, ticket)
    root = {"message_id": former, "date": 1, "chat": {"id": vera.telegram_id, "type": "private"}}
    inbox.says(vera, "/new", **in_thread(former))
    inbox.says(vera, "The lift is stuck", **in_thread(former), reply_to_message=root)
    assert Ticket.objects.get(subject="The lift is stuck") != ticket
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.RESOLVED)
    inbox.says(vera, "/close", **in_thread(former))
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.RESOLVED


def test_a_topic_whose_making_was_answered_into_the_void_is_its_tickets_too(
    inbox: Inbox, vera: User, ticket: Ticket
) -> None:
    """Telegram tells of each topic; the other one was made because the desk did not know of it."""
    bot = {"id": inbox.bot_id, "is_bot": True, "first_name": "Desk"}
    for number, name in {
        801: f"#{ticket.number} {ticket.subject}",
        802: f"❓ № {ticket.number} {ticket.subject}",
        803: f"#{ticket.number} Another subject",
    }.items():
        made = {"name": name, "icon_color": 7322096}
        inbox.put(
            inbox.update(
                message=inbox.message(
                    vera, message_id=number, forum_topic_created=made, **in_thread(number), **{"from": bot}
                )
            )
        )
        inbox.work()
        inbox.says(vera, f"In {number}", **in_thread(number))
    texts = list(ticket.messages.order_by("sequence").values_list("text", flat=True))
    assert texts[1:] == ["In 801", "In 802"], "a number alone may be another's"
    assert Ticket.objects.get(subject="In 803") != ticket


def test_in_a_topic_of_whom_the_account_stood_for_before_one_ticket_begins(
    inbox: Inbox, vera: User, gleb: User, ticket: Ticket
) -> None:
    """It was unlinked, and the same account writes as somebody else."""
    here = in_thread(thread_of(ticket))
    Ticket.objects.filter(pk=ticket.pk).update(customer=gleb)
    for text in ("Hello", "it is", "another matter"):
        inbox.says(vera, text, **here)
    new = Ticket.objects.get(customer=vera)
    assert new.messages.count() == 3
    assert thread_of(new) == here["message_thread_id"]
    assert TicketTopic.objects.get(ticket=ticket.pk).thread_id is None


def test_a_ticket_without_a_topic_lives_in_the_one_where_its_customer_answers_it(
    inbox: Inbox, vera: User, anna: User, ticket: Ticket
) -> None:
    """They deleted its own, made one and answered there; the next ticket of theirs is not begun by that."""
    answered = MessageLink.objects.filter(ticket=ticket.pk, chat_id=vera.telegram_id).latest("id")
    reply = {"message_id": answered.telegram_message_id, "date": 1, "chat": {"id": vera.telegram_id, "type": "private"}}
    TicketTopic.objects.update(thread_id=None)
    inbox.says(vera, "It still burns", **in_thread(77), reply_to_message=reply)
    inbox.says(vera, "And smokes", **in_thread(77))
    assert (Ticket.objects.get(), thread_of(ticket), ticket.messages.count()) == (ticket, 77, 3)


def test_a_reply_in_a_topic_of_their_own_to_a_ticket_that_has_one_leaves_that_free(
    inbox: Inbox, vera: User, ticket: Ticket
) -> None:
    answered = MessageLink.objects.filter(ticket=ticket.pk, chat_id=vera.telegram_id).latest("id")
    reply = {"message_id": answered.telegram_message_id, "date": 1, "chat": {"id": vera.telegram_id, "type": "private"}}
    inbox.says(vera, "It still burns", **in_thread(77), reply_to_message=reply)
    for text in ("The lift is stuck", "Between two floors"):
        inbox.says(vera, text, **in_thread(77))
    new = Ticket.objects.get(subject="The lift is stuck")
    assert (thread_of(new), new.messages.count(), ticket.messages.count()) == (77, 2, 2)
