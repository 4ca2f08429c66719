"""Celery: wakes work whose truth is a row in the database. `celery -A config.celery worker|beat`."""

import os
from typing import Any

import structlog
from celery import Celery
from celery.signals import setup_logging, task_postrun, task_prerun

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("desk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["accounts", "tickets"])


@setup_logging.connect
def _keep_our_logging(**_: Any) -> None:
    """Django has set it up (config.logging); with a receiver here, Celery leaves it alone."""


@task_prerun.connect
def _name_the_task(task_id: str, task: Any, **_: Any) -> None:
    structlog.contextvars.bind_contextvars(task=task.name, task_id=task_id)


@task_postrun.connect
def _forget_the_task(**_: Any) -> None:
    structlog.contextvars.clear_contextvars()
