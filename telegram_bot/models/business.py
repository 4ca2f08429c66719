from django.db import models
from django.utils.translation import gettext_lazy as _


class Approval(models.TextChoices):
    WAITING = "waiting", _("Not decided")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")


class BusinessConnection(models.Model):
    """A Telegram account that is connected to the bot, as Telegram told it last; a company's own once it is approved
    (telegram_bot.connections). owner_id: 0 while Telegram has not told whose it is."""

    bot_id = models.BigIntegerField(_("bot"))
    connection_id = models.CharField(_("connection"), max_length=128)
    owner_id = models.BigIntegerField(_("Telegram id"))
    owner_name = models.CharField(_("account"), max_length=128, blank=True)
    is_enabled = models.BooleanField(_("connected"), default=True)
    can_reply = models.BooleanField(_("the bot may answer"), default=False)
    changed_at = models.DateTimeField(_("last change"))
    approval = models.CharField(
        _("approval"), max_length=8, choices=Approval.choices, default=Approval.WAITING, db_default=Approval.WAITING
    )
    decided_by = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

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
