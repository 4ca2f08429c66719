from django.db import models
from django.utils.translation import gettext_lazy as _


class TelegramFile(models.Model):
    """An attachment as Telegram knows it. `file_id` works for this bot only, and as a file of this `kind` only;
    `unique_id` is for ever, but cannot be downloaded by.

    kind: the Bot API's name of it (photo, document, ...); empty where nobody wrote it down.
    preview_id: the `file_id` of Telegram's own small picture of it, where the desk shows that (of stickers that move).
    """

    bot_id = models.BigIntegerField()
    attachment = models.UUIDField()
    file_id = models.TextField()
    unique_id = models.CharField(max_length=64)
    kind = models.CharField(max_length=16, blank=True)
    preview_id = models.TextField(blank=True, default="", db_default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("file in Telegram")
        verbose_name_plural = _("files in Telegram")
        constraints = [models.UniqueConstraint(fields=["bot_id", "attachment"], name="telegram_file_once")]

    def __str__(self) -> str:
        return self.unique_id
