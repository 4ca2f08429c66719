from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.identifiers import new_id


class NotificationKind(models.TextChoices):
    TICKET_CREATED = "ticket_created", _("New ticket")
    TICKET_ASSIGNED = "ticket_assigned", _("Ticket assigned")
    TICKET_STATUS_CHANGED = "ticket_status_changed", _("Status changed")
    TICKET_WOKEN = "ticket_woken", _("Ticket is back")
    TICKET_MERGED = "ticket_merged", _("Ticket merged")
    MESSAGE_RECEIVED = "message_received", _("New message")
    DELIVERY_FAILED = "delivery_failed", _("Message not delivered")


class Notification(models.Model):
    """Something that one person should know; made only by the subscriber `notifications`, once for an event.

    Messages of one ticket are told by one as long as nobody reads it: the latest, `count` of them; those before it
    are superseded, and read with that.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="notifications", verbose_name=_("person"))
    event = models.ForeignKey("tickets.TicketEvent", models.CASCADE, related_name="+", verbose_name=_("event"))
    ticket = models.ForeignKey("tickets.Ticket", models.CASCADE, related_name="+", verbose_name=_("ticket"))
    kind = models.CharField(_("kind"), max_length=40, choices=NotificationKind.choices)
    count = models.PositiveIntegerField(_("how many it stands for"), db_default=1, default=1)
    is_superseded = models.BooleanField(_("told by a later one"), db_default=False, default=False)
    read_at = models.DateTimeField(_("read"), null=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-created_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["event", "user"], name="notification_once")]
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="notification_newest"),
            models.Index(fields=["user"], name="notification_unread", condition=models.Q(read_at__isnull=True)),
        ]
