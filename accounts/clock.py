"""The one clock. Services ask it, so that a test can set the time for all of them at once."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return timezone.now()
