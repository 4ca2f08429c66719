from django.db import models
from django.utils.translation import gettext_lazy as _


class Ban(models.Model):
    """A time in which a person was, or is, not let in. `User.is_active` says which of them holds."""

    person = models.ForeignKey("accounts.User", models.CASCADE, related_name="bans", verbose_name=_("person"))
    reason = models.CharField(_("reason of the ban"), max_length=200, blank=True)
    began_at = models.DateTimeField(_("banned"))
    banned_by = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("banned by")
    )
    ended_at = models.DateTimeField(_("let in again"), null=True)
    ended_by = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("let in by")
    )
    end_reason = models.CharField(_("why let in again"), max_length=200, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("ban")
        verbose_name_plural = _("bans")
        ordering = ["-began_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["person"], name="ban_lasting", condition=models.Q(ended_at__isnull=True))
        ]
