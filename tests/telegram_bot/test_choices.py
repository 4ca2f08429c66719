"""For how long what a customer chose or asked for holds, and what is said where it came too late."""

from datetime import timedelta

import pytest
import time_machine

from accounts import clock
from accounts.models import User
from telegram_bot.customer_chat.held import release_overdue
from tests.support.desk import a_ticket_of
from tests.support.inbox import Inbox
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def texts_in(ticket: Ticket) -> list[str]:
    return list(ticket.messages.order_by("sequence").values_list("text", flat=True))


def choices(inbox: Inbox, vera: User) -> list[str]:
    said = [call.params.get("text", "") for call in inbox.owed(vera, "editMessageText")]
    return [text for text in said if text.startswith("Your messages go to")]


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
