"""The list of tickets, and the addresses of a ticket's page."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.actors import Actor
from accounts.admin.acting import attempt
from accounts.admin.reading import ReadOnlyAdmin, admin_actor, ago
from accounts.errors import NotFound
from tickets.admin.badges import priority_badge, status_badge
from tickets.admin.filters import AgentFilter, SourceFilter, TagFilter
from tickets.admin.ticket_page import answer_ticket_page
from tickets.file_serving import serve_stored
from tickets.models import AttachmentState, Ticket, TicketStatus
from tickets.permissions import visible_to
from tickets.selectors.search import LONGEST_QUERY, matching
from tickets.selectors.tickets import get_attachment_for, get_ticket_for
from tickets.services.assignment import assign_ticket
from tickets.services.workflow import change_status


@admin.register(Ticket)
class TicketAdmin(ReadOnlyAdmin):
    list_display = (
        "number_mark", "subject", "status_mark", "priority_mark", "customer", "assignee", "category", "team", "changed",
    )  # fmt: skip
    list_display_links = ("number_mark", "subject")
    list_filter = (
        "status",
        "priority",
        AgentFilter,
        "category",
        "team",
        TagFilter,
        SourceFilter,
        ("snoozed_until", admin.EmptyFieldListFilter),
        "rating_score",
        "created_at",
    )
    list_select_related = ("customer", "assignee", "category", "team")
    search_fields = ("subject", "customer__first_name", "customer__last_name", "customer__username")
    search_help_text = _("A number, words of the conversation, a customer's name or Telegram id")
    actions = ("take", "resolve", "close")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Ticket]":
        return visible_to(admin_actor(request)).order_by("-updated_at", "-id")

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Any]", search_term: str
    ) -> tuple["QuerySet[Any]", bool]:
        number = search_term.strip().lstrip("#№ ")
        if number.isascii() and number.isdigit() and len(number) <= 18:
            by_number = queryset.filter(number=number) | queryset.filter(customer__telegram_id=number)
            if by_number.exists():
                return by_number, False
        return matching(admin_actor(request), queryset, search_term[:LONGEST_QUERY]), False

    @admin.display(description="#", ordering="number")
    def number_mark(self, ticket: Ticket) -> str:
        return ticket.mark

    @admin.display(description=_("status"), ordering="status")
    def status_mark(self, ticket: Ticket) -> SafeString:
        return status_badge(ticket)

    @admin.display(description=_("priority"))
    def priority_mark(self, ticket: Ticket) -> SafeString:
        return priority_badge(ticket)

    @admin.display(description=_("last change"), ordering="updated_at")
    def changed(self, ticket: Ticket) -> str:
        return ago(ticket.updated_at)

    @admin.action(description=_("Take the chosen tickets"))
    def take(self, request: HttpRequest, queryset: "QuerySet[Ticket]") -> None:
        _change_each(
            request, queryset, lambda actor, pk: assign_ticket(actor=actor, ticket=pk, assignee_id=actor.user_id)
        )

    @admin.action(description=_("Mark the chosen tickets as resolved"))
    def resolve(self, request: HttpRequest, queryset: "QuerySet[Ticket]") -> None:
        _change_each(
            request, queryset, lambda actor, pk: change_status(actor=actor, ticket=pk, status=TicketStatus.RESOLVED)
        )

    @admin.action(description=_("Close the chosen tickets"))
    def close(self, request: HttpRequest, queryset: "QuerySet[Ticket]") -> None:
        _change_each(
            request, queryset, lambda actor, pk: change_status(actor=actor, ticket=pk, status=TicketStatus.CLOSED)
        )

    def get_urls(self) -> list[URLPattern]:
        files = "files/<uuid:attachment_id>/"
        return [
            path(files, self.admin_site.admin_view(self.file_view), name="tickets_ticket_file"),
            path(f"{files}preview/", self.admin_site.admin_view(self.preview_view), name="tickets_ticket_preview"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A ticket's page. Its forms come back here."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            ticket = get_ticket_for(admin_actor(request), object_id)
        except NotFound as error:
            raise Http404 from error
        context = {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media}
        return answer_ticket_page(request, ticket, {**context, **(extra_context or {})})

    def file_view(self, request: HttpRequest, attachment_id: UUID) -> HttpResponseBase:
        return _serve(request, attachment_id, preview=False)

    def preview_view(self, request: HttpRequest, attachment_id: UUID) -> HttpResponseBase:
        return _serve(request, attachment_id, preview=True)


def _change_each(request: HttpRequest, queryset: "QuerySet[Ticket]", change: Callable[[Actor, UUID], object]) -> None:
    """Each ticket by itself: what one refuses is said, and the others are changed."""
    actor, done = admin_actor(request), 0
    for pk, number in queryset.order_by("number").values_list("pk", "number"):
        done += attempt(request, partial(change, actor, pk), about=f"#{number}")
    if done:
        text = ngettext("%(count)d ticket was changed.", "%(count)d tickets were changed.", done)
        messages.success(request, text % {"count": done})


def _serve(request: HttpRequest, attachment_id: UUID, *, preview: bool) -> HttpResponseBase:
    try:
        file = get_attachment_for(admin_actor(request), attachment_id)
        key = file.thumbnail_key if preview else file.storage_key
        if file.state != AttachmentState.READY or not key:
            raise NotFound
        name, content_type = ("preview.webp", "image/webp") if preview else (file.name, file.content_type)
        return serve_stored(request, key=key, name=name, content_type=content_type)
    except NotFound as error:
        raise Http404 from error
