import socket
import sys
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand

from accounts.clock import now
from config.celery import app
from config.periodic_tasks import find_last_run
from telegram_bot.identity import current_bot_id
from telegram_bot.leases import is_held

_BEAT_SILENCE = timedelta(minutes=5)


class Command(BaseCommand):
    help = "Health checks of processes that serve no HTTP: exit code 0 if they do their work."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("process", choices=list(_PROBES), help="which process to ask")

    def handle(self, *args: Any, **options: Any) -> None:
        if not _PROBES[options["process"]]():
            sys.exit(f"the {options['process']} does not answer")


def _worker_answers() -> bool:
    return bool(app.control.ping(destination=[f"celery@{socket.gethostname()}"], timeout=5))


def _beat_keeps_time() -> bool:
    last = find_last_run()
    return last is not None and now() - last < _BEAT_SILENCE


def _bot_works() -> bool:
    """This one, or the one for which it stands by."""
    return is_held(current_bot_id())


_PROBES = {"worker": _worker_answers, "beat": _beat_keeps_time, "bot": _bot_works}
