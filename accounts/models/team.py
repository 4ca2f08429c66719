from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.identifiers import new_id


class Team(models.Model):
    """Agents who share a queue."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=80, unique=True)
    assigns_automatically = models.BooleanField(
        _("assign automatically"),
        default=False,
        help_text=_("Give each new ticket to the available agent with the fewest open tickets."),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
