from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.admin.reading import ReadOnlyAdmin
from tickets.models import Notification
from tickets.notifications.composing import compose


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "user", "kind", "ticket", "read_at")
    list_filter = ("kind", "created_at")
    list_select_related = ("user", "ticket")
    search_fields = ("=ticket__number", "user__first_name", "user__last_name")
    fields = ("user", "text", "kind", "ticket", "created_at", "read_at")

    @admin.display(description=_("text"))
    def text(self, notification: Notification) -> str:
        return compose(notification)
