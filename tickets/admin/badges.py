"""Small marks in lists and headings. Their colours are in static/desk/admin.css."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.actors import Source
from tickets.models import Priority, Ticket, TicketStatus

_SOURCES = {
    Source.TELEGRAM: _("through Telegram"),
    Source.BUSINESS: _("through the company's account"),
    Source.MINI_APP: _("through the Mini App"),
    Source.API: _("through the API"),
    Source.ADMIN: _("through the back office"),
    Source.COMMAND: _("by a command"),
    Source.SYSTEM: _("by the desk itself"),
}


def describe_source(source: str) -> str:
    """By which door something came."""
    return str(_SOURCES[Source(source)])


def status_badge(ticket: Ticket) -> SafeString:
    status = TicketStatus(ticket.status)
    return format_html('<span class="badge status-{}">{}</span>', status.value, status.label)


def priority_badge(ticket: Ticket) -> SafeString:
    priority = Priority(ticket.priority)
    return format_html('<span class="badge priority-{}">{}</span>', priority.value, priority.label)
