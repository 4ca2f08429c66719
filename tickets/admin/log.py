"""The log and the reactions that it owes."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin.reading import ReadOnlyAdmin
from tickets.events.delivery import retry_delivery
from tickets.events.descriptions import describe_events
from tickets.models import EventDelivery, TicketEvent


@admin.register(TicketEvent)
class TicketEventAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "ticket", "sentence", "actor", "source", "is_public")
    list_display_links = ("created_at", "sentence")
    list_filter = ("type", "source", "created_at")
    list_select_related = ("ticket", "actor")
    search_fields = ("=ticket__number",)
    ordering = ("-id",)
    fields = ("ticket", "sentence", "type", "payload", "actor", "source", "sequence", "public_sequence", "created_at")

    @admin.display(description=_("what happened"))
    def sentence(self, event: TicketEvent) -> str:
        return describe_events([event])[0][1]

    @admin.display(description=_("the customer sees it"), boolean=True)
    def is_public(self, event: TicketEvent) -> bool:
        return event.public_sequence is not None


@admin.register(EventDelivery)
class EventDeliveryAdmin(ReadOnlyAdmin):
    list_display = ("id", "subscriber", "event_type", "ticket", "state", "attempts", "next_attempt_at", "created_at")
    list_filter = ("state", "subscriber", "created_at")
    list_select_related = ("event", "ticket")
    search_fields = ("=ticket__number",)
    ordering = ("-id",)
    fields = ("subscriber", "event", "ticket", "state", "attempts", "next_attempt_at", "last_error", "done_at")
    actions = ("try_again",)

    @admin.display(description=_("event"), ordering="event__type")
    def event_type(self, delivery: EventDelivery) -> Any:
        return delivery.event.get_type_display()

    @admin.action(description=_("Try again what was given up"))
    def try_again(self, request: HttpRequest, queryset: "QuerySet[EventDelivery]") -> None:
        count = sum(retry_delivery(pk) for pk in queryset.values_list("pk", flat=True))
        text = ngettext("%(count)d reaction is tried again.", "%(count)d reactions are tried again.", count)
        self.message_user(request, text % {"count": count}, messages.SUCCESS if count else messages.WARNING)
