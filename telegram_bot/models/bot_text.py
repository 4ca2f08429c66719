from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Language


class TextKey(models.TextChoices):
    """What the bot says that a desk may say in its own words."""

    GREETING = "greeting", _("Greeting: the answer to /start")
    ARRIVED = "arrived", _("In the card of a new ticket: the message has arrived")
    OUT_OF_HOURS = "out_of_hours", _("Out of hours: when the desk is back")
    RESOLVED = "resolved", _("An agent marked the ticket as done")
    RESOLVED_BY_CUSTOMER = "resolved_by_customer", _("The customer marked the ticket as done")
    CLOSED = "closed", _("In the card of a closed ticket")
    RATED = "rated", _("Thanks for a rating")
    COMMENTED = "commented", _("Thanks for the words to a rating")


class BotText(models.Model):
    """A desk's own words in one language, in place of the built-in ones."""

    key = models.CharField(_("what it is"), max_length=24, choices=TextKey.choices)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    text = models.TextField(_("text"))
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("text of the bot")
        verbose_name_plural = _("texts of the bot")
        ordering = ["key", "language"]
        constraints = [models.UniqueConstraint(fields=["key", "language"], name="telegram_bot_text_once")]

    def __str__(self) -> str:
        return f"{self.get_key_display()} ({self.get_language_display()})"
