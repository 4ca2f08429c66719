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


# By hand, because every request asks it: `find_live_session` costs nearly four times the CPU, and the session itself is
# not wanted. A test holds the two equal.
_SIGNED_IN = """
SELECT person.* FROM accounts_refreshsession AS session JOIN accounts_user AS person ON person.id = session.user_id
WHERE session.id = %(family)s AND person.id = %(person)s
  AND session.revoked_at IS NULL AND session.expires_at > %(now)s AND person.is_active
"""


def get_signed_in_person(claims: Claims) -> User:
    """The person as they are now, not as they were when the token was made. One query. Raises Unauthenticated."""
    values = {"family": claims.family, "person": claims.user_id, "now": clock.now()}
    for person in User.objects.raw(_SIGNED_IN, values):
        return person
    raise Unauthenticated


def list_signed_in_people(families: Iterable[UUID]) -> dict[UUID, User]:
    """Whose sign-ins these are; those that have ended, and those of banned people, are missing. One query."""
    live = RefreshSession.objects.filter(
        pk__in=list(families), revoked_at=None, expires_at__gt=clock.now(), user__is_active=True
    )
    return {session.pk: session.user for session in live.select_related("user")}
