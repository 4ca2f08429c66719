from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.admin.reading import ReadOnlyAdmin
from tickets.admin.events import ticket_link
from tickets.models import Notification
from tickets.notifications.composing import compose


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "user", "text", "kind", "read_at")
    list_filter = ("kind", ("read_at", admin.EmptyFieldListFilter), "created_at")
    list_select_related = ("user", "ticket", "event")
    search_fields = ("user__first_name", "user__last_name", "ticket__number__exact")
    search_help_text = _("A person's name or a ticket's number")
    fields = ("user", "text", "kind", "ticket_mark", "created_at", "read_at")

    @admin.display(description=_("text"))
    def text(self, notification: Notification) -> str:
        return compose(notification)

    @admin.display(description=_("ticket"))
    def ticket_mark(self, notification: Notification) -> SafeString:
        return ticket_link(notification.ticket_id, notification.ticket.mark)
