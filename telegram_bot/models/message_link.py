from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Direction(models.TextChoices):
    INCOMING = "in", _("From the customer")
    OUTGOING = "out", _("To the customer")


class MessageLink(models.Model):
    """Which of our messages a message in Telegram is. One of ours may be several there: its parts.

    A notice of the bot's own has a ticket and no message, so that a reply to it finds its ticket. So has a message in
    the staff's group that joins the texts of several of ours, `joined`, in their order.

    is_topic: a topic that was the ticket's and has been given up, or is one besides. Its number is that of the first
    message there, which no reply names but all that is written there does.

    in_general: an agent wrote it in General, in answer to what the bot said there of the ticket.
    """

    bot_id = models.BigIntegerField()
    chat_id = models.BigIntegerField()
    telegram_message_id = models.BigIntegerField()
    message = models.UUIDField(null=True)
    ticket = models.UUIDField(null=True)
    joined = models.JSONField(null=True)
    is_topic = models.BooleanField(default=False, db_default=False)
    in_general = models.BooleanField(default=False, db_default=False)
    part = models.PositiveSmallIntegerField(default=0)
    direction = models.CharField(max_length=3, choices=Direction.choices)
    media_group = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("message link")
        verbose_name_plural = _("message links")
        constraints = [
            models.UniqueConstraint(fields=["bot_id", "chat_id", "telegram_message_id"], name="telegram_message_once")
        ]
        indexes = [
            models.Index(fields=["message", "part"], name="telegram_link_message", condition=Q(message__isnull=False)),
            models.Index(
                fields=["bot_id", "chat_id", "media_group"], name="telegram_link_album", condition=~Q(media_group="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chat_id}/{self.telegram_message_id}"
