"""Removing what has lived its time."""

from datetime import timedelta

from accounts import clock
from accounts.models import OneTimeLink, RefreshSession, SocketTicket

_KEPT_AFTER_END = timedelta(days=7)  # so that an ended sign-in can still be looked at


def purge_expired() -> int:
    """Delete expired tickets, links and long ended sign-ins; returns how many rows went."""
    now = clock.now()
    expired = [
        SocketTicket.objects.filter(expires_at__lt=now),
        OneTimeLink.objects.filter(expires_at__lt=now),
        RefreshSession.objects.filter(expires_at__lt=now - _KEPT_AFTER_END),
        RefreshSession.objects.filter(revoked_at__lt=now - _KEPT_AFTER_END),
    ]
    return sum(rows.delete()[0] for rows in expired)
