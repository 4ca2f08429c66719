from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class TicketTopic(models.Model):
    """A ticket's topic in its customer's private chat, with the name that it has there.

    No `thread_id`: the person deleted it, and the next message makes it anew. 0: Telegram makes none here.
    """

    bot_id = models.BigIntegerField()
    chat_id = models.BigIntegerField()
    ticket = models.UUIDField()
    thread_id = models.BigIntegerField(null=True)
    name = models.CharField(max_length=128, blank=True)

    class Meta:
        verbose_name = _("topic of a ticket")
        verbose_name_plural = _("topics of tickets")
        constraints = [
            models.UniqueConstraint(fields=["bot_id", "chat_id", "ticket"], name="ticket_topic_once"),
            models.UniqueConstraint(
                fields=["bot_id", "chat_id", "thread_id"], name="ticket_topic_thread", condition=Q(thread_id__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.chat_id}/{self.thread_id}"
