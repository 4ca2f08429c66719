"""The desk at a glance."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median

from django.db.models import Count, Min, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from accounts import clock
from accounts.actors import Actor
from tickets.models import DeliveryState, EventDelivery, Ticket, TicketStatus
from tickets.permissions import visible_to
from tickets.selectors.hours import list_first_answers, read_working_hours


@dataclass(frozen=True, kw_only=True)
class Queues:
    """How many tickets are in each status; of the active ones without an agent, how many, and since when the first."""

    by_status: dict[str, int]
    unassigned: int
    waiting_since: datetime | None


@dataclass(frozen=True, kw_only=True)
class Reactions:
    """Reactions that are due and not done, since when the first, and those that were given up."""

    due: int
    due_since: datetime | None
    dead: int


@dataclass(frozen=True, kw_only=True)
class Work:
    """Of a span until now. resolved: and still so. first_answer: median working time, of the tickets opened then."""

    opened: int
    resolved: int
    answered: int
    first_answer: timedelta | None


@dataclass(frozen=True, kw_only=True)
class Day:
    """By the desk's own clock (TIME_ZONE). first_answer: as in Work, of the tickets opened that day."""

    date: date
    opened: int
    resolved: int
    first_answer: timedelta | None


def read_work(actor: Actor, *, since: datetime) -> Work:
    """Of the tickets that this actor may see."""
    opened = visible_to(actor).filter(created_at__gte=since).order_by()
    waits = [wait for _opened_at, wait in _first_answers(opened)]
    return Work(
        opened=opened.count(),
        resolved=visible_to(actor).filter(resolved_at__gte=since).count(),
        answered=len(waits),
        first_answer=_median(waits),
    )


def read_days(actor: Actor, *, count: int) -> list[Day]:
    """The last days, today the last of them; of the tickets that this actor may see."""
    today = timezone.localtime(clock.now()).date()
    dates = [today - timedelta(days=back) for back in reversed(range(count))]
    since = timezone.make_aware(datetime.combine(dates[0], time.min))
    opened = visible_to(actor).filter(created_at__gte=since).order_by()
    resolved = visible_to(actor).filter(resolved_at__gte=since).order_by()
    openings = dict(opened.values_list(TruncDate("created_at")).annotate(count=Count("pk")))
    resolutions = dict(resolved.values_list(TruncDate("resolved_at")).annotate(count=Count("pk")))
    waits: defaultdict[date, list[float]] = defaultdict(list)
    for opened_at, wait in _first_answers(opened):
        waits[timezone.localtime(opened_at).date()].append(wait)
    return [
        Day(
            date=day,
            opened=openings.get(day, 0),
            resolved=resolutions.get(day, 0),
            first_answer=_median(waits[day]),
        )
        for day in dates
    ]


def _first_answers(opened: "QuerySet[Ticket]") -> list[tuple[datetime, float]]:
    """When each answered ticket was opened, and the seconds of working time until its customer's first message had its
    first answer."""
    hours = read_working_hours()
    return [
        (one.opened_at, hours.working_time(one.asked_at, one.answered_at).total_seconds())
        for one in list_first_answers(opened)
        if one.answered_at is not None
    ]


def _median(seconds: list[float]) -> timedelta | None:
    return timedelta(seconds=median(seconds)) if seconds else None


def read_queues(actor: Actor) -> Queues:
    """Of the tickets that this actor may see."""
    active = visible_to(actor).exclude(status=TicketStatus.CLOSED)
    counts = dict(active.order_by().values_list("status").annotate(count=Count("pk")))
    waiting = active.filter(status__in=(TicketStatus.NEW, TicketStatus.OPEN), assignee=None)
    totals = waiting.aggregate(count=Count("pk"), since=Min("created_at"))
    return Queues(by_status=counts, unassigned=totals["count"], waiting_since=totals["since"])


def read_reactions() -> Reactions:
    pending = EventDelivery.objects.filter(state=DeliveryState.PENDING, next_attempt_at__lte=clock.now())
    totals = pending.aggregate(due=Count("pk"), since=Min("next_attempt_at"))
    dead = EventDelivery.objects.filter(state=DeliveryState.DEAD).count()
    return Reactions(due=totals["due"], due_since=totals["since"], dead=dead)
