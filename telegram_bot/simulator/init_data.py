"""Launch parameters of a Mini App, signed as Telegram signs them (core.telegram.org/bots/webapps)."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from telegram_bot.simulator.database import JSON, dump

CLIENT_VERSION = "9.5"


@dataclass(kw_only=True)
class Launch:
    """How the app is opened. `auth_date` is in seconds; `overrides` replaces fields before signing."""

    user: JSON
    source: str = "inline"
    start_param: str = ""
    auth_date: int | None = None
    signature: bool = True
    overrides: dict[str, str] = field(default_factory=dict)
    platform: str = "web"
    version: str = CLIENT_VERSION
    theme: dict[str, str] = field(default_factory=dict)
    fullscreen: bool = False


class InitDataSigner:
    """Signs with the bot's token (HMAC) and, as third parties check it, with a test key (Ed25519)."""

    def __init__(self, token: str, seed: bytes) -> None:
        self._token = token
        self._bot_id = token.partition(":")[0]
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    @property
    def public_key(self) -> str:
        return self._key.public_key().public_bytes_raw().hex()

    def sign(self, launch: Launch) -> str:
        """initData as a query string."""
        fields = {**_fields(launch), **launch.overrides}
        if launch.signature:
            checked = f"{self._bot_id}:WebAppData\n{_joined(fields)}".encode()
            fields["signature"] = base64.urlsafe_b64encode(self._key.sign(checked)).decode().rstrip("=")
        secret = hmac.new(b"WebAppData", self._token.encode(), hashlib.sha256).digest()
        digest = hmac.new(secret, _joined(fields).encode(), hashlib.sha256).hexdigest()
        return urlencode({**fields, "hash": digest}, quote_via=quote)

    def url(self, address: str, launch: Launch) -> str:
        """The address that a client opens: launch parameters in the hash, `startapp` also as a GET parameter."""
        # Reply keyboards open an app without telling it who the person is.
        data = "" if launch.source == "keyboard" else self.sign(launch)
        params = {
            "tgWebAppData": data,
            "tgWebAppVersion": launch.version,
            "tgWebAppPlatform": launch.platform,
            "tgWebAppThemeParams": dump(launch.theme),
        }
        if launch.fullscreen:
            params["tgWebAppFullscreen"] = "1"
        if launch.start_param:
            address += ("&" if urlsplit(address).query else "?") + urlencode({"tgWebAppStartParam": launch.start_param})
        return f"{address.partition('#')[0]}#{urlencode(params, quote_via=quote)}"


def _fields(launch: Launch) -> dict[str, str]:
    shown = ("id", "first_name", "last_name", "username", "language_code", "is_premium")
    user: dict[str, Any] = {name: launch.user[name] for name in shown if launch.user.get(name)}
    user.setdefault("last_name", "")
    user["allows_write_to_pm"] = True
    # Clients send names as they are and escape slashes.
    text = json.dumps(user, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/")
    fields = {"user": text}
    if launch.source == "link":
        fields["chat_instance"] = str(secrets.randbelow(1 << 63))
        fields["chat_type"] = "sender"
    else:
        fields["query_id"] = "AAH" + secrets.token_urlsafe(12)
    if launch.start_param:
        fields["start_param"] = launch.start_param
    fields["auth_date"] = str(int(time.time()) if launch.auth_date is None else launch.auth_date)
    return fields


def _joined(fields: dict[str, str]) -> str:
    return "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
