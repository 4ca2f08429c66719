from django.db import models
from django.utils.translation import gettext_lazy as _


class BotLease(models.Model):
    """Which `run_bot` works for a bot, and what is known of the bot. The others stand by until the lease runs out."""

    bot_id = models.BigIntegerField(_("bot"), primary_key=True)
    holder = models.UUIDField(null=True)
    holder_name = models.CharField(_("held by"), max_length=120, blank=True)
    held_until = models.DateTimeField(_("held until"), null=True)
    username = models.CharField(_("username"), max_length=64, blank=True)
    fetched_at = models.DateTimeField(_("last word from Telegram"), null=True)
    channel_error = models.TextField(_("what is wrong with the channel"), blank=True)

    class Meta:
        verbose_name = _("bot")
        verbose_name_plural = _("bots")

    def __str__(self) -> str:
        return f"@{self.username}" if self.username else str(self.bot_id)
