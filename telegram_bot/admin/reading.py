"""What the pages of this folder share."""

from datetime import datetime

from django.utils.timesince import timesince

from accounts.admin.reading import ReadOnlyAdmin

__all__ = ["ReadOnlyAdmin", "age"]


def age(moment: datetime | None) -> str:
    """How long ago, in the reader's words."""
    return timesince(moment) if moment is not None else "—"
