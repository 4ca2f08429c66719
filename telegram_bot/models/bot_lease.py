from django.db import models
from django.utils.translation import gettext_lazy as _


class ChannelFault(models.TextChoices):
    """What stands between the bot and Telegram, each with the sentence that an administrator reads."""

    NO_ANSWER = "no_answer", _("Telegram does not answer. Is it reachable from this machine?")
    TOKEN_REFUSED = "token_refused", _("Telegram does not know the bot's token. Ask @BotFather for it.")
    RIVAL = "rival", _("Another program fetches this bot's updates too, and what it gets never comes here. Stop it.")
    FOREIGN_WEBHOOK = (
        "foreign_webhook",
        _(
            "A webhook that is not this desk's is set, so nothing can be fetched. Stop the program that set it, or "
            "run manage.py set_webhook --delete."
        ),
    )
    WEBHOOK_FAILS = (
        "webhook_fails",
        _("Telegram cannot bring updates. Is PUBLIC_URL reachable from the internet, with a valid certificate?"),
    )
    WEBHOOK_REFUSED = "webhook_refused", _("Telegram does not accept the webhook's address (PUBLIC_URL).")
    NOT_HTTPS = (
        "not_https",
        _("Telegram brings updates to https addresses only: set PUBLIC_URL, or TELEGRAM_MODE=polling."),
    )
    TOLD_TO_WAIT = "told_to_wait", _("Telegram asks to wait before the next question.")
    REFUSED = "refused", _("Telegram refuses to give updates.")


class BotLease(models.Model):
    """Which `run_bot` works for a bot, and what is known of the bot. The others stand by until the lease runs out."""

    bot_id = models.BigIntegerField(_("bot"), primary_key=True)
    holder = models.UUIDField(null=True)
    holder_name = models.CharField(_("held by"), max_length=120, blank=True)
    held_until = models.DateTimeField(_("held until"), null=True)
    username = models.CharField(_("username"), max_length=64, blank=True)
    has_topics = models.BooleanField(_("private chats have topics"), default=False)
    fetched_at = models.DateTimeField(_("last word from Telegram"), null=True)
    channel_fault = models.CharField(
        _("what is wrong with the channel"), max_length=20, choices=ChannelFault.choices, blank=True
    )
    channel_error = models.TextField(_("in Telegram's words"), blank=True)
    rival_at = models.DateTimeField(_("another program fetched"), null=True)
    webhook_restored = models.PositiveIntegerField(_("the webhook was set again, times"), default=0)
    webhook_restored_at = models.DateTimeField(_("the webhook was last set again"), null=True)
    findings = models.JSONField(_("what the last look found"), default=list)
    looked_at = models.DateTimeField(_("last looked at"), null=True)

    class Meta:
        verbose_name = _("bot")
        verbose_name_plural = _("bots")

    def __str__(self) -> str:
        return f"@{self.username}" if self.username else str(self.bot_id)
