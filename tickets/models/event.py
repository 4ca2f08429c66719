from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _


class EventType(models.TextChoices):
    """Facts, in the past tense. Each is described, framed and folded somewhere: a test holds the lists equal."""

    TICKET_CREATED = "ticket_created", _("Opened")
    TICKET_ASSIGNED = "ticket_assigned", _("Assigned")
    TICKET_UNASSIGNED = "ticket_unassigned", _("Unassigned")
    TICKET_STATUS_CHANGED = "ticket_status_changed", _("Status changed")
    TICKET_PRIORITY_CHANGED = "ticket_priority_changed", _("Priority changed")
    TICKET_CATEGORY_CHANGED = "ticket_category_changed", _("Category changed")
    TICKET_TAGGED = "ticket_tagged", _("Tagged")
    TICKET_UNTAGGED = "ticket_untagged", _("Untagged")
    TICKET_SUBJECT_CHANGED = "ticket_subject_changed", _("Subject changed")
    TICKET_RATED = "ticket_rated", _("Rated")
    TICKET_REACHABILITY_CHANGED = "ticket_reachability_changed", _("Reachability changed")
    TICKET_SNOOZED = "ticket_snoozed", _("Put aside")
    TICKET_MERGED = "ticket_merged", _("Merged")
    MESSAGE_SENT = "message_sent", _("Message")
    MESSAGE_EDITED = "message_edited", _("Message edited")
    MESSAGE_DELETED = "message_deleted", _("Message deleted")
    NOTE_ADDED = "note_added", _("Internal note")
    ATTACHMENT_ADDED = "attachment_added", _("File added")
    ATTACHMENT_STORED = "attachment_stored", _("File stored")
    MESSAGE_REACTED = "message_reacted", _("Reaction")
    MESSAGE_DELIVERY_CHANGED = "message_delivery_changed", _("Delivery")
    MESSAGE_RETRIED = "message_retried", _("Sent again")
    PERSONAL_DATA_ERASED = "personal_data_erased", _("Personal data erased")


class AppendOnly(models.Model):
    """A row that is written once."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("The log is append-only: record another event.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("The log is append-only.")


class AppendOnlyQuerySet(models.QuerySet["TicketEvent"]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("The log is append-only: record another event.")

    def delete(self) -> NoReturn:
        raise TypeError("The log is append-only.")


class TicketEvent(AppendOnly):
    """One fact about one ticket: the audit trail, the outbox and the source of the ticket's state."""

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="events", verbose_name=_("ticket"))
    sequence = models.PositiveBigIntegerField()
    public_sequence = models.PositiveBigIntegerField(null=True, help_text=_("Empty: only staff may see it."))
    type = models.CharField(_("event"), max_length=40, choices=EventType.choices)
    payload = models.JSONField(default=dict)
    message = models.ForeignKey("tickets.Message", models.PROTECT, null=True, related_name="events")
    actor = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name=_("who"), db_index=False
    )
    source = models.CharField(_("came through"), max_length=10)
    created_at = models.DateTimeField(_("when"))

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["ticket_id", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "sequence"], name="event_sequence"),
            models.UniqueConstraint(
                fields=["ticket", "public_sequence"],
                name="event_public_sequence",
                condition=models.Q(public_sequence__isnull=False),
            ),
        ]


class DeliveryState(models.TextChoices):
    PENDING = "pending", _("Waiting")
    DONE = "done", _("Done")
    DEAD = "dead", _("Given up")


class EventDelivery(models.Model):
    """A reaction that is owed: this subscriber has to handle this event."""

    event = models.ForeignKey(TicketEvent, models.CASCADE, related_name="deliveries")
    ticket = models.ForeignKey("tickets.Ticket", models.CASCADE, related_name="+", db_index=False)
    subscriber = models.CharField(_("subscriber"), max_length=40)
    state = models.CharField(_("state"), max_length=8, choices=DeliveryState.choices, default=DeliveryState.PENDING)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_attempt_at = models.DateTimeField(_("next try"))
    last_error = models.TextField(_("last error"), blank=True)
    created_at = models.DateTimeField(_("created"))
    done_at = models.DateTimeField(_("done"), null=True)

    class Meta:
        verbose_name = _("event delivery")
        verbose_name_plural = _("event deliveries")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["event", "subscriber"], name="delivery_once")]
        indexes = [
            models.Index(
                fields=["subscriber", "next_attempt_at"],
                name="delivery_due",
                condition=models.Q(state=DeliveryState.PENDING),
            ),
            models.Index(
                fields=["ticket", "subscriber", "id"],
                name="delivery_order",
                condition=models.Q(state=DeliveryState.PENDING),
            ),
            models.Index(fields=["id"], name="delivery_dead", condition=models.Q(state=DeliveryState.DEAD)),
        ]
