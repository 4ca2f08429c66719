from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Language


class BroadcastState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    RUNNING = "running", _("Going out")
    PAUSED = "paused", _("Paused")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


class RecipientState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    QUEUED = "queued", _("Being sent")
    SENT = "sent", _("Delivered")
    FAILED = "failed", _("Failed")
    BLOCKED = "blocked", _("Blocked")
    SKIPPED = "skipped", _("Not sent")


class Broadcast(models.Model):
    """One message to many customers, outside their tickets. Who gets it is written down when it starts."""

    bot_id = models.BigIntegerField(_("bot"), editable=False)
    title = models.CharField(_("title"), max_length=100, help_text=_("Only staff see it."))
    text_ru = models.TextField(_("text in Russian"), blank=True)
    text_en = models.TextField(
        _("text in English"),
        blank=True,
        help_text=_("Whoever speaks the language that has no text gets the other one."),
    )
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, blank=True)
    category = models.ForeignKey(
        "tickets.Category", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("category")
    )
    active_within_days = models.PositiveSmallIntegerField(
        _("here within so many days"), null=True, blank=True, help_text=_("Empty: whenever they were here last.")
    )
    state = models.CharField(
        _("state"), max_length=10, choices=BroadcastState.choices, default=BroadcastState.DRAFT, editable=False
    )
    author = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name=_("author"), editable=False
    )
    created_at = models.DateTimeField(_("made"), editable=False)
    started_at = models.DateTimeField(_("started"), null=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, editable=False)

    class Meta:
        verbose_name = _("broadcast")
        verbose_name_plural = _("broadcasts")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["bot_id", "id"], name="broadcast_unfinished", condition=Q(state__in=("running",)))
        ]

    def __str__(self) -> str:
        return self.title


class BroadcastRecipient(models.Model):
    """One person of a broadcast, and what became of the message to them."""

    broadcast = models.ForeignKey(Broadcast, models.CASCADE, related_name="recipients", verbose_name=_("broadcast"))
    person = models.ForeignKey("accounts.User", models.CASCADE, related_name="+", verbose_name=_("person"))
    state = models.CharField(_("state"), max_length=8, choices=RecipientState.choices, default=RecipientState.WAITING)
    call = models.BigIntegerField(_("outgoing call"), null=True)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    ambiguous = models.BooleanField(_("possibly doubled"), default=False)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("recipient")
        verbose_name_plural = _("recipients")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["broadcast", "person"], name="broadcast_once_a_person")]
        indexes = [
            models.Index(
                fields=["broadcast", "state", "id"], name="broadcast_owed", condition=Q(state__in=("waiting", "queued"))
            )
        ]

    def __str__(self) -> str:
        return str(self.person)
