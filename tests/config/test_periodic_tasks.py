from datetime import timedelta

import pytest
from django.core.management import call_command
from django_celery_beat.models import PeriodicTask

from config.celery import app
from config.periodic_tasks import PERIODIC_TASKS, Daily, Entry, sync_periodic_tasks

ENTRIES = [
    Entry("Sweep", "tickets.tasks.sweep", timedelta(seconds=30)),
    Entry("Sweep harder", "tickets.tasks.sweep_harder", timedelta(seconds=30)),
    Entry("Nightly", "tickets.tasks.nightly", Daily(hour=3, minute=30)),
]


@pytest.mark.django_db
def test_missing_entries_are_added_once() -> None:
    assert sync_periodic_tasks(ENTRIES) == ["Sweep", "Sweep harder", "Nightly"]
    assert sync_periodic_tasks(ENTRIES) == []
    sweep, harder = PeriodicTask.objects.filter(name__startswith="Sweep")
    assert sweep.interval == harder.interval
    assert str(PeriodicTask.objects.get(name="Nightly").crontab).startswith("30 3 * * *")


@pytest.mark.django_db
def test_what_an_administrator_changed_stays() -> None:
    sync_periodic_tasks(ENTRIES)
    PeriodicTask.objects.filter(name="Sweep").update(enabled=False, task="tickets.tasks.other")
    sync_periodic_tasks(ENTRIES)
    sweep = PeriodicTask.objects.get(name="Sweep")
    assert (sweep.enabled, sweep.task) == (False, "tickets.tasks.other")


@pytest.mark.django_db
def test_the_command_says_what_it_added(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("sync_periodic_tasks")
    call_command("sync_periodic_tasks")
    assert capsys.readouterr().out.endswith("Nothing is missing.\n")


def test_every_scheduled_task_exists() -> None:
    app.loader.import_default_modules()
    assert {entry.task for entry in PERIODIC_TASKS} <= set(app.tasks)
