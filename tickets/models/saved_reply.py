from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.identifiers import new_id


class SavedReply(models.Model):
    """A text that agents use again and again: one's own, or shared with a team or with all."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    title = models.CharField(_("title"), max_length=80)
    shortcut = models.CharField(_("shortcut"), max_length=30, blank=True)
    text = models.TextField(_("text"))
    owner = models.ForeignKey(
        "accounts.User", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("belongs to")
    )
    team = models.ForeignKey(
        "accounts.Team",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("team"),
        help_text=_("Empty: shared with all teams."),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("saved reply")
        verbose_name_plural = _("saved replies")
        ordering = ["title", "id"]

    def __str__(self) -> str:
        return self.title
