"""The customer rates what is done, may change it for a day, and nobody else does."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts import clock
from accounts.models import User
from tests.support.api import Api
from tests.support.desk import a_reply_by, a_ticket_of, acting, event_types
from tickets.events.replay import find_differences
from tickets.models import Ticket, TicketStatus
from tickets.services.workflow import change_status

pytestmark = pytest.mark.django_db


@pytest.fixture
def done(vera: User, anna: User) -> Ticket:
    ticket = a_ticket_of(vera)
    a_reply_by(anna, ticket)
    return change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.RESOLVED)


def rate(user: User, ticket: Ticket, **body: object) -> tuple[int, dict[str, object]]:
    return Api(user).post(f"tickets/{ticket.pk}/rate/", **body)


def rating_of(ticket: Ticket, user: User) -> dict[str, Any]:
    return Api(user).get(f"tickets/{ticket.pk}/")[1]["rating"]  # type: ignore[no-any-return]


def test_a_rating_is_shown_to_all_who_see_the_ticket(done: Ticket, vera: User, anna: User) -> None:
    status, picture = rate(vera, done, score=4, comment="  Quick, and kind ")
    assert status == 200
    rating = picture["rating"]
    assert isinstance(rating, dict)
    assert (rating["score"], rating["comment"]) == (4, "Quick, and kind")
    assert Api(anna).get(f"tickets/{done.pk}/")[1]["rating"] == rating
    done.refresh_from_db()
    assert find_differences(done) == []


def test_it_may_be_changed_for_a_day_and_the_comment_stays_unless_given(done: Ticket, vera: User) -> None:
    rate(vera, done, score=2, comment="Slow")
    rate(vera, done, score=2)
    with time_machine.travel(clock.now() + timedelta(hours=23)):
        picture = rate(vera, done, score=3)[1]
    assert picture["rating"]["comment"] == "Slow"  # type: ignore[index]
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        status, answer = rate(vera, done, score=5)
    assert (status, answer["error"]["code"]) == (409, "rating_fixed")  # type: ignore[index]
    assert event_types(done).count("ticket_rated") == 2


def test_what_was_reopened_and_resolved_anew_is_rated_anew(done: Ticket, vera: User, anna: User) -> None:
    rate(vera, done, score=1)
    with time_machine.travel(clock.now() + timedelta(days=3)):
        a_reply_by(vera, done, "It burns again")
        assert rate(vera, done, score=2)[0] == 409
        change_status(actor=acting(anna), ticket=done.pk, status=TicketStatus.RESOLVED)
        assert rating_of(done, vera)["changeable_until"] is None
        assert rate(vera, done, score=1)[0] == 200  # as before, of another solution
        assert rating_of(done, vera)["changeable_until"] > clock.now().isoformat()
        assert rate(vera, done, score=5)[0] == 200
        assert event_types(done).count("ticket_rated") == 3


@pytest.mark.parametrize("score", [0, 6, -1, 2.5, "5", None, True])
def test_nonsense_is_refused(done: Ticket, vera: User, score: object) -> None:
    assert rate(vera, done, score=score)[0] == 400
    assert rate(vera, done, score=5, comment="x" * 2001)[0] == 400
    done.refresh_from_db()
    assert done.rating_score is None
