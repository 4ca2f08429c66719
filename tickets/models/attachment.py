from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.identifiers import new_id


class AttachmentState(models.TextChoices):
    PENDING = "pending", _("Being fetched")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Could not be fetched")


class AttachmentFailure(models.TextChoices):
    """Why the content of a file could not be fetched."""

    TOO_LARGE = "too_large", _("The file is too large to be fetched from Telegram.")
    GONE = "gone", _("The file is no longer there.")
    REFUSED = "refused", _("The file is of a kind that the desk does not take.")
    UNAVAILABLE = "unavailable", _("The file could not be fetched from Telegram.")


class Attachment(models.Model):
    """A file of a message. Uploaded unbound by its owner; bound in the transaction of the message that carries it.

    One that an edit put another in the place of has no message any more: it belongs to that earlier version. One that a
    saved reply brings along never has one: each message that it is used for gets a copy.
    """

    UNBOUND = models.Q(message=None, revision=None, saved_reply=None)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", verbose_name=_("owner"))
    message = models.ForeignKey(
        "tickets.Message", models.PROTECT, null=True, related_name="attachments", verbose_name=_("message")
    )
    revision = models.ForeignKey(
        "tickets.MessageRevision",
        models.SET_NULL,
        null=True,
        related_name="attachments",
        verbose_name=_("earlier version"),
    )
    saved_reply = models.ForeignKey(
        "tickets.SavedReply", models.CASCADE, null=True, related_name="files", verbose_name=_("saved reply")
    )
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(_("name"), max_length=255)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size"), default=0, help_text=_("In bytes."))
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    duration = models.PositiveIntegerField(null=True, help_text=_("In seconds."))
    state = models.CharField(_("state"), max_length=8, choices=AttachmentState.choices, default=AttachmentState.READY)
    failure = models.CharField(_("reason"), max_length=11, choices=AttachmentFailure.choices, blank=True)
    storage_key = models.CharField(max_length=200, blank=True)
    thumbnail_key = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(_("uploaded"), auto_now_add=True)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["message_id", "position"]
        indexes = [
            models.Index(fields=["created_at"], name="attachment_unbound", condition=models.Q(message__isnull=True))
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        return self.content_type in {"image/jpeg", "image/png", "image/webp", "image/gif"}
