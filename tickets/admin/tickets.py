"""Tickets in the admin: the list, and a page with the conversation, the log, and what can be done."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.admin.reading import ReadOnlyAdmin, admin_actor
from accounts.errors import HelpDeskError, NotFound
from accounts.transactions import run_unit
from tickets.admin.actions import build_forms, is_action, run_action
from tickets.events.descriptions import describe_events
from tickets.file_serving import serve_stored
from tickets.models import Priority, Ticket, TicketStatus
from tickets.representations.messages import represent_window
from tickets.selectors.conversation import Window
from tickets.selectors.tickets import get_attachment_for, get_ticket_for

_SHOWN_MESSAGES = 100
_SHOWN_EVENTS = 200


class TagFilter(admin.SimpleListFilter):
    title = _("tag")
    parameter_name = "tag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        tags = Ticket.objects.exclude(tags=[]).order_by("-updated_at").values_list("tags", flat=True)[:500]
        return [(tag, tag) for tag in sorted({tag for row in tags for tag in row})[:40]]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value()
        return queryset.filter(tags__contains=[value]) if value else queryset


@admin.register(Ticket)
class TicketAdmin(ReadOnlyAdmin):
    change_form_template = "admin/tickets/ticket/page.html"
    list_display = ("number", "subject", "badge", "urgency", "category", "customer", "assignee", "team", "updated_at")
    list_display_links = ("number", "subject")
    list_filter = (
        "status",
        "priority",
        "category",
        "team",
        ("assignee", admin.RelatedOnlyFieldListFilter),
        TagFilter,
        "source",
        "created_at",
    )
    list_select_related = ("category", "customer", "assignee", "team")
    search_fields = ("=number", "subject", "customer__first_name", "customer__last_name", "customer__username")
    ordering = ("-updated_at", "-id")

    @admin.display(description=_("status"), ordering="status")
    def badge(self, ticket: Ticket) -> str:
        return format_html('<span class="badge badge-{}">{}</span>', ticket.status, TicketStatus(ticket.status).label)

    @admin.display(description=_("priority"), ordering="priority")
    def urgency(self, ticket: Ticket) -> str:
        label = Priority(ticket.priority).label
        return format_html('<span class="priority priority-{}">{}</span>', ticket.priority, label)

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("<uuid:ticket_id>/do/<str:action>/", self.admin_site.admin_view(self.do), name="tickets_ticket_do"),
            path("file/<uuid:attachment_id>/", self.admin_site.admin_view(self.file), name="tickets_file"),
            path(
                "file/<uuid:attachment_id>/small/",
                self.admin_site.admin_view(self.file),
                {"small": True},
                name="tickets_file_small",
            ),
        ]
        return own + super().get_urls()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            ticket = get_ticket_for(admin_actor(request), object_id)
        except NotFound as error:
            raise Http404 from error
        context = self._page(request, ticket)
        return super().change_view(request, str(ticket.pk), form_url, {**context, **(extra_context or {})})

    def _page(self, request: HttpRequest, ticket: Ticket) -> dict[str, Any]:
        conversation, _sequence = represent_window(admin_actor(request), ticket, Window(limit=_SHOWN_MESSAGES))
        events = ticket.events.select_related("actor").order_by("-sequence")[:_SHOWN_EVENTS]
        return {
            "title": f"#{ticket.number} {ticket.subject}",
            "subtitle": None,
            "ticket": ticket,
            "conversation": conversation,
            "is_cut": len(conversation) == _SHOWN_MESSAGES,
            "timeline": describe_events(events),
            "forms": build_forms(ticket),
            "app_url": f"{settings.PUBLIC_URL}/app/tickets/{ticket.number}",
        }

    def do(self, request: HttpRequest, ticket_id: UUID, action: str) -> HttpResponse:
        """One form of the page."""
        page = redirect(reverse("admin:tickets_ticket_change", args=[ticket_id]))
        if request.method != "POST" or not is_action(action):
            return page
        actor = admin_actor(request)
        try:
            ticket = get_ticket_for(actor, ticket_id)
            text = run_unit(lambda: run_action(actor, ticket, action, request.POST))
        except HelpDeskError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, text, messages.SUCCESS)
        return page

    def file(self, request: HttpRequest, attachment_id: UUID, small: bool = False) -> HttpResponseBase:
        """A file of a message, by the session of the admin."""
        try:
            found = get_attachment_for(admin_actor(request), attachment_id)
            if small and found.thumbnail_key:
                return serve_stored(request, key=found.thumbnail_key, name="preview.webp", content_type="image/webp")
            return serve_stored(request, key=found.storage_key, name=found.name, content_type=found.content_type)
        except NotFound as error:
            raise Http404 from error
