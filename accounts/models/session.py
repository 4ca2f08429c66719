from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.identifiers import new_id


class RefreshSession(models.Model):
    """One refresh token of a sign-in. A refresh replaces it by a successor of the same family (decisions: the
    successor is derived from the old token, so that a repeated request gets the same one)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="sessions", verbose_name=_("person"))
    family = models.UUIDField(_("sign-in"), db_index=True)
    token_hash = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))
    replaced_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        indexes = [models.Index(fields=["user", "revoked_at"], name="session_of_user")]


class SocketTicket(models.Model):
    """A one-time key that opens one WebSocket. Rows, not cache: a socket must open while Redis is away."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    family = models.UUIDField()
    token_hash = models.BinaryField(max_length=32, unique=True)
    expires_at = models.DateTimeField(db_index=True)
