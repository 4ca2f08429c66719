"""The schedule as data. `sync_periodic_tasks` puts into the database what is missing there; from then on it belongs to
the administrator, who changes times and switches tasks off in the admin.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Min
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from accounts import clock


@dataclass(frozen=True)
class Daily:
    """Once a day, at this time in UTC."""

    hour: int
    minute: int = 0


@dataclass(frozen=True)
class Entry:
    """`name` is what the administrator sees, and what tells a known entry from a missing one."""

    name: str
    task: str
    when: timedelta | Daily
    description: str = ""


PERIODIC_TASKS: tuple[Entry, ...] = (
    Entry("Owed reactions", "tickets.sweep_deliveries", timedelta(seconds=15), "What a lost wake-up left behind."),
    Entry("Small pictures", "tickets.sweep_thumbnails", timedelta(minutes=1), "Previews that were not made at once."),
    Entry("Unsent files", "tickets.sweep_unbound_files", timedelta(hours=1), "Uploads that nobody sent in a day."),
    Entry("Resolved tickets", "tickets.close_resolved_tickets", timedelta(minutes=10), "Closes them after their time."),
    Entry("Tickets put aside", "tickets.wake_snoozed_tickets", timedelta(seconds=30), "Takes them up at their time."),
    Entry("Expired sign-ins", "accounts.purge_expired", Daily(hour=3), "Removes tokens that have lived their time."),
)


@transaction.atomic
def sync_periodic_tasks(entries: Sequence[Entry] = PERIODIC_TASKS) -> list[str]:
    """Create the entries that are missing, touch no other. Returns the names of the new ones."""
    known = set(PeriodicTask.objects.values_list("name", flat=True))
    created = [entry for entry in entries if entry.name not in known]
    for entry in created:
        PeriodicTask.objects.create(
            name=entry.name, task=entry.task, description=entry.description, **_schedule(entry.when)
        )
    return [entry.name for entry in created]


def find_last_run() -> datetime | None:
    """When beat last woke any task."""
    last: datetime | None = PeriodicTask.objects.filter(enabled=True).aggregate(last=Max("last_run_at"))["last"]
    return last


def find_schedule_age() -> timedelta | None:
    """Since when the schedule stands as it is; None where nothing is scheduled."""
    since: datetime | None = PeriodicTask.objects.filter(enabled=True).aggregate(since=Min("date_changed"))["since"]
    return None if since is None else clock.now() - since


def _schedule(when: timedelta | Daily) -> dict[str, IntervalSchedule | CrontabSchedule]:
    if isinstance(when, Daily):
        time = {"hour": str(when.hour), "minute": str(when.minute), "timezone": "UTC"}
        crontabs = CrontabSchedule.objects.filter(day_of_week="*", day_of_month="*", month_of_year="*", **time)
        return {"crontab": crontabs.first() or CrontabSchedule.objects.create(**time)}
    every = int(when.total_seconds())
    intervals = IntervalSchedule.objects.filter(every=every, period=IntervalSchedule.SECONDS)
    found = intervals.first() or IntervalSchedule.objects.create(every=every, period=IntervalSchedule.SECONDS)
    return {"interval": found}
