from django.db import models


class Participant(models.Model):
    """How far a person has read a ticket, in its canonical sequence."""

    ticket = models.ForeignKey("tickets.Ticket", models.CASCADE, related_name="participants")
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    read_sequence = models.PositiveBigIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="participant_once")]
