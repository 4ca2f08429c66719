"""When the desk is open, and when a customer may expect an answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import OuterRef, Subquery

from accounts import clock
from tickets.hours import Span, WorkingHours, promise_of
from tickets.models import AuthorRole, Message, SpecialDay, Ticket, WorkingTime

ENOUGH = 20  # answered tickets, fewer say nothing
_LOOKED_AT = 100
_HISTORY = timedelta(days=60)


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """opens_at: when the desk opens, where it is closed now. within: of working time, where enough is known."""

    is_open: bool
    opens_at: datetime | None = None
    within: timedelta | None = None


def read_working_hours() -> WorkingHours:
    week: dict[int, list[Span]] = {}
    for row in WorkingTime.objects.all():
        week.setdefault(row.weekday, []).append((row.opens, row.closes))
    special: dict[object, list[Span]] = {
        row.date: [(row.opens, row.closes)] if row.opens is not None and row.closes is not None else []
        for row in SpecialDay.objects.filter(date__gte=clock.now() - _HISTORY - timedelta(days=2))
    }
    return WorkingHours(zone=ZoneInfo(settings.TIME_ZONE), week=week, special=special)  # type: ignore[arg-type]


def expect_answer(now: datetime | None = None) -> Expectation:
    """What one may honestly say to a customer who writes now."""
    now = now or clock.now()
    hours = read_working_hours()
    is_open = hours.is_open(now)
    return Expectation(
        is_open=is_open,
        opens_at=None if is_open else hours.next_opening(now),
        within=promise_of(_first_answers(hours, now), at_least=ENOUGH),
    )


def _first_answers(hours: WorkingHours, now: datetime) -> list[timedelta]:
    """Working time from opening to the first answer of an agent, of the newest tickets that have one."""
    answers = Message.objects.filter(ticket=OuterRef("pk"), internal=False, author_role=AuthorRole.AGENT)
    tickets = (
        Ticket.objects.filter(created_at__gt=now - _HISTORY)
        .annotate(answered_at=Subquery(answers.order_by("sequence").values("created_at")[:1]))
        .exclude(answered_at=None)
        .order_by("-number")
    )
    return [
        hours.working_time(opened, answered)
        for opened, answered in tickets.values_list("created_at", "answered_at")[:_LOOKED_AT]
    ]
