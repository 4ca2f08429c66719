"""What the admin's pages share: they show, and their only changes are actions through services."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from accounts.actors import Actor, Source
from accounts.errors import Unauthenticated
from accounts.models import User

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
else:  # generic for type checkers only
    _Admin = admin.ModelAdmin


class ReadOnlyAdmin(_Admin):
    """No adding, no changing, no deleting."""

    show_full_result_count = False
    list_per_page = 50

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Named for what it shows: there is nothing to "select to change"."""
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def admin_actor(request: HttpRequest) -> Actor:
    """The actor of a request to the admin. Raises Unauthenticated."""
    if not isinstance(request.user, User):
        raise Unauthenticated
    return Actor.of(request.user, Source.ADMIN)


def ago(moment: datetime | None) -> str:
    """When it was, roughly, in the reader's words."""
    return _("%(age)s ago") % {"age": timesince(moment, depth=1)} if moment is not None else "—"


def age(moment: datetime | None) -> str:
    """How long since then, in the reader's words."""
    return timesince(moment) if moment is not None else "—"
