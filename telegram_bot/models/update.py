from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class UpdateState(models.TextChoices):
    RECEIVED = "received", _("Waiting")
    HELD = "held", _("Waiting for the customer's choice")
    DONE = "done", _("Handled")
    DEAD = "dead", _("Given up")


class Update(models.Model):
    """The inbox: one row for each update from Telegram, exactly as it came.

    `raw` is bytes, because PostgreSQL's text and jsonb refuse NULs and lone surrogates. The order of work is the order
    of arrival within a `queue` (a chat).
    """

    id = models.BigAutoField(primary_key=True)
    bot_id = models.BigIntegerField(_("bot"))
    update_id = models.BigIntegerField(_("update"))
    content_hash = models.BinaryField(max_length=32, help_text=_("SHA-256 over canonical JSON."))
    raw = models.BinaryField()
    queue = models.BigIntegerField(_("chat"), help_text=_("The chat, else the person, else 0."))
    kind = models.CharField(_("kind"), max_length=40)
    state = models.CharField(_("state"), max_length=8, choices=UpdateState.choices, default=UpdateState.RECEIVED)
    outcome = models.CharField(_("what came of it"), max_length=40, blank=True)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_attempt_at = models.DateTimeField(_("not before"), null=True)
    last_error = models.TextField(_("last error"), blank=True)
    received_at = models.DateTimeField(_("received"))
    handled_at = models.DateTimeField(_("handled"), null=True)

    class Meta:
        verbose_name = _("update")
        verbose_name_plural = _("inbox")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["bot_id", "update_id", "content_hash"], name="telegram_update_once")
        ]
        indexes = [
            models.Index(
                fields=["bot_id", "queue", "id"],
                name="telegram_update_waiting",
                condition=Q(state=UpdateState.RECEIVED),
            ),
            models.Index(
                fields=["bot_id", "queue", "id"], name="telegram_update_held", condition=Q(state=UpdateState.HELD)
            ),
            models.Index(fields=["bot_id", "queue", "id"], name="telegram_update_kept", condition=Q(outcome="kept")),
            models.Index(fields=["handled_at"], name="telegram_update_unapproved", condition=Q(outcome="unapproved")),
            models.Index(fields=["id"], name="telegram_update_dead", condition=Q(state=UpdateState.DEAD)),
            models.Index(fields=["handled_at"], name="telegram_update_old", condition=Q(state=UpdateState.DONE)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.update_id}"
