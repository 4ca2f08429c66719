"""The desk's working hours: a week, and days that are different. Pure; times of day are local, moments are aware.

Where the clocks change, a span is as long as it is on that day's clock: from 01:00 to 04:00 may be two or four hours.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_ROUNDING = 1e-9
_MIDNIGHT = time()
_HORIZON = 400  # days that are looked through for an opening
_SOON = timedelta(days=7)  # for a closing

Span = tuple[time, time]  # from, until; until 00:00 is the end of the day
Moments = tuple[datetime, datetime]


@dataclass(frozen=True, kw_only=True)
class WorkingHours:
    """week: by weekday, Monday is 0; empty: around the clock. special: days that have their own spans, or none."""

    zone: ZoneInfo
    week: Mapping[int, Sequence[Span]] = field(default_factory=dict)
    special: Mapping[date, Sequence[Span]] = field(default_factory=dict)

    def is_open(self, at: datetime) -> bool:
        return any(begin <= at < end for begin, end in self._spans_on(self._day_of(at)))

    def next_opening(self, at: datetime) -> datetime | None:
        """`at` itself where the desk is open then; None where it does not open within a year."""
        for begin, end in self._spans_from(at):
            if at < end:
                return max(at, begin)
        return None

    def next_closing(self, at: datetime) -> datetime | None:
        """When the time ends in which the desk is open at `at`, over midnights too; `at` itself where it is closed
        then; None where it does not close within a week."""
        until = at
        for begin, end in self._spans_from(at):
            if begin > until:
                return until
            if until - at > _SOON:
                return None
            until = max(until, end)
        return None

    def working_time(self, begin: datetime, end: datetime) -> timedelta:
        """How much of the time between two moments the desk was open."""
        total = timedelta()
        for opens, closes in self._spans_from(begin):
            if opens >= end:
                break
            total += max(timedelta(), min(closes, end) - max(opens, begin))
        return total

    def add_working_time(self, begin: datetime, duration: timedelta) -> datetime | None:
        """The moment after which so much working time has passed; None where there is not that much in a year."""
        for opens, closes in self._spans_from(begin):
            room = closes - max(opens, begin)
            if room > timedelta() and duration <= room:
                return max(opens, begin) + duration
            duration -= max(timedelta(), room)
        return None

    def _spans_from(self, at: datetime) -> Iterator[Moments]:
        day = self._day_of(at)
        for _day in range(_HORIZON):
            yield from self._spans_on(day)
            day += _DAY

    def _spans_on(self, day: date) -> list[Moments]:
        """In order, those that touch made one."""
        around_the_clock: Sequence[Span] = () if self.week else ((_MIDNIGHT, _MIDNIGHT),)
        spans = self.special.get(day, self.week.get(day.weekday(), around_the_clock))
        merged: list[Moments] = []
        for begin, end in sorted(self._moments(day, span) for span in spans):
            if merged and begin <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            elif begin < end:
                merged.append((begin, end))
        return merged

    def _moments(self, day: date, span: Span) -> Moments:
        begin, until = span
        last_day = day + _DAY if until == _MIDNIGHT else day
        return self._moment(day, begin), self._moment(last_day, until)

    def _moment(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.zone).astimezone(UTC)

    def _day_of(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()


_STEPS = tuple(
    timedelta(minutes=minutes) for minutes in (5, 10, 15, 30, 60, 120, 180, 240, 360, 480, 720, 1440, 2880, 4320, 10080)
)


def promise_of(
    times: Sequence[timedelta], *, at_least: int, share: float = 0.8, waiting: Sequence[timedelta] = ()
) -> timedelta | None:
    """Within which time so large a share had their answer, rounded up to what one says; None with too little known.

    times: of those who have it. waiting: how long the others have waited so far; who has not yet been answered is
    neither left out nor taken for answered (the estimator of Kaplan and Meier, 1958, with these as censored).
    """
    if len(times) < at_least:
        return None
    without = 1.0  # the share that is still without an answer
    seen = sorted([(wait, True) for wait in times] + [(wait, False) for wait in waiting], key=lambda one: one[0])
    for number, (wait, is_answered) in enumerate(seen):
        if is_answered:
            without *= 1 - 1 / (len(seen) - number)
        if without < 1 - share - _ROUNDING:
            return next((step for step in _STEPS if wait <= step), None)
    return None


def round_up(time: timedelta) -> timedelta:
    """To what one says: five minutes, beyond an hour whole hours, beyond a day whole days."""
    step = _DAY if time > _DAY else _HOUR if time > _HOUR else timedelta(minutes=5)
    return -(-time // step) * step
