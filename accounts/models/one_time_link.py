from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.identifiers import new_id


class LinkPurpose(models.TextChoices):
    ADMIN_ENTRY = "admin_entry", _("Enter the admin")
    BROWSER_ENTRY = "browser_entry", _("Open the desk in a browser")
    TELEGRAM = "telegram", _("Join a Telegram account")
    INVITATION = "invitation", _("Choose a sign-in and a password")


class OneTimeLink(models.Model):
    """A link that lets one person do one thing once. Only the hash of its secret is stored."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+", verbose_name=_("person"))
    purpose = models.CharField(_("purpose"), max_length=16, choices=LinkPurpose.choices)
    shown_by = models.ForeignKey(
        "accounts.User", models.CASCADE, null=True, related_name="+", verbose_name=_("shown by")
    )  # of a link to a Telegram account: as whom that was known when it showed the secret
    token_hash = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), db_index=True)
