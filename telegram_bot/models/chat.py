from django.db import models
from django.utils.translation import gettext_lazy as _


class Unreachable(models.TextChoices):
    """Why a chat cannot be written to, from Telegram's own words (errors of the Bot API server)."""

    BLOCKED = "blocked", _("The customer blocked the bot.")
    DEACTIVATED = "deactivated", _("The customer deleted their Telegram account.")
    NOT_STARTED = "not_started", _("The customer never started the bot.")
    REMOVED = "removed", _("The bot was removed from the chat.")
    DISCONNECTED = "disconnected", _("The company's account is no longer connected to the bot.")


class Chat(models.Model):
    """A Telegram chat as one bot knows it. A private chat's id is its person's Telegram id.

    A chat of a company's own account has a key in its place (telegram_bot.business); its person's Telegram id is then
    `peer_id`, and `last_incoming_at` says until when it can be answered.
    """

    bot_id = models.BigIntegerField(_("bot"))
    telegram_id = models.BigIntegerField(_("chat"))
    type = models.CharField(_("type"), max_length=12, default="private")
    person = models.ForeignKey(
        "accounts.User", models.CASCADE, null=True, related_name="telegram_chats", verbose_name=_("person")
    )
    business_connection = models.CharField(_("through the account"), max_length=128, blank=True)
    peer_id = models.BigIntegerField(_("Telegram id"), null=True)
    last_incoming_at = models.DateTimeField(_("the customer last wrote"), null=True)
    unreachable = models.CharField(_("unreachable"), max_length=12, choices=Unreachable.choices, blank=True)
    migrated_to = models.BigIntegerField(_("became"), null=True)
    chosen_ticket = models.UUIDField(_("chosen ticket"), null=True)
    chosen_at = models.DateTimeField(_("chosen"), null=True)
    new_wanted_at = models.DateTimeField(null=True)  # the next message opens a ticket, for a while since then
    new_category = models.UUIDField(_("and gives it the category"), null=True)
    new_from_topic = models.BigIntegerField(_("the topic of another ticket in which it was begun"), null=True)
    landed_in = models.UUIDField(_("the last message went into"), null=True)
    comment_on = models.UUIDField(_("the next text comments on the rating of"), null=True)
    comment_asked_at = models.DateTimeField(null=True)
    erasure_key = models.UUIDField(null=True)  # in the button that erases, once
    erasure_asked_at = models.DateTimeField(null=True)
    phone_asked_at = models.DateTimeField(_("asked for the phone"), null=True)
    waits_for_phone = models.BooleanField(default=False)
    commands_for = models.CharField(max_length=20, blank=True, help_text=_("Whose commands the chat's menu shows."))
    ban_told_at = models.DateTimeField(null=True)
    flood_told_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(_("first seen"), auto_now_add=True)

    class Meta:
        verbose_name = _("chat")
        verbose_name_plural = _("chats")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["bot_id", "telegram_id"], name="telegram_chat_once")]
        indexes = [
            models.Index(
                fields=["chosen_at"], name="telegram_chat_choice", condition=models.Q(chosen_at__isnull=False)
            ),
            models.Index(
                fields=["ban_told_at"], name="telegram_chat_banned", condition=models.Q(ban_told_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return str(self.peer_id or self.telegram_id)

    @property
    def is_of_staff(self) -> bool:
        """The staff's group: the only chat of several people that the bot talks in."""
        return self.type == "supergroup"

    @property
    def is_business(self) -> bool:
        """Whether it is a chat of a company's own account."""
        return bool(self.business_connection)
