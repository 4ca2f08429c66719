"""Who writes in a ticket that is under way while the desk is closed is told when it is back, once."""

from datetime import datetime, time

import pytest
import time_machine
from pytest_django import Settings

from accounts.models import Availability, Team, User
from telegram_bot.models import MessageLink, OutgoingCall
from tests.support.desk import a_reply_by, a_ticket_of, a_ticket_opened_for, acting
from tests.support.inbox import Inbox
from tickets.models import Category, Ticket, TicketStatus, WorkingTime
from tickets.services.workflow import change_status

pytestmark = pytest.mark.django_db
WEDNESDAY, NIGHT, NEXT_NIGHT = "2026-12-02T12:00:00+00:00", "2026-12-02T22:00:00+00:00", "2026-12-03T22:00:00+00:00"


@pytest.fixture(autouse=True)
def office(settings: Settings) -> None:
    """From nine to six on every day."""
    settings.TIME_ZONE = "UTC"
    for weekday in range(7):
        WorkingTime.objects.create(weekday=weekday, opens=time(9), closes=time(18))


def at(moment: str) -> time_machine.travel:
    return time_machine.travel(datetime.fromisoformat(moment), tick=True)


def told(inbox: Inbox) -> list[str]:
    inbox.work()
    calls = OutgoingCall.objects.filter(method="sendMessage", params__has_key="text")
    return [call.params["text"] for call in calls if "closed at the moment" in call.params["text"]]


def test_at_night_it_is_said_once_and_the_next_night_again(inbox: Inbox, vera: User, anna: User) -> None:
    with at(WEDNESDAY):
        inbox.says(vera, "The printer is on fire")
        a_reply_by(anna, Ticket.objects.get())
        inbox.says(vera, "The third floor")
        assert told(inbox) == [], "somebody is there"
    with at(NIGHT):
        inbox.says(vera, "Thanks!")
        assert told(inbox) == []
        for text in ("It burns again", "Hello?", "Anybody?"):
            inbox.says(vera, text)
        assert told(inbox) == ["We are closed at the moment and back tomorrow, 3 December, at 09:00 (UTC)."]
    with at(NEXT_NIGHT):
        inbox.says(vera, "Still burning")
        assert len(told(inbox)) == 2


def test_a_ticket_that_began_in_this_closing_has_said_so_already(inbox: Inbox, vera: User) -> None:
    with at(NIGHT):
        inbox.says(vera, "The printer is on fire")
        inbox.says(vera, "Hello?")
        assert told(inbox) == []


def test_who_answers_the_agents_message_is_told_as_well(inbox: Inbox, vera: User, anna: User) -> None:
    with at(WEDNESDAY):
        inbox.says(vera, "The printer is on fire")
        a_reply_by(anna, Ticket.objects.get())
        inbox.work()
        (answer,) = [call for call in inbox.owed(vera) if "@message" in call.params]
        inbox.arrived(vera, answer, 900)
    with at(NIGHT):
        inbox.says(vera, "Still", reply_to_message=inbox.message(vera, "We are on it", message_id=900))
        assert len(told(inbox)) == 1


def test_who_answers_as_an_agent_is_told_nothing(inbox: Inbox, vera: User, anna: User) -> None:
    with at(NIGHT):
        ticket = a_ticket_of(vera)
        inbox.work()
        MessageLink.objects.create(
            bot_id=inbox.bot_id, chat_id=anna.telegram_id, telegram_message_id=900, ticket=ticket.pk, direction="out"
        )
        inbox.says(anna, "On my way", reply_to_message=inbox.message(anna, "#1", message_id=900))
        assert ticket.messages.count() == 2
        assert told(inbox) == []


def test_the_card_says_it_until_the_first_answer_though_an_agent_was_assigned_at_once(
    inbox: Inbox, vera: User, anna: User
) -> None:
    team = Team.objects.create(name="Repairs", assigns_automatically=True)
    User.objects.filter(pk=anna.pk).update(availability=Availability.AVAILABLE, team=team)
    category = Category.objects.create(name_ru="Принтеры", name_en="Printers", team=team)
    with at(NIGHT):
        ticket = a_ticket_of(vera, category_id=category.pk)
        assert ticket.status == TicketStatus.OPEN
        inbox.work()
        assert "Your message has arrived" in inbox.told(vera)[0]
        assert "back tomorrow, 3 December, at 09:00 (UTC)." in inbox.told(vera)[0]
        a_reply_by(anna, ticket)
        inbox.work()
        assert "closed" not in inbox.told(vera)[0], "somebody is there after all"


def test_a_ticket_that_staff_opened_thanks_for_no_message_and_says_it_with_the_first_one(
    inbox: Inbox, vera: User, anna: User
) -> None:
    with at(NIGHT):
        a_ticket_opened_for(vera, anna)
        inbox.work()
        (card,) = [text for text in inbox.told(vera) if "Status:" in text]
        assert "arrived" not in card
        assert "closed at the moment" not in card
        inbox.says(vera, "It burns")
        assert len(told(inbox)) == 1


def test_where_words_go_into_the_ticket_that_follows_it_is_said_of_that_one(
    inbox: Inbox, vera: User, anna: User
) -> None:
    with at(WEDNESDAY):
        inbox.says(vera, "The printer is on fire")
        ended = Ticket.objects.get()
        a_reply_by(anna, ended)
        inbox.work()
        (answer,) = [call for call in inbox.owed(vera) if "@message" in call.params]
        inbox.arrived(vera, answer, 900)
        change_status(actor=acting(anna), ticket=ended.pk, status=TicketStatus.CLOSED)
        inbox.says(vera, "It burns again", reply_to_message=inbox.message(vera, "We are on it", message_id=900))
    with at(NIGHT):
        inbox.says(vera, "Still", reply_to_message=inbox.message(vera, "We are on it", message_id=900))
    [notice] = OutgoingCall.objects.filter(coalesce_key__startswith="closed:")
    assert str(Ticket.objects.get(continues=ended).pk) in notice.coalesce_key
