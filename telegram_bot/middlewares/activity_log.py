"""One line in the log for each update: whose, what, what came of it, how long it took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from telegram_bot.models import Update

log = structlog.get_logger("desk.telegram")


@dataclass
class Activity:
    """What is learned of the update on its way."""

    outcome: str = "failed"
    user: str | None = None


@contextmanager
def log_activity(row: Update) -> Iterator[Activity]:
    activity = Activity()
    begun = time.perf_counter()
    with structlog.contextvars.bound_contextvars(update=row.update_id):
        try:
            yield activity
        finally:
            log.info(
                "update",
                kind=row.kind,
                outcome=activity.outcome,
                user=activity.user,
                attempt=row.attempts + 1,
                ms=round((time.perf_counter() - begun) * 1000, 1),
            )
