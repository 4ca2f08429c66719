from django.db import models
from django.utils.translation import gettext_lazy as _


class PersonNote(models.Model):
    """What staff write down about a person, for staff only. The id is the client's key."""

    id = models.UUIDField(primary_key=True, editable=False)
    person = models.ForeignKey("accounts.User", models.CASCADE, related_name="+", verbose_name=_("person"))
    author = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name=_("author"), db_index=False
    )
    text = models.TextField(_("text"))
    created_at = models.DateTimeField(_("written"))

    class Meta:
        verbose_name = _("note about a person")
        verbose_name_plural = _("notes about people")
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["person", "-created_at", "-id"], name="note_about_person")]

    def __str__(self) -> str:
        return self.text[:80]
