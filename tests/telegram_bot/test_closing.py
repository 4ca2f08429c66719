"""Who writes in a ticket that is under way while the desk is closed is told when it is back, once."""

from datetime import datetime, time

import pytest
import time_machine
from pytest_django import Settings

from accounts.models import User
from telegram_bot.models import OutgoingCall
from tests.support.desk import a_reply_by
from tests.support.inbox import Inbox
from tickets.models import Ticket, WorkingTime

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
        assert told(inbox) == ["We are closed at the moment and back tomorrow at 09:00."]
    with at(NEXT_NIGHT):
        inbox.says(vera, "Still burning")
        assert len(told(inbox)) == 2


def test_a_ticket_that_began_in_this_closing_has_said_so_already(inbox: Inbox, vera: User) -> None:
    with at(NIGHT):
        inbox.says(vera, "The printer is on fire")
        inbox.says(vera, "Hello?")
        assert told(inbox) == []
