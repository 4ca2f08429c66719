from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from telegram_bot.models.chat import Chat


class CallState(models.TextChoices):
    PENDING = "pending", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    HOLD = "hold", _("On hold")


KEEP_CALLS = timedelta(days=30)  # of those that are sent: long enough to find out what happened
UNDONE = (CallState.PENDING, CallState.SENDING)
WRITING = ("send", "copy")  # methods that begin so: done twice, they leave two messages
FETCHING = "getFile"  # the method of calls that fetch a file (telegram_bot.files)
FAREWELL = "farewell:"  # the beginning of the coalesce key of a goodbye, which is removed once it is sent
SENDS = "@sends"  # in `params`: an edit that goes out as a message of its own, for there is none to edit


class OutgoingCall(models.Model):
    """The outbox: one row for each Bot API call that is owed.

    `params` holds our own references (delivery.rendering says which), because the Telegram ids that a reply, an
    edit or a deletion needs may not exist yet; they become Telegram's parameters when the call is sent. Calls with the
    same `queue` (a chat) go out one after another in the order of `id`; those without one wait for nothing.
    """

    id = models.BigAutoField(primary_key=True)
    bot_id = models.BigIntegerField(_("bot"))
    method = models.CharField(_("method"), max_length=40)
    params = models.JSONField(_("parameters"), default=dict)
    queue = models.BigIntegerField(_("chat"), null=True)
    message = models.UUIDField(_("message"), null=True, help_text=_("Whose delivery this call reports."))
    state = models.CharField(_("state"), max_length=8, choices=CallState.choices, default=CallState.PENDING)
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(_("leased until"), null=True)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    can_wait = models.BooleanField(default=False, db_default=False)  # lets the rest of its chat pass until it is begun
    first_attempt_at = models.DateTimeField(_("first try"), null=True)
    next_attempt_at = models.DateTimeField(_("not before"))
    expires_at = models.DateTimeField(_("useless after"), null=True)
    lane = models.BigIntegerField(default=0, db_default=0)
    turn = models.BigIntegerField(default=0, db_default=0)  # of files (telegram_bot.turns)
    large = models.BooleanField(default=False, db_default=False)  # of files
    coalesce_key = models.CharField(max_length=80, blank=True, help_text=_("A newer call replaces a waiting one."))
    ambiguous = models.BooleanField(_("possibly doubled"), default=False)
    error_code = models.CharField(_("reason"), max_length=40, blank=True)
    error_text = models.TextField(_("error"), blank=True)
    result = models.JSONField(_("Telegram's answer"), null=True)
    created_at = models.DateTimeField(_("made"))
    finished_at = models.DateTimeField(_("finished"), null=True)
    reported_at = models.DateTimeField(_("reported"), null=True)

    class Meta:
        verbose_name = _("outgoing call")
        verbose_name_plural = _("outbox")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["bot_id", "id"], name="telegram_call_due", condition=Q(state__in=UNDONE)),
            models.Index(
                fields=["bot_id", "id"],
                name="telegram_call_answers",
                condition=Q(state__in=UNDONE, message__isnull=False),
            ),
            models.Index(fields=["bot_id", "queue", "id"], name="telegram_call_order", condition=Q(state__in=UNDONE)),
            models.Index(
                fields=["bot_id", "id"],
                name="telegram_call_free",
                condition=Q(state__in=UNDONE, queue__isnull=True) & ~Q(method=FETCHING),
            ),
            models.Index(
                fields=["bot_id", "turn", "id"],
                name="telegram_call_files",
                condition=Q(state__in=UNDONE, queue__isnull=True, method=FETCHING),
            ),
            models.Index(
                fields=["bot_id", "lane", "turn"],
                name="telegram_call_lanes",
                condition=Q(state__in=UNDONE, queue__isnull=True, method=FETCHING),
            ),
            models.Index(
                fields=["bot_id", "id"], name="telegram_call_patient", condition=Q(state__in=UNDONE, can_wait=True)
            ),
            models.Index(fields=["message"], name="telegram_call_message", condition=Q(message__isnull=False)),
            models.Index(
                fields=["id"],
                name="telegram_call_unreported",
                condition=Q(reported_at__isnull=True, state__in=(CallState.SENT, CallState.FAILED))
                & (Q(message__isnull=False) | Q(state=CallState.FAILED)),
            ),
            models.Index(fields=["state", "id"], name="telegram_call_state", condition=~Q(state=CallState.SENT)),
            models.Index(
                fields=["bot_id", "coalesce_key", "-id"], name="telegram_call_burst", condition=~Q(coalesce_key="")
            ),
            models.Index(fields=["id"], name="telegram_call_farewell", condition=Q(coalesce_key__startswith=FAREWELL)),
            models.Index(fields=["finished_at"], name="telegram_call_old", condition=Q(state=CallState.SENT)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["bot_id", "coalesce_key"],
                name="telegram_call_coalesced",
                condition=Q(state=CallState.PENDING) & ~Q(coalesce_key=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.pk}"

    @property
    def fetches(self) -> bool:
        """Whether it fetches a file: it belongs to no chat's order, and takes its turn."""
        return self.method == FETCHING

    @property
    def leaves_two(self) -> bool:
        """Whether done twice it leaves two messages."""
        return self.method.startswith(WRITING) or SENDS in self.params

    @cached_property
    def chat(self) -> Chat | None:
        """Where it goes, as that was when first asked for. None: nowhere, or where nobody wrote to the bot."""
        if self.queue is None:
            return None
        return Chat.objects.filter(bot_id=self.bot_id, telegram_id=self.queue).first()
