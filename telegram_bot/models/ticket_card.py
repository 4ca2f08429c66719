from django.db import models
from django.utils.translation import gettext_lazy as _


class TicketCard(models.Model):
    """The message that shows a ticket in its customer's chat. `digest`: of the text and the buttons that it has now.

    No message id: Telegram no longer has it, and the next change shows a new one.
    """

    bot_id = models.BigIntegerField()
    chat_id = models.BigIntegerField()
    ticket = models.UUIDField()
    telegram_message_id = models.BigIntegerField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    shown_at = models.DateTimeField()

    class Meta:
        verbose_name = _("ticket card")
        verbose_name_plural = _("ticket cards")
        constraints = [
            models.UniqueConstraint(fields=["bot_id", "chat_id", "ticket"], name="telegram_card_once_a_ticket")
        ]

    def __str__(self) -> str:
        return f"{self.chat_id}/{self.telegram_message_id}"
