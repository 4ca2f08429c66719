from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.identifiers import new_id


class Category(models.Model):
    """What a ticket is about; chosen by the customer. May send its tickets to a team."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name_ru = models.CharField(_("name in Russian"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60)
    team = models.ForeignKey(
        "accounts.Team",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("team"),
        help_text=_("New tickets of this category go to this team."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("offered to customers"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def names(self) -> dict[str, str]:
        return {"ru": self.name_ru, "en": self.name_en}

    @property
    def name(self) -> str:
        """The name in the language of the reader."""
        return self.names.get((get_language() or "ru")[:2], self.name_en)
