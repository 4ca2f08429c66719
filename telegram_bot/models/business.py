from django.db import models
from django.utils.translation import gettext_lazy as _


class BusinessConnection(models.Model):
    """A company's own Telegram account that is connected to the bot, as Telegram told it last."""

    bot_id = models.BigIntegerField(_("bot"))
    connection_id = models.CharField(_("connection"), max_length=128)
    owner_id = models.BigIntegerField(_("Telegram id"))
    owner_name = models.CharField(_("account"), max_length=128, blank=True)
    is_enabled = models.BooleanField(_("connected"), default=True)
    can_reply = models.BooleanField(_("the bot may answer"), default=False)
    changed_at = models.DateTimeField(_("last change"))

    class Meta:
        verbose_name = _("connected account")
        verbose_name_plural = _("connected accounts")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["bot_id", "connection_id"], name="business_connection_once")]

    def __str__(self) -> str:
        return self.owner_name or str(self.owner_id)


class TicketChat(models.Model):
    """In which chat of a company's account a ticket's conversation is. The newest goes on there."""

    ticket = models.UUIDField(unique=True)
    chat = models.ForeignKey("telegram_bot.Chat", models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("chat of a ticket")
        verbose_name_plural = _("chats of tickets")

    def __str__(self) -> str:
        return str(self.ticket)
