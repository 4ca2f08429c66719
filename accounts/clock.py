"""The one clock. Services ask it, so that a test or the demo's history can set the time for all of them at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_set: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _set.get() or timezone.now()


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Within the block it is `moment`, for this thread."""
    token = _set.set(moment)
    try:
        yield
    finally:
        _set.reset(token)
