from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Func, Q, TextField, Value
from django.db.models.functions import Cast, Upper
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class TicketStatus(models.TextChoices):
    NEW = "new", _("New")
    OPEN = "open", _("Open")
    PENDING = "pending", _("Waiting for the customer")
    RESOLVED = "resolved", _("Resolved")
    CLOSED = "closed", _("Closed")

    @property
    def said_to_customer(self) -> str:
        """What the desk calls open, its customer calls in progress."""
        return str(_SAID_TO_CUSTOMER.get(self, self.label))


_SAID_TO_CUSTOMER = {
    TicketStatus.NEW: _("Received"),
    TicketStatus.OPEN: _("In progress"),
    TicketStatus.PENDING: _("Waiting for your answer"),
}
RATING_SCORES = range(1, 6)
RATING_CHANGEABLE = timedelta(days=1)
ACTIVE_STATUSES = (TicketStatus.NEW, TicketStatus.OPEN, TicketStatus.PENDING)


class Priority(models.TextChoices):
    LOW = "low", _("Low")
    NORMAL = "normal", _("Normal")
    HIGH = "high", _("High")
    URGENT = "urgent", _("Urgent")


class Ticket(models.Model):
    """One request of one customer. Its columns are the fold of its events (`manage.py replay_tickets`)."""

    id = models.UUIDField(primary_key=True, editable=False)
    number = models.BigIntegerField(
        _("number"), unique=True, editable=False, db_default=Func(Value("tickets_ticket_number"), function="nextval")
    )
    subject = models.CharField(_("subject"), max_length=200)
    status = models.CharField(_("status"), max_length=10, choices=TicketStatus.choices, default=TicketStatus.NEW)
    priority = models.CharField(_("priority"), max_length=10, choices=Priority.choices, default=Priority.NORMAL)
    category = models.ForeignKey(
        "tickets.Category", models.PROTECT, null=True, blank=True, related_name="tickets", verbose_name=_("category")
    )
    tags = ArrayField(models.CharField(max_length=40), verbose_name=_("tags"), default=list, blank=True)
    customer = models.ForeignKey("accounts.User", models.PROTECT, related_name="tickets", verbose_name=_("customer"))
    assignee = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="assigned_tickets", verbose_name=_("agent")
    )
    team = models.ForeignKey(
        "accounts.Team", models.PROTECT, null=True, blank=True, related_name="tickets", verbose_name=_("team")
    )
    source = models.CharField(_("came through"), max_length=10)
    continues = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="continued_by", verbose_name=_("continues")
    )
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="merged_from",
        verbose_name=_("merged into"),
        db_index=False,
    )
    unreachable = models.CharField(
        _("unreachable"),
        max_length=20,
        blank=True,
        editable=False,
        help_text=_("Why nothing reaches the customer in their chat, a code of DeliveryReason; empty: it does."),
    )
    rating_score = models.PositiveSmallIntegerField(_("rating"), null=True, editable=False)
    rating_comment = models.TextField(_("the customer's comment"), blank=True, editable=False)
    rated_at = models.DateTimeField(_("rated"), null=True, editable=False)
    snoozed_until = models.DateTimeField(_("put aside until"), null=True, editable=False)
    # The version: raised by one, under the row lock, for every event; the second counts the public events only.
    sequence = models.PositiveBigIntegerField(default=0, editable=False)
    public_sequence = models.PositiveBigIntegerField(default=0, editable=False)
    last_message = models.ForeignKey("tickets.Message", models.PROTECT, null=True, related_name="+", editable=False)
    last_public_message = models.ForeignKey(
        "tickets.Message", models.PROTECT, null=True, related_name="+", editable=False
    )
    request_digest = models.BinaryField(max_length=32, editable=False)
    created_at = models.DateTimeField(_("opened"), editable=False)
    updated_at = models.DateTimeField(_("last change"), editable=False)
    # the customer's: a note must not show as a change
    public_updated_at = models.DateTimeField(_("last public change"), editable=False)
    resolved_at = models.DateTimeField(_("resolved"), null=True, editable=False)

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        ordering = ["-updated_at", "-id"]
        indexes = [
            models.Index(fields=["-updated_at", "-id"], name="ticket_newest"),
            models.Index(fields=["-created_at", "-id"], name="ticket_opened"),
            models.Index(fields=["customer", "-public_updated_at", "-id"], name="ticket_of_customer"),
            models.Index(fields=["assignee", "status", "-updated_at"], name="ticket_of_agent"),
            models.Index(fields=["team", "status", "-updated_at"], name="ticket_of_team"),
            models.Index(fields=["status", "-updated_at", "-id"], name="ticket_by_status"),
            models.Index(fields=["category", "-updated_at", "-id"], name="ticket_by_category"),
            models.Index(fields=["resolved_at"], name="ticket_to_close", condition=Q(status=TicketStatus.RESOLVED)),
            models.Index(fields=["snoozed_until"], name="ticket_to_wake", condition=Q(snoozed_until__isnull=False)),
            models.Index(fields=["merged_into"], name="ticket_merged", condition=Q(merged_into__isnull=False)),
            GinIndex(fields=["tags"], name="ticket_tags"),
            GinIndex(OpClass(Upper("subject"), name="gin_trgm_ops"), name="ticket_subject"),
            GinIndex(OpClass(Cast("number", TextField()), name="gin_trgm_ops"), name="ticket_number_parts"),
        ]

    def __str__(self) -> str:
        return f"{self.mark} {self.subject}"

    @property
    def mark(self) -> str:
        """The number as the reader's language writes it."""
        return gettext("#%(number)s") % {"number": self.number}

    @property
    def is_closed(self) -> bool:
        return self.status == TicketStatus.CLOSED

    @property
    def lasting(self) -> "Ticket":
        """The ticket that its conversation goes on in: itself, unless it was merged."""
        ticket = self
        while ticket.merged_into is not None:
            ticket = ticket.merged_into
        return ticket

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE_STATUSES

    @property
    def status_said_to_customer(self) -> str:
        return TicketStatus(self.status).said_to_customer
