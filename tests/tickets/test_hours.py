"""Working hours: pure, over nights, holidays and changes of the clock; and what is promised from them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.errors import PermissionDenied
from accounts.models import User
from telegram_bot.speech.expectations import say_expectation
from tests.support.desk import a_reply_by, a_ticket_of, a_ticket_opened_for, acting
from tickets.api.client_config import build_client_config
from tickets.hours import WorkingHours, promise_of, round_up
from tickets.models import SpecialDay, WorkingTime
from tickets.selectors.desk import read_work
from tickets.selectors.hours import ENOUGH, expect_answer
from tickets.services.hours import save_working_time

BERLIN, MOSCOW = ZoneInfo("Europe/Berlin"), ZoneInfo("Europe/Moscow")
NINE_TO_SIX = [(time(9), time(18))]
OFFICE = WorkingHours(
    zone=MOSCOW,
    week=dict.fromkeys(range(5), NINE_TO_SIX),
    special={date(2026, 12, 31): [(time(10), time(14))], date(2027, 1, 1): []},
)


def at(text: str, zone: ZoneInfo = MOSCOW) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-27 12:00", "2026-11-27 12:00"),  # a Friday
        ("2026-11-27 18:00", "2026-11-30 09:00"),
        ("2026-11-27 08:59", "2026-11-27 09:00"),
        ("2026-11-28 12:00", "2026-11-30 09:00"),
        ("2026-12-31 09:30", "2026-12-31 10:00"),
        ("2026-12-31 14:00", "2027-01-04 09:00"),
    ],
)
def test_it_opens_at(moment: str, opens: str) -> None:
    assert OFFICE.next_opening(at(moment)) == at(opens)
    assert OFFICE.is_open(at(moment)) == (moment == opens)


def test_without_a_week_it_is_always_open_but_on_holidays() -> None:
    hours = WorkingHours(zone=MOSCOW, special={date(2027, 1, 1): []})
    assert hours.is_open(at("2026-12-31 23:59"))
    assert hours.next_opening(at("2027-01-01 00:00")) == at("2027-01-02 00:00")
    assert WorkingHours(zone=MOSCOW, week={0: []}).next_opening(at("2026-11-27 12:00")) is None


def test_a_night_shift_is_two_spans_that_touch() -> None:
    hours = WorkingHours(zone=MOSCOW, week={0: [(time(22), time())], 1: [(time(), time(6))]})
    assert hours.working_time(at("2026-11-30 23:00"), at("2026-12-01 12:00")) == timedelta(hours=7)
    assert hours.add_working_time(at("2026-11-30 12:00"), timedelta(hours=7)) == at("2026-12-01 05:00")


def test_it_closes_where_no_time_touches_the_one_before() -> None:
    night = WorkingHours(zone=MOSCOW, week={0: [(time(22), time())], 1: [(time(), time(6))]})
    assert night.next_closing(at("2026-11-30 23:00")) == at("2026-12-01 06:00")
    assert night.next_closing(at("2026-11-30 12:00")) == at("2026-11-30 12:00"), "it is closed"
    always = {weekday: [(time(), time())] for weekday in range(7)}
    assert WorkingHours(zone=MOSCOW).next_closing(at("2026-11-30 12:00")) is None
    assert WorkingHours(zone=MOSCOW, week=always).next_closing(at("2026-11-30 12:00")) is None
    holiday = WorkingHours(zone=MOSCOW, week=always, special={date(2026, 12, 25): []})
    assert holiday.next_closing(at("2026-12-20 12:00")) == at("2026-12-25 00:00")
    assert holiday.next_closing(at("2026-11-30 12:00")) is None, "not within a week"


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 2), ("2026-10-25", 4), ("2026-03-28", 3)])
def test_a_span_is_as_long_as_the_clock_of_its_day(day: str, hours: int) -> None:
    night = WorkingHours(zone=BERLIN, week={weekday: [(time(1), time(4))] for weekday in range(7)})
    assert night.working_time(at(f"{day} 00:00", BERLIN), at(f"{day} 12:00", BERLIN)) == timedelta(hours=hours)


MOMENTS = st.integers(1_767_225_600, 1_796_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))


@given(MOMENTS, st.integers(1, 60 * 24 * 20))
def test_adding_working_time_and_counting_it_agree(begin: datetime, minutes: int) -> None:
    duration = timedelta(minutes=minutes)
    end = OFFICE.add_working_time(begin, duration)
    assert end is not None
    assert OFFICE.working_time(begin, end) == duration


def test_a_promise_needs_enough_and_is_rounded_up() -> None:
    minutes = [timedelta(minutes=number) for number in range(1, 21)]
    assert promise_of(minutes, at_least=20) == timedelta(minutes=30)
    assert promise_of(minutes[:19], at_least=20) is None
    assert promise_of([timedelta(days=30)] * 20, at_least=20) is None


def test_who_still_waits_is_neither_left_out_nor_answered() -> None:
    minutes = [timedelta(minutes=number) for number in range(1, 21)]
    hours = [timedelta(hours=number) for number in range(1, 6)]
    assert promise_of(minutes, at_least=20, waiting=[timedelta(0)] * 100) == timedelta(minutes=30)
    assert promise_of(minutes, at_least=20, waiting=hours) is None, "of five in five that is four"
    assert promise_of(minutes, at_least=20, waiting=hours[:4]) == timedelta(minutes=30)


@pytest.mark.parametrize(
    ("time", "said"),
    [
        (timedelta(minutes=5), timedelta(minutes=5)),
        (timedelta(minutes=41), timedelta(minutes=45)),
        (timedelta(minutes=61), timedelta(hours=2)),
        (timedelta(hours=24), timedelta(hours=24)),
        (timedelta(hours=25), timedelta(days=2)),
    ],
)
def test_a_time_is_rounded_up_to_what_one_says(time: timedelta, said: timedelta) -> None:
    assert round_up(time) == said


@pytest.fixture
def office(db: None, settings: Settings) -> Iterator[None]:
    settings.TIME_ZONE = "Europe/Moscow"
    WorkingTime.objects.bulk_create(WorkingTime(weekday=day, opens=time(9), closes=time(18)) for day in range(5))
    SpecialDay.objects.create(date=date(2026, 11, 30), name="A long weekend")
    with translation.override("en"):
        yield


@pytest.mark.usefixtures("office")
def test_what_is_said_is_true_at_every_hour(vera: User, anna: User) -> None:
    with time_machine.travel(at("2026-11-20 10:00"), tick=False), transaction.atomic():
        assert say_expectation() == ""
        tickets = [a_ticket_of(vera) for _number in range(ENOUGH)]
    with time_machine.travel(at("2026-11-20 10:40"), tick=False), transaction.atomic():
        for ticket in tickets:
            a_reply_by(anna, ticket)
        assert say_expectation() == "We usually answer within 1 hour."
    with time_machine.travel(at("2026-11-27 20:00"), tick=False):
        expected = expect_answer()
        assert (expected.is_open, expected.opens_at) == (False, at("2026-12-01 09:00"))
        assert say_expectation().startswith("We are closed at the moment and back on 1 December at 09:00 (UTC+3).")
        answer = build_client_config(acting(vera))["expected_answer"]
        assert answer == {
            "open": False,
            "opens_at": at("2026-12-01 09:00"),
            "closes_at": at("2026-12-01 18:00"),
            "reopens_at": at("2026-12-02 09:00"),
            "within": 3600,
        }
    with time_machine.travel(at("2026-11-27 17:00"), tick=False):
        answer = build_client_config(acting(vera))["expected_answer"]
        assert (answer["open"], answer["opens_at"]) == (True, None)
        assert (answer["closes_at"], answer["reopens_at"]) == (at("2026-11-27 18:00"), at("2026-12-01 09:00"))
    with time_machine.travel(at("2026-12-01 07:00"), tick=False):
        assert "back today, 1 December, at 09:00 (UTC+3)." in say_expectation()
    with time_machine.travel(at("2026-12-01 17:30"), tick=False):
        assert say_expectation() == "We usually answer within 16 hours.", "half an hour of them today"
        assert say_expectation(since=at("2026-12-01 12:00")) == "", "it is late already"
        assert say_expectation(since=at("2026-12-01 16:45")) == "We usually answer within 1 hour."
    with time_machine.travel(at("2026-12-01 18:30"), tick=False):
        assert say_expectation(since=at("2026-12-01 17:30")).endswith(
            "From then on we usually answer within 30 minutes."
        )


@pytest.mark.usefixtures("office")
def test_what_takes_more_than_a_working_day_is_said_as_long_as_it_is(vera: User, anna: User) -> None:
    """Nineteen working hours are more than two of this desk's days."""
    with time_machine.travel(at("2026-11-16 10:00"), tick=False), transaction.atomic():
        tickets = [a_ticket_of(vera) for _number in range(ENOUGH)]
    with time_machine.travel(at("2026-11-18 11:00"), tick=False), transaction.atomic():
        for ticket in tickets:
            a_reply_by(anna, ticket)
        assert expect_answer().within == timedelta(days=3)
        assert say_expectation() == "We usually answer within 3 days."


@pytest.mark.usefixtures("office")
def test_who_was_not_asked_has_not_answered_and_who_still_waits_counts(vera: User, anna: User, mila: User) -> None:
    """Tickets that staff open begin with their own words, and the unanswered are the ones that wait longest."""
    with time_machine.travel(at("2026-11-20 10:00"), tick=False), transaction.atomic():
        opened = [a_ticket_opened_for(vera, anna) for _number in range(ENOUGH)]
        assert say_expectation() == ""
        assert read_work(acting(mila), since=at("2026-11-20 00:00")).answered == 0
        for ticket in opened:
            a_reply_by(vera, ticket)
    with time_machine.travel(at("2026-11-20 10:40"), tick=False), transaction.atomic():
        for ticket in opened:
            a_reply_by(anna, ticket)
        assert say_expectation() == "We usually answer within 1 hour."
        work = read_work(acting(mila), since=at("2026-11-20 00:00"))
        assert (work.answered, work.first_answer) == (ENOUGH, timedelta(minutes=40))
        waiting = [a_ticket_of(vera) for _number in range(ENOUGH)]
        assert say_expectation() == "We usually answer within 1 hour.", "who has just come says nothing yet"
    with time_machine.travel(at("2026-11-20 14:40"), tick=False), transaction.atomic():
        assert say_expectation() == "", "half of them have waited four hours by now"
        for ticket in waiting:
            a_reply_by(anna, ticket)
        assert say_expectation() != ""


@pytest.mark.django_db
def test_the_hours_are_kept_in_the_admin_by_managers(mila: User, anna: User) -> None:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(mila)
    page = "/admin/tickets/workingtime/add/"
    assert "must end after" in client.post(page, {"weekday": 0, "opens": "18:00", "closes": "09:00"}).text
    assert client.post(page, {"weekday": 0, "opens": "09:00", "closes": "00:00"}).status_code == 302
    days = "/admin/tickets/specialday/add/"
    assert "both times" in client.post(days, {"date": "2026-12-31", "opens": "10:00"}).text
    assert client.post(days, {"date": "2026-12-31", "name": "New Year's Eve"}).status_code == 302
    assert "already" in client.post(days, {"date": "2026-12-31"}).text.lower()
    for path in ("workingtime", "specialday"):
        assert client.get(f"/admin/tickets/{path}/").status_code == 200
    row = WorkingTime.objects.get()
    deleted = client.post(f"/admin/tickets/workingtime/{row.pk}/delete/", {"post": "yes"})
    assert (deleted.status_code, WorkingTime.objects.count()) == (302, 0)
    with pytest.raises(PermissionDenied):
        save_working_time(actor=acting(anna), row=WorkingTime(weekday=1, opens=time(9), closes=time(10)))
