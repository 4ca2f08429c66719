"""Filters of the lists."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.actors import Source
from accounts.admin.reading import admin_actor
from accounts.models import Role
from accounts.selectors.people import list_people
from tickets.admin.badges import describe_source
from tickets.models import Ticket
from tickets.selectors.labels import list_recent_tags

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

NOBODY, MYSELF = "nobody", "me"


class AgentFilter(SimpleListFilter):
    title = _("agent")
    parameter_name = "agent"

    def lookups(self, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> list[tuple[str, Any]]:
        agents = list_people(lowest_role=Role.AGENT)
        return [(NOBODY, _("Nobody")), (MYSELF, _("Me")), *((str(agent.pk), agent.name) for agent in agents)]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Ticket]") -> "QuerySet[Ticket]":
        chosen = self.value()
        if chosen is None:
            return queryset
        if chosen == NOBODY:
            return queryset.filter(assignee=None)
        try:
            return queryset.filter(assignee=admin_actor(request).user_id if chosen == MYSELF else UUID(chosen))
        except ValueError:
            return queryset.none()


class TagFilter(SimpleListFilter):
    title = _("tag")
    parameter_name = "tag"

    def lookups(self, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> list[tuple[str, Any]]:
        return [(tag, tag) for tag in list_recent_tags(admin_actor(request))]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Ticket]") -> "QuerySet[Ticket]":
        chosen = self.value()
        return queryset.filter(tags__contains=[chosen]) if chosen is not None else queryset


class SourceFilter(SimpleListFilter):
    """By which door it came; the doors have names."""

    title = _("came through")
    parameter_name = "door"

    def lookups(self, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> list[tuple[str, Any]]:
        return [(source.value, describe_source(source)) for source in Source]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        chosen = self.value()
        return queryset.filter(source=chosen) if chosen is not None else queryset
