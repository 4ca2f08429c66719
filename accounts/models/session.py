from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.identifiers import new_id


class RefreshSession(models.Model):
    """One sign-in and its chain of refresh tokens, of which the current and the one before are remembered.

    Its id is the `family` that access tokens, socket tickets and announcements name.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="sessions", verbose_name=_("person"))
    token_hash = models.BinaryField(max_length=32, editable=False)
    previous_token_hash = models.BinaryField(max_length=32, null=True, editable=False)
    rotations = models.PositiveIntegerField(_("refreshed, times"), default=0, editable=False)
    created_at = models.DateTimeField(_("signed in"), auto_now_add=True)
    used_at = models.DateTimeField(_("last refreshed"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires"), db_index=True)
    revoked_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["user", "revoked_at"], name="session_of_user")]


class SocketTicket(models.Model):
    """A one-time key that opens one WebSocket. Rows, not cache: a socket must open while Redis is away."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    session = models.ForeignKey(RefreshSession, models.CASCADE, related_name="+")
    token_hash = models.BinaryField(max_length=32, unique=True)
    expires_at = models.DateTimeField(db_index=True)
