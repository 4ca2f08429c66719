from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class StaffTopic(models.Model):
    """A ticket's topic in the staff's group. `thread_id` is empty until Telegram has made the topic, and again once
    somebody deleted it; 0 is General, where the group gives the bot no topics."""

    bot_id = models.BigIntegerField()
    ticket = models.UUIDField()
    chat_id = models.BigIntegerField()
    thread_id = models.BigIntegerField(null=True)
    is_closed = models.BooleanField(default=False)
    card_message_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("topic of the staff's group")
        verbose_name_plural = _("topics of the staff's group")
        constraints = [
            models.UniqueConstraint(fields=["bot_id", "ticket"], name="staff_topic_once"),
            models.UniqueConstraint(
                fields=["bot_id", "chat_id", "thread_id"], name="staff_topic_thread", condition=Q(thread_id__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chat_id}/{self.thread_id}"
