from django.db import models


class ErasedChat(models.Model):
    """A private chat in which a person had their data erased, by the update that confirmed it.

    `mark` is a keyed hash of the chat: for as long as Telegram may still bring what was written before, the desk knows
    that chat again, and cannot say whose it was.
    """

    bot_id = models.BigIntegerField()
    mark = models.CharField(max_length=64)
    update_id = models.BigIntegerField()
    erased_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["bot_id", "mark"], name="erased_chat_mark"),
            models.Index(fields=["erased_at"], name="erased_chat_old"),
        ]

    def __str__(self) -> str:
        return str(self.update_id)
