"""For how long what a customer chose or asked for holds, and what is said where it came too late."""

from datetime import timedelta

import pytest
import time_machine

from accounts import clock
from accounts.models import User
from telegram_bot.customer_chat.choices import forget_old_choices
from telegram_bot.customer_chat.held import release_overdue
from telegram_bot.dispatcher import handle_next
from telegram_bot.models import TicketTopic
from tests.support.desk import a_reply_by, a_ticket_of
from tests.support.inbox import Inbox
from tickets.models import Category, Ticket

pytestmark = pytest.mark.django_db


def texts_in(ticket: Ticket) -> list[str]:
    return list(ticket.messages.order_by("sequence").values_list("text", flat=True))


def choices(inbox: Inbox, vera: User) -> list[str]:
    return replaced(inbox, vera, "Your messages go to")


def replaced(inbox: Inbox, vera: User, beginning: str) -> list[str]:
    """What stands where buttons were pressed and begins so; cards, too, are edited."""
    said = [call.params.get("text", "") for call in inbox.owed(vera, "editMessageText")]
    return [text for text in said if text.startswith(beginning)]


def test_a_choice_that_came_too_late_says_where_the_words_before_stay(inbox: Inbox, vera: User) -> None:
    first, second = a_ticket_of(vera, "First"), a_ticket_of(vera, "Second")
    inbox.says(vera, "It is about the first")
    button = inbox.last_buttons(vera)[f"#{first.number} First"]
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        release_overdue(inbox.bot_id)
        inbox.work()
        inbox.presses(vera, button)
        inbox.says(vera, "More of it")
    assert (texts_in(first)[1:], texts_in(second)[1:]) == (["More of it"], ["It is about the first"])
    (said,) = choices(inbox, vera)
    assert said.endswith(f"What you wrote before stays in #{second.number}.")


def test_a_new_ticket_that_was_chosen_too_late_says_where_the_words_before_stay(inbox: Inbox, vera: User) -> None:
    _first, second = a_ticket_of(vera, "First"), a_ticket_of(vera, "Second")
    inbox.says(vera, "It is a matter of its own")
    button = inbox.last_buttons(vera)["New ticket"]
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        release_overdue(inbox.bot_id)
        inbox.work()
        inbox.presses(vera, button)
        inbox.says(vera, "The lift is stuck")
    assert texts_in(second) == ["Second", "It is a matter of its own"]
    assert texts_in(Ticket.objects.latest("number")) == ["The lift is stuck"]
    [said] = replaced(inbox, vera, "A new ticket")
    assert said.endswith(f"/cancel if you have changed your mind. What you wrote before stays in #{second.number}.")


def test_a_choice_in_time_says_nothing_of_what_was_before(inbox: Inbox, vera: User) -> None:
    first, second = a_ticket_of(vera, "First"), a_ticket_of(vera, "Second")
    inbox.says(vera, f"/ticket {second.number}")
    inbox.says(vera, "About the second")
    inbox.says(vera, "/cancel")
    inbox.says(vera, "It is about the first")
    inbox.presses(vera, inbox.last_buttons(vera)[f"#{first.number} First"])
    assert texts_in(first)[1:] == ["It is about the first"]
    (said,) = choices(inbox, vera)
    assert "before" not in said


def test_the_ten_minutes_begin_with_the_question_though_the_message_had_waited_for_the_bot(
    inbox: Inbox, vera: User
) -> None:
    first, _second = a_ticket_of(vera, "First"), a_ticket_of(vera, "Second")
    inbox.work()
    inbox.put(inbox.update(message=inbox.message(vera, "It is about the first")))
    with time_machine.travel(clock.now() + timedelta(minutes=12), tick=True):
        inbox.work()
        assert release_overdue(inbox.bot_id) == 0
        inbox.presses(vera, inbox.last_buttons(vera)[f"#{first.number} First"])
    assert texts_in(first) == ["First", "It is about the first"]


def asks_for_new_and_waits(inbox: Inbox, vera: User, *, minutes: int) -> time_machine.travel:
    inbox.says(vera, "/new")
    return time_machine.travel(clock.now() + timedelta(minutes=minutes), tick=True)


def test_a_new_ticket_that_was_asked_for_and_left_is_forgotten_after_half_an_hour(
    inbox: Inbox, vera: User, anna: User
) -> None:
    first = a_ticket_of(vera, "First")
    with asks_for_new_and_waits(inbox, vera, minutes=31):
        a_reply_by(anna, first, "Did it help?")
        inbox.says(vera, "No, it did not", date=int(clock.now().timestamp()))
        inbox.says(vera, "/cancel", date=int(clock.now().timestamp()))
    assert texts_in(Ticket.objects.get()) == ["First", "Did it help?", "No, it did not"]
    assert inbox.told(vera)[-1] == "There was nothing to cancel."


def test_the_half_hour_ends_with_what_was_written_though_it_waited_for_the_bot(inbox: Inbox, vera: User) -> None:
    first = a_ticket_of(vera, "First")
    inbox.says(vera, "/new")
    inbox.put(inbox.update(message=inbox.message(vera, "The lift is stuck", date=int(clock.now().timestamp()))))
    with time_machine.travel(clock.now() + timedelta(hours=1), tick=True):
        inbox.work()
    assert texts_in(first) == ["First"]
    assert texts_in(Ticket.objects.exclude(pk=first.pk).get()) == ["The lift is stuck"]


def test_mere_thanks_open_no_ticket_where_others_are_and_leave_the_new_one_to_come(
    inbox: Inbox, vera: User, anna: User
) -> None:
    first = a_ticket_of(vera, "First")
    with asks_for_new_and_waits(inbox, vera, minutes=1):
        inbox.says(vera, "Спасибо!")
        inbox.says(vera, "The lift is stuck")
    assert texts_in(first) == ["First", "Спасибо!"]
    assert texts_in(Ticket.objects.exclude(pk=first.pk).get()) == ["The lift is stuck"]


@pytest.mark.parametrize("pressed", ["#", "New ticket"])
def test_where_the_desk_has_answered_since_it_is_asked_what_was_meant(
    inbox: Inbox, vera: User, anna: User, pressed: str
) -> None:
    printers = Category.objects.create(name_ru="Принтеры", name_en="Printers")
    first = a_ticket_of(vera, "First")
    inbox.says(vera, f"/start category_{printers.pk}")
    a_reply_by(anna, first, "Did it help?")
    inbox.says(vera, "It is broken")
    assert "Is this about your ticket, or does it begin a new one?" in inbox.told(vera)[-1]
    inbox.presses(vera, next(data for text, data in inbox.last_buttons(vera).items() if text.startswith(pressed)))
    inbox.says(vera, "Since Monday")
    new = Ticket.objects.exclude(pk=first.pk).first()
    meant = new if pressed == "New ticket" else first
    assert meant is not None
    assert texts_in(meant)[-2:] == ["It is broken", "Since Monday"]
    assert new is None or new.category == printers


def test_in_a_topic_of_its_own_the_answer_says_what_is_meant(inbox: Inbox, vera: User, anna: User) -> None:
    first = a_ticket_of(vera, "First")
    TicketTopic.objects.create(bot_id=inbox.bot_id, chat_id=vera.telegram_id or 0, ticket=first.pk, thread_id=7)
    inbox.says(vera, "/new")
    a_reply_by(anna, first, "Did it help?")
    inbox.says(vera, "No, it did not", message_thread_id=7, is_topic_message=True)
    assert texts_in(first)[-1] == "No, it did not"


def a_message(inbox: Inbox, vera: User, text: str, *, minutes: int, **fields: object) -> dict[str, object]:
    """As an update that was written so many minutes from now."""
    at = clock.now() + timedelta(minutes=minutes)
    return inbox.update(message=inbox.message(vera, text, date=int(at.timestamp()), **fields))


def test_a_choice_lasts_by_when_the_words_were_written_however_late_the_bot_reads_them(
    inbox: Inbox, vera: User, anna: User
) -> None:
    """The one within twelve hours goes to the chosen ticket; of the other it is asked. No card forgets it meanwhile."""
    first, second = a_ticket_of(vera, "First"), a_ticket_of(vera, "Second")
    inbox.put(
        a_message(inbox, vera, f"/ticket {first.number}", minutes=0),
        a_message(inbox, vera, "In time", minutes=60),
        a_message(inbox, vera, "Too late", minutes=14 * 60),
    )
    with time_machine.travel(clock.now() + timedelta(hours=15), tick=True):
        handle_next(inbox.bot_id, vera.telegram_id or 0)
        assert forget_old_choices(inbox.bot_id) == 0, "what waits may have been written in time"
        inbox.work()
        assert forget_old_choices(inbox.bot_id) == 1
    assert (texts_in(first), texts_in(second)) == (["First", "In time"], ["Second"])
    assert [row.outcome for row in inbox.rows()] == ["answered", "message_stored", "held"]


def test_what_was_begun_in_a_topic_goes_on_by_when_the_words_were_written(inbox: Inbox, vera: User) -> None:
    first = a_ticket_of(vera, "First")
    TicketTopic.objects.create(bot_id=inbox.bot_id, chat_id=vera.telegram_id or 0, ticket=first.pk, thread_id=7)
    here = {"message_thread_id": 7, "is_topic_message": True}
    inbox.put(
        a_message(inbox, vera, "/new The lift is stuck", minutes=0, **here),
        a_message(inbox, vera, "Between two floors", minutes=9, **here),
        a_message(inbox, vera, "The printer smokes", minutes=20, **here),
    )
    with time_machine.travel(clock.now() + timedelta(hours=15), tick=True):
        inbox.work()
    new = Ticket.objects.exclude(pk=first.pk).get()
    assert texts_in(new) == ["The lift is stuck", "Between two floors"]
    assert texts_in(first) == ["First", "The printer smokes"]


def test_words_that_waited_make_no_choice_older_than_it_is(inbox: Inbox, vera: User) -> None:
    """They were written before the button was pressed, and what comes next goes where that said."""
    first, _second = a_ticket_of(vera, "First"), a_ticket_of(vera, "Second")
    inbox.put(a_message(inbox, vera, "It is about the first", minutes=-13 * 60))
    inbox.work()
    inbox.presses(vera, inbox.last_buttons(vera)[f"#{first.number} First"])
    inbox.put(a_message(inbox, vera, "More of it", minutes=0))
    inbox.work()
    assert texts_in(first) == ["First", "It is about the first", "More of it"]
