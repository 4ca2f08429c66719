"""What the admin's pages share: they show, and their only changes are actions through services."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

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
