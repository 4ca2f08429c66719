"""When the desk is open, and when a customer may expect an answer."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery

from accounts import clock
from tickets.hours import Span, WorkingHours, promise_of, round_up
from tickets.models import AuthorRole, Message, Ticket, TicketStatus

ENOUGH = 20  # answered tickets, fewer say nothing
_LOOKED_AT = 100
_HISTORY = timedelta(days=60)
_WORKING_HOURS = """
SELECT weekday, NULL::date AS date, opens, closes FROM tickets_workingtime
UNION ALL
SELECT NULL, date, opens, closes FROM tickets_specialday WHERE date >= %s
ORDER BY weekday, opens
"""


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """opens_at: when the desk opens, where it is closed now. closes_at: when it closes next, and reopens_at: when it
    opens again after that; None where it does not within a year.

    within: by the clock on the wall, closing times among it, from `opens_at` or from when the customer wrote; None
    where too little is known, or where the answer is late already.
    """

    is_open: bool
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    reopens_at: datetime | None = None
    within: timedelta | None = None


class FirstAnswer(NamedTuple):
    """Of a ticket: when it was opened and how it stands, when its customer first wrote and was then first answered."""

    opened_at: datetime
    status: str
    asked_at: datetime
    answered_at: datetime | None


def read_working_hours() -> WorkingHours:
    """By one statement, for every message of a customer asks whether the desk is open."""
    week: dict[int, list[Span]] = {}
    special: dict[date, list[Span]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_WORKING_HOURS, [(clock.now() - _HISTORY - timedelta(days=2)).date()])
        for weekday, day, opens, closes in cursor.fetchall():
            if day is None:
                week.setdefault(weekday, []).append((opens, closes))
            else:
                special[day] = [(opens, closes)] if opens is not None and closes is not None else []
    return WorkingHours(zone=ZoneInfo(settings.TIME_ZONE), week=week, special=special)


def expect_answer(now: datetime | None = None, *, since: datetime | None = None) -> Expectation:
    """What one may honestly say to a customer who wrote at `since`, or writes now."""
    now = now or clock.now()
    hours = read_working_hours()
    is_open = hours.is_open(now)
    opens_at = None if is_open else hours.next_opening(now)
    closes_at = hours.next_closing(opens_at or now) if is_open or opens_at else None
    reopens_at = hours.next_opening(closes_at) if closes_at else None
    within = None
    if (usual := _usual_wait(hours, now)) is not None:
        by = hours.add_working_time(since or now, usual)
        within = round_up(by - (opens_at or since or now)) if by is not None and by > now else None
    return Expectation(is_open=is_open, opens_at=opens_at, closes_at=closes_at, reopens_at=reopens_at, within=within)


def list_first_answers(tickets: QuerySet[Ticket], *, limit: int | None = None) -> list[FirstAnswer]:
    """Of those that their customer has written in. What staff wrote before, to whom never asked, is no answer."""
    first = Message.objects.filter(ticket=OuterRef("pk"), internal=False).order_by("sequence")
    asked = first.filter(author_role=AuthorRole.CUSTOMER)
    answers = first.filter(author_role=AuthorRole.AGENT, sequence__gt=OuterRef("asked_sequence"))
    found = (
        tickets.annotate(asked_sequence=Subquery(asked.values("sequence")[:1]))
        .annotate(asked_at=Subquery(asked.values("created_at")[:1]))
        .annotate(answered_at=Subquery(answers.values("created_at")[:1]))
        .exclude(asked_sequence=None)
    )
    return [FirstAnswer(*row) for row in found.values_list("created_at", "status", "asked_at", "answered_at")[:limit]]


def _usual_wait(hours: WorkingHours, now: datetime) -> timedelta | None:
    """Of working time, from the customer's first message to the first answer, of the newest tickets; who still waits
    counts with their wait so far."""
    newest = Ticket.objects.filter(created_at__gt=now - _HISTORY).order_by("-number")
    answered, waiting = [], []
    for one in list_first_answers(newest, limit=_LOOKED_AT):
        if one.answered_at is not None:
            answered.append(hours.working_time(one.asked_at, one.answered_at))
        elif one.status in (TicketStatus.NEW, TicketStatus.OPEN):
            waiting.append(hours.working_time(one.asked_at, now))
    return promise_of(answered, at_least=ENOUGH, waiting=waiting)
