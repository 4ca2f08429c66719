"""What the pages of this folder share: they show, and their only changes are actions through services."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.timesince import timesince

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
else:  # generic for type checkers only
    _Admin = admin.ModelAdmin


class ReadOnlyAdmin(_Admin):
    """No adding, no changing, no deleting."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def age(moment: datetime | None) -> str:
    """How long ago, in the reader's words."""
    return timesince(moment) if moment is not None else "—"
