"""Is this Mini App launch really from Telegram? A pure check of its `initData`.

Source: core.telegram.org/bots/webapps, "Validating data received via the Mini App" and "... for Third-Party Use".
The HMAC proves that somebody who knows the bot's token signed the string, Ed25519 that Telegram itself did. Values are
hashed as they came, so the string is parsed once, and nothing but the checked values is used afterwards.
"""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.utils.translation import gettext_lazy as _

from accounts.errors import Unauthenticated
from accounts.telegram_profile import TelegramProfile

PRODUCTION_KEY = "e7bf03a2fa4602af4580703d88dda5bb59f32ed8b02a56c187fe7d34caed242d"
TEST_KEY = "40055058a4ee38156a06562e52eece92a771bcd8346a8c4615cb7376eddf72ec"
MAX_AGE = timedelta(minutes=15)
MAX_FUTURE = timedelta(seconds=60)
MAX_LENGTH = 8192  # characters; Telegram's own are below 2 000
_LARGEST_ID = 2**52  # Bot API, User.id: "at most 52 significant bits"


class InitDataInvalid(Unauthenticated):
    code = "init_data_invalid"
    text = _("Telegram did not confirm who you are. Open the desk from the bot again.")


class InitDataExpired(Unauthenticated):
    code = "init_data_expired"
    text = _("This page was opened too long ago. Close it and open the desk from the bot again.")


@dataclass(frozen=True, kw_only=True)
class InitData:
    """What Telegram vouches for. `start_param` may point at a ticket; it never gives a right."""

    profile: TelegramProfile
    start_param: str
    auth_date: datetime


def check_init_data(text: str, *, bot_token: str, now: datetime, max_age: timedelta = MAX_AGE) -> InitData:
    """Check the HMAC made with the bot's token, then the age.

    Raises InitDataInvalid, or InitDataExpired for a true one that is too old.
    """
    pairs = _parse(text)
    if not is_signed_with(bot_token, pairs):
        raise InitDataInvalid
    return _read(pairs, now, max_age)


def is_signed_with(bot_token: str, pairs: dict[str, str]) -> bool:
    """Whether `hash` is the HMAC of all other pairs, in constant time."""
    signed = {key: value for key, value in pairs.items() if key != "hash"}
    secret = hmac.digest(b"WebAppData", bot_token.encode(), "sha256")
    expected = hmac.new(secret, _canonical(signed), hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), pairs.get("hash", "").encode())


def check_telegram_signature(
    text: str, *, bot_id: int, now: datetime, max_age: timedelta = MAX_AGE, public_key: str = PRODUCTION_KEY
) -> InitData:
    """Check Telegram's own Ed25519 signature, which the bot's token cannot make, then the age.

    Raises InitDataInvalid, or InitDataExpired for a true one that is too old.
    """
    pairs = _parse(text)
    pairs.pop("hash", "")
    given = pairs.pop("signature", "")
    message = f"{bot_id}:WebAppData\n".encode() + _canonical(pairs)
    try:
        signature = urlsafe_b64decode(given + "=" * (-len(given) % 4))
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(signature, message)
    except (InvalidSignature, Base64Error, ValueError) as error:
        raise InitDataInvalid from error
    return _read(pairs, now, max_age)


def _parse(text: str) -> dict[str, str]:
    """The pairs, decoded. A key that comes twice is refused: two readers could see two different people."""
    if len(text) > MAX_LENGTH:
        raise InitDataInvalid
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=50)
        text.encode()
    except ValueError as error:
        raise InitDataInvalid from error
    if len(dict(pairs)) != len(pairs):
        raise InitDataInvalid
    return dict(pairs)


def _canonical(pairs: dict[str, str]) -> bytes:
    return "\n".join(f"{key}={value}" for key, value in sorted(pairs.items())).encode()


def _read(pairs: dict[str, str], now: datetime, max_age: timedelta) -> InitData:
    stamp = pairs.get("auth_date", "")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 11):
        raise InitDataInvalid
    auth_date = datetime.fromtimestamp(int(stamp), UTC)
    if auth_date > now + MAX_FUTURE:
        raise InitDataInvalid
    if auth_date < now - max_age:
        raise InitDataExpired
    return InitData(
        profile=_read_profile(pairs.get("user", "")), start_param=pairs.get("start_param", ""), auth_date=auth_date
    )


def _read_profile(text: str) -> TelegramProfile:
    try:
        user: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InitDataInvalid from error
    if not isinstance(user, dict):
        raise InitDataInvalid
    telegram_id = user.get("id")
    if type(telegram_id) is not int or not 0 < telegram_id < _LARGEST_ID:
        raise InitDataInvalid
    names = {name: user.get(name, "") for name in ("first_name", "last_name", "username", "language_code")}
    if not all(isinstance(name, str) for name in names.values()):
        raise InitDataInvalid
    return TelegramProfile(telegram_id=telegram_id, **names)
