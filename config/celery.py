"""Celery: wakes work whose truth is a row in the database. `celery -A config.celery worker|beat`."""

import os
import signal
import warnings
from typing import Any

import structlog
from celery import Celery
from celery.signals import celeryd_init, setup_logging, task_postrun, task_prerun, worker_process_init
from django.conf import settings

from config.embedded.kernel import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("desk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["accounts", "tickets"])
if settings.DEBUG:  # a trial machine may be run by root, in a container for example
    warnings.filterwarnings("ignore", message="You're running the worker with superuser privileges")


@setup_logging.connect
def _keep_our_logging(**_: Any) -> None:
    """Django has set it up (config.logging); with a receiver here, Celery leaves it alone."""


@celeryd_init.connect
def _wait_for_work(conf: Any, **_: Any) -> None:
    """A worker blocks in its read until there is work."""
    conf.broker_transport_options = {**conf.broker_transport_options, "socket_timeout": None}


@task_prerun.connect
def _name_the_task(task_id: str, task: Any, **_: Any) -> None:
    structlog.contextvars.bind_contextvars(task=task.name, task_id=task_id)


@task_postrun.connect
def _forget_the_task(**_: Any) -> None:
    structlog.contextvars.clear_contextvars()


@worker_process_init.connect
def _end_with_the_worker(**_: Any) -> None:
    """A killed worker leaves no process of its pool behind. The pool forks from the worker's main thread."""
    die_with_parent(signal.SIGKILL, os.getppid())
