from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    name = "tickets"
    verbose_name = _("Tickets")

    def ready(self) -> None:
        from accounts.announcements import listen
        from tickets import tasks
        from tickets.events.subscribers import subscribe
        from tickets.notifications.subscriber import NOTIFICATIONS

        subscribe(NOTIFICATIONS)
        listen("deliveries_due", tasks.on_deliveries_due)
        listen("image_stored", tasks.on_image_stored)
