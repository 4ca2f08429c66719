"""The first page of the admin: how the desk stands."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from telegram_bot.traffic_state import read_traffic_state
from tickets.selectors.desk_state import read_desk_state

register = template.Library()


@register.inclusion_tag("admin/desk_state.html")
def desk_state() -> dict[str, Any]:
    desk, traffic = read_desk_state(), read_traffic_state()
    tickets, deliveries = reverse("admin:tickets_ticket_changelist"), reverse("admin:tickets_eventdelivery_changelist")
    updates = reverse("admin:telegram_bot_update_changelist")
    calls = reverse("admin:telegram_bot_outgoingcall_changelist")
    rows = [
        (_("Nobody has them"), desk.unassigned, f"{tickets}?assignee__isnull=True&status__in=new,open", False),
        (_("Open tickets"), desk.open, f"{tickets}?status__in=new,open", False),
        (_("Late reactions"), desk.late + desk.dead, f"{deliveries}?state__exact=pending", True),
        (_("Late incoming"), traffic.late_updates, f"{updates}?state__exact=received", True),
        (_("Given up incoming"), traffic.dead_updates, f"{updates}?state__exact=dead", True),
        (_("Late outgoing"), traffic.late_calls, f"{calls}?state__exact=pending", True),
        (_("Failed today"), traffic.failed_today, f"{calls}?state__exact=failed", True),
        (_("Possibly doubled today"), traffic.ambiguous_today, f"{calls}?ambiguous__exact=1", False),
    ]
    return {"rows": rows, "error": traffic.error}
