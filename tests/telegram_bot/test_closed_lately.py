"""What the desk closes is not forgotten at once: its customer may have something to say about that."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import clock
from accounts.actors import Actor
from accounts.models import User
from telegram_bot.customer_chat.held import release_overdue
from telegram_bot.handlers.candidates import find_thanked, has_answered_since, list_in_question, list_lately
from telegram_bot.models import UpdateState
from telegram_bot.speech.callback_data import Action, build
from tests.support.desk import a_reply_by, a_ticket_of, acting
from tests.support.inbox import Inbox
from tickets.models import Ticket, TicketStatus
from tickets.services.workflow import change_status

pytestmark = pytest.mark.django_db
STILL = "No, it still does not print"


@pytest.fixture
def tickets(inbox: Inbox, vera: User) -> tuple[Ticket, Ticket]:
    printer, lift = a_ticket_of(vera, "The printer"), a_ticket_of(vera, "The lift")
    inbox.work()
    return printer, lift


def texts_in(ticket: Ticket) -> list[str]:
    return list(ticket.messages.order_by("sequence").values_list("text", flat=True))


def close(inbox: Inbox, ticket: Ticket, by: User | Actor, status: TicketStatus = TicketStatus.CLOSED) -> None:
    change_status(actor=acting(by) if isinstance(by, User) else by, ticket=ticket.pk, status=status)
    inbox.work()


def offered(inbox: Inbox, vera: User) -> list[str]:
    return [text.partition(" ")[0] for text in inbox.last_buttons(vera)]


def is_held(inbox: Inbox) -> bool:
    return inbox.rows()[-1].state == UpdateState.HELD


def test_the_ticket_that_was_chosen_goes_on_in_a_linked_one_where_it_was_closed(
    inbox: Inbox, vera: User, anna: User, tickets: tuple[Ticket, Ticket]
) -> None:
    printer, lift = tickets
    inbox.says(vera, f"/ticket {printer.number}")
    inbox.says(vera, "It does not print")
    close(inbox, printer, anna)
    inbox.says(vera, STILL)
    inbox.says(vera, "Not even a line")
    assert texts_in(lift) == ["The lift"]
    assert texts_in(Ticket.objects.get(continues=printer)) == [STILL, "Not even a line"]
    assert f"Your earlier ticket <b>#{printer.number}</b> was closed already" in inbox.told(vera)[-1]


def test_where_something_goes_on_from_the_chosen_one_already_it_is_said(
    inbox: Inbox, vera: User, anna: User, tickets: tuple[Ticket, Ticket]
) -> None:
    printer, _lift = tickets
    inbox.says(vera, f"/ticket {printer.number}")
    close(inbox, printer, anna)
    inbox.says(vera, STILL)
    going_on = Ticket.objects.get(continues=printer)
    inbox.presses(vera, build(Action.CHOOSE_TICKET, printer.pk))
    inbox.says(vera, "Not even a line")
    assert texts_in(going_on) == [STILL, "Not even a line"]
    said = [call.params["text"] for call in inbox.owed(vera, "editMessageText") if "text" in call.params]
    assert f"Your messages go to ticket <b>#{going_on.number}</b>" in said[-1]


def test_without_a_choice_it_is_asked_about_first(
    inbox: Inbox, vera: User, anna: User, tickets: tuple[Ticket, Ticket]
) -> None:
    printer, lift = tickets
    close(inbox, printer, anna)
    inbox.says(vera, STILL)
    assert is_held(inbox)
    assert offered(inbox, vera) == [f"#{printer.number}", f"#{lift.number}", "New"]
    inbox.presses(vera, build(Action.CHOOSE_TICKET, printer.pk))
    assert texts_in(Ticket.objects.get(continues=printer)) == [STILL]
    assert texts_in(lift) == ["The lift"]


def test_the_button_of_a_ticket_that_was_closed_since_the_question_leads_to_what_goes_on_from_it(
    inbox: Inbox, vera: User, anna: User, tickets: tuple[Ticket, Ticket]
) -> None:
    printer, lift = tickets
    inbox.says(vera, STILL)
    buttons = inbox.last_buttons(vera)
    close(inbox, printer, anna)
    inbox.presses(vera, buttons[f"#{printer.number} The printer"])
    said = inbox.owed(vera, "editMessageText")
    assert any(f"<b>#{printer.number}</b> is closed already" in one.params.get("text", "") for one in said)
    assert texts_in(Ticket.objects.get(continues=printer)) == [STILL]
    assert texts_in(lift) == ["The lift"]


def test_mere_thanks_stay_in_what_was_closed_last_and_start_no_clock_elsewhere(
    inbox: Inbox, vera: User, anna: User, tickets: tuple[Ticket, Ticket]
) -> None:
    printer, lift = tickets
    a_reply_by(anna, lift, "Which floor?")
    close(inbox, lift, anna, TicketStatus.PENDING)
    close(inbox, printer, anna)
    inbox.says(vera, "Спасибо!")
    lift.refresh_from_db()
    assert (texts_in(printer)[-1], lift.status) == ("Спасибо!", TicketStatus.PENDING)


def test_the_end_of_another_ends_the_choice_and_its_closing_by_the_clock_does_not(
    inbox: Inbox, vera: User, anna: User, tickets: tuple[Ticket, Ticket]
) -> None:
    printer, lift = tickets
    lamp = a_ticket_of(vera, "The lamp")
    close(inbox, lamp, anna, TicketStatus.RESOLVED)
    inbox.says(vera, f"/ticket {lift.number}")
    close(inbox, lamp, Actor.system())
    inbox.says(vera, "It is stuck")
    assert texts_in(lift)[-1] == "It is stuck"
    close(inbox, printer, anna)
    inbox.says(vera, STILL)
    assert is_held(inbox)


def test_what_was_resolved_days_ago_and_is_closed_by_the_clock_is_over(
    inbox: Inbox, vera: User, anna: User, tickets: tuple[Ticket, Ticket]
) -> None:
    printer, lift = tickets
    close(inbox, printer, anna, TicketStatus.RESOLVED)
    with time_machine.travel(clock.now() + timedelta(days=5), tick=True):
        close(inbox, printer, Actor.system())
        inbox.says(vera, "It is stuck")
    assert texts_in(lift)[-1] == "It is stuck"


def test_who_began_another_in_the_chat_since_is_not_asked_about_it(
    inbox: Inbox, vera: User, anna: User, tickets: tuple[Ticket, Ticket]
) -> None:
    for ticket in tickets:
        close(inbox, ticket, anna)
    for text in (STILL, "Not even a line"):
        inbox.says(vera, text)
    assert texts_in(Ticket.objects.get(continues=tickets[1])) == [STILL, "Not even a line"]


@pytest.mark.parametrize("end", ["/cancel", "late"])
def test_what_waits_goes_on_from_the_last_where_all_are_closed_meanwhile(
    inbox: Inbox, vera: User, anna: User, tickets: tuple[Ticket, Ticket], end: str
) -> None:
    inbox.says(vera, STILL)
    inbox.says(vera, "Not even a line")
    for ticket in tickets:
        close(inbox, ticket, anna)
    if end == "late":
        with time_machine.travel(clock.now() + timedelta(minutes=11), tick=True):
            release_overdue(inbox.bot_id)
            inbox.work()
    else:
        inbox.says(vera, end)
        assert any("it opens a new ticket" in text for text in inbox.told(vera))
    assert texts_in(Ticket.objects.get(continues=tickets[1])) == [STILL, "Not even a line"]


def test_who_has_many_tickets_costs_no_query_for_each(inbox: Inbox, vera: User, anna: User) -> None:
    def count_queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert list_in_question(vera)
            assert find_thanked(list_lately(vera)) is not None
            assert not has_answered_since(vera, clock.now())
        return len(captured)

    def add_one_of_each() -> None:
        for status in (TicketStatus.PENDING, TicketStatus.RESOLVED, TicketStatus.CLOSED):
            ticket = a_ticket_of(vera, f"It is {status}")
            a_reply_by(anna, ticket, "Which floor?")
            change_status(actor=acting(anna), ticket=ticket.pk, status=status)

    add_one_of_each()
    with_few = count_queries()
    for _time in range(4):
        add_one_of_each()
    assert count_queries() == with_few
    assert len(list_in_question(vera)) == 15
