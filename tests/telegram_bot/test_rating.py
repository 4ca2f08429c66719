"""The rating in the chat: asked once, given by a button, commented on by the next text where that was wished."""

from datetime import timedelta

import pytest
import time_machine

from accounts import clock
from accounts.actors import Source
from accounts.models import User
from telegram_bot.models import OutgoingCall, TicketTopic
from telegram_bot.speech.callback_data import Action, build
from tests.support.desk import a_reply_by, a_ticket_of, acting
from tests.support.inbox import JSON, Inbox
from tickets.events.delivery import run_due_deliveries
from tickets.models import Message, Ticket, TicketStatus
from tickets.services.rating import rate_ticket
from tickets.services.workflow import change_status

pytestmark = pytest.mark.django_db


def resolve(anna: User, ticket: Ticket, inbox: Inbox) -> None:
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.RESOLVED)
    inbox.work()


@pytest.fixture
def done(inbox: Inbox, vera: User, anna: User) -> Ticket:
    ticket = a_ticket_of(vera)
    a_reply_by(anna, ticket)
    resolve(anna, ticket, inbox)
    return ticket


def buttons(inbox: Inbox, user: User) -> list[str]:
    """Of the last message to this person."""
    rows = inbox.owed(user, "sendMessage")[-1].params.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


def test_five_buttons_come_with_the_resolution_and_only_once(
    inbox: Inbox, done: Ticket, vera: User, anna: User
) -> None:
    assert buttons(inbox, vera) == ["1", "2", "3", "4", "5"]
    inbox.deliver()
    asked = len(inbox.told(vera))
    inbox.says(vera, "It burns again")
    resolve(anna, done, inbox)
    assert len(inbox.told(vera)) == asked


def test_a_question_that_waits_is_withdrawn_where_the_ticket_is_opened_again_and_comes_with_the_next_end(
    inbox: Inbox, done: Ticket, vera: User, anna: User
) -> None:
    """The bot was late: that the ticket is done came below the words that had opened it again."""
    question = "How did you like our help?"
    inbox.says(vera, "It burns again")
    assert not [text for text in inbox.told(vera) if question in text]
    resolve(anna, done, inbox)
    inbox.deliver()
    inbox.says(vera, "And again")
    resolve(anna, done, inbox)
    assert len([text for text in inbox.told(vera) if question in text]) == 1


def test_who_was_asked_long_ago_is_not_asked_again(inbox: Inbox, done: Ticket, vera: User, anna: User) -> None:
    inbox.deliver()
    OutgoingCall.objects.all().delete()  # as housekeeping does
    with time_machine.travel(clock.now() + timedelta(days=31)):
        inbox.says(vera, "It burns again")
        resolve(anna, done, inbox)
        assert not [text for text in inbox.told(vera) if "How did you like our help?" in text]


def test_nobody_is_asked_about_what_nobody_answered(inbox: Inbox, vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera, "Спасибо")
    resolve(anna, ticket, inbox)
    assert buttons(inbox, vera) == []


@pytest.mark.parametrize("thanks", ["Спасибо большое!", "Ok, thank you"])
def test_nobody_is_asked_how_their_thanks_were_answered(inbox: Inbox, vera: User, anna: User, thanks: str) -> None:
    ticket = a_ticket_of(vera, thanks)
    a_reply_by(anna, ticket, "Пожалуйста!")
    resolve(anna, ticket, inbox)
    assert buttons(inbox, vera) == []


def test_thanks_after_it_is_done_neither_ask_again_nor_are_answered(inbox: Inbox, done: Ticket, vera: User) -> None:
    told = len(inbox.told(vera))
    inbox.says(vera, "Спасибо!")
    inbox.says(vera, "🙏")
    assert len(inbox.told(vera)) == told
    assert done.messages.count() == 4


def test_a_press_rates_and_another_changes_it(inbox: Inbox, done: Ticket, vera: User) -> None:
    for score in ("2", "5"):
        inbox.presses(vera, build(Action.RATE, done.pk, word=score))
    done.refresh_from_db()
    assert done.rating_score == 5
    shown = inbox.owed(vera, "editMessageText")[-1].params
    texts = [button["text"] for row in shown["reply_markup"]["inline_keyboard"] for button in row]
    assert texts[:5] == ["1", "2", "3", "4", "★ 5"]
    assert len(texts) == 6
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        inbox.presses(vera, build(Action.RATE, done.pk, word="1"))
    done.refresh_from_db()
    assert done.rating_score == 5


def test_the_text_after_asking_to_comment_is_the_comment_and_nothing_else_is(
    inbox: Inbox, done: Ticket, vera: User
) -> None:
    inbox.presses(vera, build(Action.RATE, done.pk, word="4"))
    inbox.presses(vera, build(Action.COMMENT, done.pk))
    message = inbox.says(vera, "Quick, but brusque")
    done.refresh_from_db()
    assert (done.rating_score, done.rating_comment, done.status) == (4, "Quick, but brusque", TicketStatus.RESOLVED)
    inbox.put(inbox.update(message=message))
    inbox.work()
    assert not Message.objects.filter(text="Quick, but brusque").exists()
    inbox.says(vera, "And now it burns again")
    assert Message.objects.filter(ticket=done, text="And now it burns again").exists()


@pytest.mark.parametrize("ending", ["/cancel", "later"])
def test_a_comment_that_is_not_awaited_any_more_is_a_message(
    inbox: Inbox, done: Ticket, vera: User, ending: str
) -> None:
    inbox.presses(vera, build(Action.RATE, done.pk, word="4"))
    inbox.presses(vera, build(Action.COMMENT, done.pk))
    if ending == "/cancel":
        inbox.says(vera, ending)
    with time_machine.travel(clock.now() + timedelta(minutes=16 if ending == "later" else 0)):
        inbox.says(vera, "It burns again", date=int(clock.now().timestamp()))
    done.refresh_from_db()
    assert (done.rating_comment, done.status) == ("", TicketStatus.OPEN)


def test_a_comment_that_was_written_in_time_and_waited_for_the_bot_is_one(
    inbox: Inbox, done: Ticket, vera: User
) -> None:
    inbox.presses(vera, build(Action.RATE, done.pk, word="4"))
    inbox.presses(vera, build(Action.COMMENT, done.pk))
    inbox.put(inbox.update(message=inbox.message(vera, "Quick", date=int(clock.now().timestamp()))))
    with time_machine.travel(clock.now() + timedelta(hours=1), tick=True):
        inbox.work()
    done.refresh_from_db()
    assert (done.rating_comment, done.status) == ("Quick", TicketStatus.RESOLVED)


@pytest.mark.parametrize("ending", ["/new", "/ticket", "write here", "/new words", "a reply", "another topic"])
def test_who_turns_to_something_else_writes_no_comment(
    inbox: Inbox, done: Ticket, vera: User, anna: User, ending: str
) -> None:
    other = a_ticket_of(vera, "Another matter")
    answer = a_reply_by(anna, other, "About the other")
    inbox.work()
    inbox.presses(vera, build(Action.RATE, done.pk, word="4"))
    inbox.presses(vera, build(Action.COMMENT, done.pk))
    if ending == "write here":
        inbox.presses(vera, build(Action.CHOOSE_TICKET, other.pk))
    elif ending == "a reply":
        inbox.arrived(vera, next(call for call in inbox.owed(vera) if call.message == answer.pk), 900)
        chat = {"id": vera.telegram_id, "type": "private"}
        inbox.says(vera, "Thanks", reply_to_message={"message_id": 900, "date": 1, "chat": chat})
    elif ending == "another topic":
        inbox.says(vera, "A word", is_topic_message=True, message_thread_id=55)
    else:
        inbox.says(vera, {"/ticket": f"/ticket {other.number}", "/new words": "/new The lift"}.get(ending, ending))
    inbox.says(vera, "It is stuck")
    done.refresh_from_db()
    assert done.rating_comment == ""
    assert inbox.rows()[-1].outcome != "rated"


def test_a_comment_may_stand_in_the_topic_of_its_ticket(inbox: Inbox, done: Ticket, vera: User) -> None:
    TicketTopic.objects.create(bot_id=inbox.bot_id, chat_id=vera.telegram_id, ticket=done.pk, thread_id=55)
    inbox.presses(vera, build(Action.RATE, done.pk, word="4"))
    inbox.presses(vera, build(Action.COMMENT, done.pk))
    made = {"name": "#1", "icon_color": 7322096}
    beginning = {"message_id": 55, "date": 1, "chat": {"id": vera.telegram_id, "type": "private"}}
    beginning["forum_topic_created"] = made  # all that answers nothing answers it there
    in_topic = {"is_topic_message": True, "message_thread_id": 55, "reply_to_message": beginning}
    inbox.says(vera, "Quick, but brusque", **in_topic)
    done.refresh_from_db()
    assert done.rating_comment == "Quick, but brusque"


@pytest.mark.parametrize("told", [True, False], ids=["the bot knows", "the bot lags behind"])
@pytest.mark.parametrize("by", ["a status", "an answer"])
def test_the_answer_to_a_ticket_that_is_open_again_is_no_comment(
    inbox: Inbox, done: Ticket, vera: User, anna: User, by: str, told: bool
) -> None:
    inbox.presses(vera, build(Action.RATE, done.pk, word="2"))
    inbox.presses(vera, build(Action.COMMENT, done.pk))
    if by == "a status" or not told:
        change_status(actor=acting(anna), ticket=done.pk, status=TicketStatus.OPEN)
    if by == "an answer":
        a_reply_by(anna, done, "What is the matter with it?")
    if told:
        run_due_deliveries("telegram")
    inbox.says(vera, "It smells")
    done.refresh_from_db()
    assert (done.rating_comment, done.messages.filter(text="It smells").exists()) == ("", True)
    assert inbox.rows()[-1].outcome == "message_stored"


def test_an_old_star_below_a_ticket_that_is_open_again_says_so(
    inbox: Inbox, done: Ticket, vera: User, anna: User
) -> None:
    inbox.presses(vera, build(Action.RATE, done.pk, word="2"))
    inbox.says(vera, "It burns again")
    for button in (build(Action.RATE, done.pk, word="1"), build(Action.COMMENT, done.pk)):
        inbox.presses(vera, button)
        alert = inbox.owed(method="answerCallbackQuery")[-1].params
        assert alert["text"] == "This ticket is open. You can rate it when it is done."
        assert alert["show_alert"]
    inbox.says(vera, "It smells")
    assert done.messages.filter(text="It smells").exists()


def test_a_comment_that_is_too_long_is_refused_in_words(inbox: Inbox, done: Ticket, vera: User) -> None:
    inbox.presses(vera, build(Action.RATE, done.pk, word="4"))
    inbox.presses(vera, build(Action.COMMENT, done.pk))
    inbox.says(vera, "x" * 2001)
    done.refresh_from_db()
    assert done.rating_comment == ""
    assert "2" in inbox.owed(vera, "sendMessage")[-1].params["text"]
    assert not Message.objects.filter(text__startswith="xxx").exists()
    inbox.says(vera, "It is broken again")
    done.refresh_from_db()
    assert (done.rating_comment, done.status) == ("", TicketStatus.OPEN), "the next words are no comment"


def comment_on(inbox: Inbox, done: Ticket, vera: User, text: str) -> JSON:
    inbox.presses(vera, build(Action.RATE, done.pk, word="2"))
    inbox.presses(vera, build(Action.COMMENT, done.pk))
    return inbox.says(vera, text)


def test_an_edit_of_the_comment_changes_it_for_a_day_and_is_refused_in_words_later(
    inbox: Inbox, done: Ticket, vera: User
) -> None:
    said = comment_on(inbox, done, vera, "Bda service")
    inbox.edits(vera, said, "Bad service, call me")
    told = len(inbox.told(vera))
    inbox.edits(vera, said, "Bad service, call me")
    done.refresh_from_db()
    assert (done.rating_comment, done.rating_score) == ("Bad service, call me", 2)
    assert len(inbox.told(vera)) == told, "nothing was changed"
    with time_machine.travel(clock.now() + timedelta(hours=25), tick=True):
        inbox.edits(vera, said, "Good service")
    done.refresh_from_db()
    assert done.rating_comment == "Bad service, call me"
    assert len(inbox.told(vera)) == told + 1
    assert done.status == TicketStatus.RESOLVED


@pytest.mark.parametrize(
    ("hours", "refusal"),
    [
        (1, "A later comment of yours has taken the place of this one. Change that one."),
        (25, "A rating can be changed for one day."),
    ],
)
def test_an_edit_of_an_earlier_comment_does_not_take_the_place_of_the_last_and_is_refused_in_words(
    inbox: Inbox, done: Ticket, vera: User, hours: int, refusal: str
) -> None:
    first = comment_on(inbox, done, vera, "Slow")
    last = comment_on(inbox, done, vera, "Slow, but kind")
    with time_machine.travel(clock.now() + timedelta(hours=hours), tick=True):
        inbox.edits(vera, first, "Very slow")
        assert refusal in inbox.owed(vera, "sendMessage")[-1].params["text"]
        done.refresh_from_db()
        assert done.rating_comment == "Slow, but kind"
        if hours == 1:
            inbox.edits(vera, last, "Kind")
            done.refresh_from_db()
            assert done.rating_comment == "Kind"


def test_a_comment_to_which_a_file_is_put_stays_and_the_person_is_told(inbox: Inbox, done: Ticket, vera: User) -> None:
    said = comment_on(inbox, done, vera, "Slow")
    photo = {"file_id": "p", "file_unique_id": "p", "width": 9, "height": 9}
    bare = {name: value for name, value in said.items() if name != "text"}
    changed = {**bare, "photo": [photo], "caption": "Very slow", "edit_date": 1_795_000_100}
    inbox.put(inbox.update(edited_message=changed))
    inbox.work()
    done.refresh_from_db()
    assert (done.rating_comment, done.messages.filter(kind="photo").exists()) == ("Slow", False)
    assert "Only a text can be a comment" in inbox.owed(vera, "sendMessage")[-1].params["text"]


def test_an_edit_of_the_comment_is_taken_after_another_score_was_given_in_the_mini_app(
    inbox: Inbox, done: Ticket, vera: User
) -> None:
    said = comment_on(inbox, done, vera, "Slow")
    rate_ticket(actor=acting(vera, Source.MINI_APP), ticket=done.pk, score=4)
    inbox.edits(vera, said, "Slow, but it works")
    done.refresh_from_db()
    assert (done.rating_score, done.rating_comment) == (4, "Slow, but it works")
    assert "comment" in inbox.owed(vera, "sendMessage")[-1].params["text"].lower()


@pytest.mark.parametrize(
    ("since", "refusal"),
    [
        ("the ticket was done anew", "This comment belongs to an earlier solution. You can rate the new one."),
        ("the Mini App", "You have changed this comment in the app since. Change it there."),
    ],
)
def test_an_edit_of_a_comment_that_is_over_changes_nothing_and_is_refused_in_words(
    inbox: Inbox, done: Ticket, vera: User, anna: User, since: str, refusal: str
) -> None:
    said = comment_on(inbox, done, vera, "Slow")
    if since == "the Mini App":
        rate_ticket(actor=acting(vera, Source.MINI_APP), ticket=done.pk, score=2, comment="Slow, but kind")
    else:
        change_status(actor=acting(anna), ticket=done.pk, status=TicketStatus.OPEN)
        resolve(anna, done, inbox)
    done.refresh_from_db()
    before = (done.rating_comment, done.rated_at)
    inbox.edits(vera, said, "Very slow")
    done.refresh_from_db()
    assert (done.rating_comment, done.rated_at) == before
    assert refusal in inbox.owed(vera, "sendMessage")[-1].params["text"]


def test_others_cannot_rate_it_by_a_forged_button(inbox: Inbox, done: Ticket, gleb: User, anna: User) -> None:
    for somebody in (gleb, anna):
        inbox.presses(somebody, build(Action.RATE, done.pk, word="1"))
        inbox.presses(somebody, build(Action.COMMENT, done.pk))
    done.refresh_from_db()
    assert done.rating_score is None
