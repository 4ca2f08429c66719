import json
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin.reading import ReadOnlyAdmin, admin_actor, age
from accounts.permissions import Capability, can
from tickets.admin.badges import describe_source
from tickets.admin.filters import SourceFilter
from tickets.events.delivery import retry_delivery
from tickets.events.descriptions import describe_events
from tickets.models import EventDelivery, TicketEvent

if TYPE_CHECKING:
    from django.contrib.admin.views.main import ChangeList


def ticket_link(ticket_id: object, text: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("admin:tickets_ticket_change", args=[ticket_id]), text)


@admin.register(TicketEvent)
class TicketEventAdmin(ReadOnlyAdmin):
    list_display = ("when", "ticket_mark", "sentence", "who", "door", "is_public")
    list_display_links = ("when",)
    list_filter = ("type", SourceFilter, "created_at")
    list_select_related = ("ticket", "actor")
    search_fields = ("ticket__number__exact",)
    search_help_text = _("A ticket's number")
    ordering = ("-id",)
    fields = (
        "created_at", "ticket_mark", "sentence", "type", "who", "door", "sequence", "public_sequence", "message",
        "content",
    )  # fmt: skip

    def get_changelist_instance(self, request: HttpRequest) -> "ChangeList":
        """The sentences of a page's events, all in one go."""
        page = super().get_changelist_instance(request)
        for event, sentence in describe_events(page.result_list):
            event.described = sentence  # type: ignore[attr-defined]
        return page

    @admin.display(description=_("when"), ordering="created_at")
    def when(self, event: TicketEvent) -> str:
        return date_format(localtime(event.created_at), "SHORT_DATETIME_FORMAT")

    @admin.display(description=_("what happened"))
    def sentence(self, event: TicketEvent) -> str:
        described: str | None = getattr(event, "described", None)
        return describe_events([event])[0][1] if described is None else described

    @admin.display(description=_("ticket"))
    def ticket_mark(self, event: TicketEvent) -> SafeString:
        return ticket_link(event.ticket_id, event.ticket.mark)

    @admin.display(description=_("who"))
    def who(self, event: TicketEvent) -> str:
        return event.actor.name if event.actor is not None else str(_("the desk"))

    @admin.display(description=_("came through"))
    def door(self, event: TicketEvent) -> str:
        return describe_source(event.source)

    @admin.display(description=_("customers see it"), boolean=True)
    def is_public(self, event: TicketEvent) -> bool:
        return event.public_sequence is not None

    @admin.display(description=_("payload"))
    def content(self, event: TicketEvent) -> SafeString:
        return format_html("<pre>{}</pre>", json.dumps(event.payload, indent=2, ensure_ascii=False))


@admin.register(EventDelivery)
class EventDeliveryAdmin(ReadOnlyAdmin):
    list_display = ("id", "ticket_mark", "kind", "subscriber", "state", "attempts", "waited", "last_error_line")
    list_filter = ("state", "subscriber", "created_at")
    list_select_related = ("event", "ticket")
    search_fields = ("ticket__number__exact",)
    search_help_text = _("A ticket's number")
    ordering = ("-id",)
    actions = ("try_again",)
    fields = (
        "ticket_mark", "kind", "subscriber", "state", "attempts", "created_at", "next_attempt_at", "done_at",
        "last_error",
    )  # fmt: skip

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return can(admin_actor(request), Capability.RUN_THE_DESK)

    @admin.display(description=_("ticket"))
    def ticket_mark(self, delivery: EventDelivery) -> SafeString:
        return ticket_link(delivery.ticket_id, delivery.ticket.mark)

    @admin.display(description=_("event"))
    def kind(self, delivery: EventDelivery) -> SafeString:
        url = reverse("admin:tickets_ticketevent_change", args=[delivery.event_id])
        return format_html('<a href="{}">{}</a>', url, delivery.event.get_type_display())

    @admin.display(description=_("waited"))
    def waited(self, delivery: EventDelivery) -> str:
        if delivery.done_at is None:
            return age(delivery.created_at)
        return f"{max((delivery.done_at - delivery.created_at).total_seconds(), 0):.1f} s"

    @admin.display(description=_("last error"))
    def last_error_line(self, delivery: EventDelivery) -> str:
        return delivery.last_error.partition("\n")[0][:80]

    @admin.action(description=_("Try again what was given up"), permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: "QuerySet[Any]") -> None:
        actor = admin_actor(request)
        ids = queryset.order_by("pk").values_list("pk", flat=True)
        count = sum(retry_delivery(actor=actor, delivery_id=pk) for pk in ids)
        text = ngettext("%(count)d reaction is tried again.", "%(count)d reactions are tried again.", count)
        self.message_user(request, text % {"count": count}, messages.SUCCESS if count else messages.WARNING)
