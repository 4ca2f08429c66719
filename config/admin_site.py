"""The back office as a whole: its name, the order of its pages, and what its first page tells."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

_APPS = ("tickets", "accounts", "telegram_bot")
# Django puts a model's name into these as it stands, which Russian would decline: its catalogue says them with a colon.
_TITLES_OF_DJANGO = (gettext_noop("Add %s"), gettext_noop("Change %s"), gettext_noop("View %s"))
_BUTTON_OF_DJANGO = gettext_noop("Add %(name)s")
_MODELS = ("Ticket", "Category", "User", "Team")


class DeskAdminSite(AdminSite):
    site_header = _("Help desk")
    site_title = _("Help desk")
    index_title = _("The desk now")
    site_url = None
    enable_nav_sidebar = False  # the lists need the room
    empty_value_display = "—"

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        from config.desk_state import describe_desk  # the pages register themselves here while this module loads

        context = {**(extra_context or {}), **describe_desk(request)}
        return super().index(request, context)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The desk's own pages first, and of those the ones that are opened most."""
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=lambda model: _place(model["object_name"], _MODELS))
        return sorted(apps, key=lambda app: _place(app["app_label"], _APPS))


def _place(name: str, order: tuple[str, ...]) -> int:
    return order.index(name) if name in order else len(order)
