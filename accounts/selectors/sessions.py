"""Reading sign-ins."""

from collections.abc import Iterable
from uuid import UUID

from accounts import clock
from accounts.errors import Unauthenticated
from accounts.models import RefreshSession, User
from accounts.tokens import Claims


def find_live_session(family: UUID) -> RefreshSession | None:
    """With its person and their team; None where it has ended or the person is banned. One query."""
    return (
        RefreshSession.objects.select_related("user__team")
        .filter(pk=family, revoked_at=None, expires_at__gt=clock.now(), user__is_active=True)
        .first()
    )


def get_signed_in_person(claims: Claims) -> User:
    """The person as they are now, not as they were when the token was made. One query. Raises Unauthenticated."""
    session = find_live_session(claims.family)
    if session is None or session.user_id != claims.user_id:
        raise Unauthenticated
    return session.user


def list_signed_in_people(families: Iterable[UUID]) -> dict[UUID, User]:
    """Whose sign-ins these are; those that have ended, and those of banned people, are missing. One query."""
    live = RefreshSession.objects.filter(
        pk__in=list(families), revoked_at=None, expires_at__gt=clock.now(), user__is_active=True
    )
    return {session.pk: session.user for session in live.select_related("user")}
