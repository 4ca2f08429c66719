"""Signed tokens that need no row of their own, and the secrets of those that have one.

An access token says who somebody is and which sign-in (`family`) it comes from; nothing else of it is believed: role,
ban and sign-out are read from the database on every request. A files token opens files only, because it travels in
URLs (`<img>`, `downloadFile()`). Both are JWTs (RFC 7519) with one fixed algorithm; the audience keeps them apart.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import jwt
from django.conf import settings

from accounts import clock
from accounts.errors import Unauthenticated

LIFETIME = timedelta(minutes=10)
CLOCK_SKEW = timedelta(seconds=10)  # between our own machines
ISSUER = "desk"
API, FILES = "desk.api", "desk.files"
_ALGORITHM = "HS256"


@dataclass(frozen=True, kw_only=True)
class Claims:
    """Who a token names, and the sign-in it was made for."""

    user_id: UUID
    family: UUID


def issue_access_token(*, user_id: UUID, family: UUID) -> str:
    return _issue(API, user_id, family)


def issue_files_token(*, user_id: UUID, family: UUID) -> str:
    return _issue(FILES, user_id, family)


def read_access_token(token: str) -> Claims:
    """Raises Unauthenticated, whatever is wrong with it."""
    return _read(API, token)


def read_files_token(token: str) -> Claims:
    """Raises Unauthenticated, whatever is wrong with it."""
    return _read(FILES, token)


def _issue(audience: str, user_id: UUID, family: UUID) -> str:
    now = clock.now()
    claims: dict[str, Any] = {"iss": ISSUER, "aud": audience, "sub": str(user_id), "family": str(family)}
    return jwt.encode({**claims, "iat": now, "exp": now + LIFETIME}, settings.JWT_SIGNING_KEY, algorithm=_ALGORITHM)


def _read(audience: str, token: str) -> Claims:
    try:
        claims = jwt.decode(
            token,
            settings.JWT_SIGNING_KEY,
            algorithms=[_ALGORITHM],
            audience=audience,
            issuer=ISSUER,
            leeway=CLOCK_SKEW,
            options={"require": ["exp", "iat", "iss", "aud", "sub", "family"]},
        )
        return Claims(user_id=UUID(claims["sub"]), family=UUID(claims["family"]))
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError) as error:
        raise Unauthenticated from error


def make_secret() -> str:
    """256 bits of chance, in a form that fits a URL and a WebSocket subprotocol."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> bytes:
    """What is stored of a secret. Chance of 256 bits needs no salt and no slow hash."""
    return hashlib.sha256(secret.encode(errors="replace")).digest()


def successor_of(secret: str) -> str:
    """The next secret of a refresh chain: the same for the same one, and unknown without the server's key."""
    key = hashlib.sha256(b"refresh\0" + settings.JWT_SIGNING_KEY.encode()).digest()
    return urlsafe_b64encode(hmac.digest(key, secret.encode(errors="replace"), "sha256")).rstrip(b"=").decode()
