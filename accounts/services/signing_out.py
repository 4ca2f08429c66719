"""Ending sign-ins: one, or all that a person has."""

from uuid import UUID

from django.db import transaction

from accounts import clock, tokens
from accounts.announcements import announce
from accounts.models import OneTimeLink, RefreshSession, User


@transaction.atomic
def sign_out(*, user_id: UUID, family: UUID) -> None:
    """End one sign-in of this person; ending it twice does nothing."""
    for session in RefreshSession.objects.select_for_update(no_key=True).filter(
        pk=family, user_id=user_id, revoked_at=None
    ):
        end_session(session)


@transaction.atomic
def sign_out_everywhere(*, user_id: UUID) -> None:
    """End every sign-in of this person, those to the admin and what could still open one included."""
    OneTimeLink.objects.filter(user_id=user_id).delete()
    RefreshSession.objects.filter(user_id=user_id, revoked_at=None).update(revoked_at=clock.now())
    User.objects.filter(pk=user_id).update(admin_sign_in=tokens.make_secret()[:16])
    announce("session_ended", user=user_id, family=None)


def end_session(session: RefreshSession) -> None:
    """For a session whose row the caller has locked."""
    session.revoked_at = clock.now()
    session.save(update_fields=["revoked_at"])
    announce("session_ended", user=session.user_id, family=session.pk)
