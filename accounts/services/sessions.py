"""Signing in and staying signed in; and the one-time tickets that open sockets.

A refresh token is `<family>.<secret>`. Using it makes the next secret out of it (`tokens.successor_of`), so a client
that never saw the answer asks again and gets the same one. A secret that is older than the last two of its chain can
only be a copy: the whole sign-in ends.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import clock, rate_limits, tokens
from accounts.errors import PermissionDenied, Unauthenticated
from accounts.models import RefreshSession, Role, SocketTicket, User
from accounts.selectors.sessions import find_live_session
from accounts.services.one_time_links import redeem_browser_entry
from accounts.services.people import remember_telegram_person
from accounts.services.signing_out import end_session, sign_out, sign_out_everywhere
from accounts.telegram_sign_in import PRODUCTION_KEY, TEST_KEY, check_init_data, check_telegram_signature

__all__ = [
    "AccountDisabled",
    "SessionEnded",
    "SignIn",
    "Tokens",
    "create_socket_ticket",
    "is_session_alive",
    "redeem_socket_ticket",
    "refresh_session",
    "sign_in_with_browser_link",
    "sign_in_with_init_data",
    "sign_out",
    "sign_out_everywhere",
    "start_session",
]

IDLE_LIFETIME = timedelta(days=30)
LONGEST_LIFETIME = timedelta(days=90)
SOCKET_TICKET_LIFETIME = timedelta(seconds=30)
_TELEGRAM = "https://api.telegram.org"
_TEST_SUFFIX = "/test"  # a token of Telegram's test environment is given to clients in this form


class AccountDisabled(PermissionDenied):
    code = "account_disabled"
    text = _("You may not use this desk.")


class SessionEnded(Unauthenticated):
    code = "session_ended"
    text = _("You were signed out. Open the desk from the bot again.")


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """What a client needs to stay signed in. access and files_token last ten minutes, refresh up to 30 days."""

    user: User
    family: UUID
    access: str
    refresh: str
    files_token: str


@dataclass(frozen=True, kw_only=True)
class SignIn(Tokens):
    """The answer to a sign-in from Telegram. `start_param` is the deep link that the person followed, or ""."""

    socket_ticket: str
    start_param: str


def sign_in_with_init_data(init_data: str) -> SignIn:
    """Raises Unauthenticated (init_data_invalid, init_data_expired), AccountDisabled, RateLimited.

    The same launch may sign in again while it is young (a reload of the page does); how often is limited.
    """
    rate_limits.init_data(tokens.hash_secret(init_data).hex())
    token = settings.TELEGRAM_BOT_TOKEN.removesuffix(_TEST_SUFFIX)
    launch = check_init_data(init_data, bot_token=token, now=clock.now())
    with transaction.atomic():
        user = remember_telegram_person(launch.profile)
        if user.has_role(Role.AGENT):
            _require_telegrams_own_signature(init_data)
        opened = start_session(user)
        return SignIn(
            **vars(opened), socket_ticket=create_socket_ticket(user, opened.family), start_param=launch.start_param
        )


@transaction.atomic
def sign_in_with_browser_link(secret: str) -> SignIn:
    """A sign-in of the agent who asked for the link; a failure leaves the link as it was. Raises LinkUsed."""
    user = redeem_browser_entry(secret=secret)
    opened = start_session(user)
    return SignIn(**vars(opened), socket_ticket=create_socket_ticket(user, opened.family), start_param="")


def _require_telegrams_own_signature(init_data: str) -> None:
    """Staff need Telegram's Ed25519 signature too: a leaked bot token alone must not make anybody an administrator.

    Another server that speaks the Bot API (the simulator, a test) cannot give that signature.
    """
    if settings.TELEGRAM_API_URL != _TELEGRAM:
        return
    token = settings.TELEGRAM_BOT_TOKEN
    key = TEST_KEY if token.endswith(_TEST_SUFFIX) else PRODUCTION_KEY
    check_telegram_signature(init_data, bot_id=int(token.partition(":")[0]), now=clock.now(), public_key=key)


def start_session(user: User) -> Tokens:
    """Begin a sign-in of a person whose identity is proven. Raises AccountDisabled."""
    if not user.is_active:
        raise AccountDisabled
    secret = tokens.make_secret()
    now = clock.now()
    session = RefreshSession.objects.create(
        user=user, token_hash=tokens.hash_secret(secret), used_at=now, expires_at=now + IDLE_LIFETIME
    )
    return _tokens(session, secret)


def refresh_session(refresh: str) -> Tokens:
    """The next tokens. A repeated request gets the same refresh token again.

    Raises SessionEnded; AccountDisabled to whoever holds the last token of a person who is banned.
    """
    family, secret = _split(refresh)
    tokens_or_none = _rotate(family, secret)
    if tokens_or_none is None:  # after the commit that ended a stolen sign-in
        raise AccountDisabled if _is_of_banned(family, secret) else SessionEnded
    return tokens_or_none


@transaction.atomic
def _rotate(family: UUID, secret: str) -> Tokens | None:
    sessions = RefreshSession.objects.select_for_update(of=("self",), no_key=True).select_related("user__team")
    session = sessions.filter(pk=family, revoked_at=None, expires_at__gt=clock.now(), user__is_active=True).first()
    if session is None:
        return None
    presented = tokens.hash_secret(secret)
    successor = tokens.successor_of(secret)
    if hmac.compare_digest(presented, bytes(session.token_hash)):
        _move_on(session, successor)
        return _tokens(session, successor)
    if hmac.compare_digest(presented, bytes(session.previous_token_hash or b"")):
        return _tokens(session, successor)
    if _is_ancestor(secret, session):
        end_session(session)
    return None


def _is_of_banned(family: UUID, secret: str) -> bool:
    """A ban has ended the sign-in; who only knows its family learns nothing."""
    session = RefreshSession.objects.filter(pk=family, user__is_active=False).first()
    known = [session.token_hash, session.previous_token_hash or b""] if session is not None else []
    return any(hmac.compare_digest(tokens.hash_secret(secret), bytes(one)) for one in known)


def _move_on(session: RefreshSession, successor: str) -> None:
    now = clock.now()
    session.previous_token_hash = session.token_hash
    session.token_hash = tokens.hash_secret(successor)
    session.rotations += 1
    session.used_at = now
    session.expires_at = min(now + IDLE_LIFETIME, session.created_at + LONGEST_LIFETIME)
    session.save(update_fields=["previous_token_hash", "token_hash", "rotations", "used_at", "expires_at"])


def _is_ancestor(secret: str, session: RefreshSession) -> bool:
    """Was this secret once of this chain? A guess by somebody who only knows the family must not end the sign-in."""
    current = bytes(session.token_hash)
    for _generation in range(session.rotations):
        secret = tokens.successor_of(secret)
        if hmac.compare_digest(tokens.hash_secret(secret), current):
            return True
    return False


def _split(refresh: str) -> tuple[UUID, str]:
    family, _dot, secret = refresh.partition(".")
    try:
        return UUID(family), secret
    except ValueError as error:
        raise SessionEnded from error


def _tokens(session: RefreshSession, secret: str) -> Tokens:
    ids = {"user_id": session.user_id, "family": session.pk}
    return Tokens(
        user=session.user,
        family=session.pk,
        access=tokens.issue_access_token(**ids),
        refresh=f"{session.pk}.{secret}",
        files_token=tokens.issue_files_token(**ids),
    )


def is_session_alive(family: UUID) -> bool:
    return find_live_session(family) is not None


def create_socket_ticket(user: User, family: UUID) -> str:
    """A secret that opens one WebSocket within 30 s. Raises Unauthenticated where the sign-in has ended."""
    session = find_live_session(family)
    if session is None or session.user_id != user.pk:
        raise SessionEnded
    secret = tokens.make_secret()
    SocketTicket.objects.create(
        session=session, token_hash=tokens.hash_secret(secret), expires_at=clock.now() + SOCKET_TICKET_LIFETIME
    )
    return secret


def redeem_socket_ticket(token: str) -> tuple[User, UUID]:
    """Whose ticket it is, and of which sign-in. Works once. Raises Unauthenticated."""
    tickets = SocketTicket.objects.select_related("session__user__team")
    ticket = tickets.filter(token_hash=tokens.hash_secret(token)).first()
    if ticket is None:
        raise Unauthenticated
    claimed, _by_model = SocketTicket.objects.filter(pk=ticket.pk).delete()
    if not claimed or ticket.expires_at <= clock.now() or not _is_live(ticket.session, clock.now()):
        raise Unauthenticated
    return ticket.session.user, ticket.session.pk


def _is_live(session: RefreshSession, now: datetime) -> bool:
    return session.revoked_at is None and session.expires_at > now and session.user.is_active
