from django.db import models
from django.utils.translation import gettext_lazy as _


class Unreachable(models.TextChoices):
    """Why a chat cannot be written to, from Telegram's own words (errors of the Bot API server)."""

    BLOCKED = "blocked", _("The customer blocked the bot.")
    DEACTIVATED = "deactivated", _("The customer deleted their Telegram account.")
    NOT_STARTED = "not_started", _("The customer never started the bot.")
    REMOVED = "removed", _("The bot was removed from the chat.")


class Chat(models.Model):
    """A Telegram chat as one bot knows it. A private chat's id is its person's Telegram id."""

    bot_id = models.BigIntegerField(_("bot"))
    telegram_id = models.BigIntegerField(_("chat"))
    type = models.CharField(_("type"), max_length=12, default="private")
    person = models.ForeignKey(
        "accounts.User", models.CASCADE, null=True, related_name="telegram_chats", verbose_name=_("person")
    )
    unreachable = models.CharField(_("unreachable"), max_length=12, choices=Unreachable.choices, blank=True)
    migrated_to = models.BigIntegerField(_("became"), null=True)
    chosen_ticket = models.UUIDField(_("chosen ticket"), null=True)
    chosen_at = models.DateTimeField(_("chosen"), null=True)
    wants_new = models.BooleanField(_("the next message opens a ticket"), default=False)
    comment_on = models.UUIDField(_("the next text comments on the rating of"), null=True)
    comment_asked_at = models.DateTimeField(null=True)
    commands_for = models.CharField(max_length=20, blank=True, help_text=_("Whose commands the chat's menu shows."))
    ban_told_at = models.DateTimeField(null=True)
    flood_told_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(_("first seen"), auto_now_add=True)

    class Meta:
        verbose_name = _("chat")
        verbose_name_plural = _("chats")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["bot_id", "telegram_id"], name="telegram_chat_once")]

    def __str__(self) -> str:
        return str(self.telegram_id)
