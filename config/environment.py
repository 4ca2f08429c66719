"""Reads settings from the environment: `NAME`, or the content of the file that `NAME_FILE` names, or a line of `.env`.

A malformed value ends the start with one sentence that names the variable and what it takes.
"""

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import environ
from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")
_BOT_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")


class Environment:
    """The process's environment, laid over the `.env` file of the checkout."""

    def __init__(self, base_dir: Path) -> None:
        if (base_dir / ".env").is_file():
            environ.Env.read_env(base_dir / ".env", overwrite=False)

    def find(self, name: str) -> str | None:
        """The value as text, or None where it is unset or empty."""
        value = os.environ.get(name)
        path = os.environ.get(f"{name}_FILE")
        if value and path:
            raise ImproperlyConfigured(f"Both {name} and {name}_FILE are set: keep one of them.")
        if path:
            try:
                value = Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise ImproperlyConfigured(
                    f"{name}_FILE names {path}, which cannot be read: {error.strerror}."
                ) from error
        return value or None

    def read(self, name: str, parse: Callable[[str], T], default: T, takes: str) -> T:
        return self._read(name, parse, default, takes, "{name} is {value!r}, but it takes {takes}.")

    def secret(self, name: str, parse: Callable[[str], T], default: T, takes: str) -> T:
        """As `read`; the refusal does not repeat the value."""
        return self._read(name, parse, default, takes, "{name} is malformed: it takes {takes}.")

    def _read(self, name: str, parse: Callable[[str], T], default: T, takes: str, refusal: str) -> T:
        value = self.find(name)
        if value is None:
            return default
        try:
            return parse(value)
        except (ValueError, KeyError):
            raise ImproperlyConfigured(refusal.format(name=name, value=value, takes=takes)) from None

    def text(self, name: str, default: str = "") -> str:
        return self.find(name) or default

    def flag(self, name: str, default: bool) -> bool:
        return self.read(name, _parse_flag, default, "on or off")

    def number(self, name: str, default: int) -> int:
        return self.read(name, int, default, "a whole number")

    def words(self, name: str, default: list[str]) -> list[str]:
        return self.read(name, _parse_words, default, "a list")

    def networks(self, name: str, default: list[str]) -> list[str]:
        """As text, each of them an address or a network."""
        return self.read(name, _parse_networks, default, "addresses and networks, with commas between them")

    def choice(self, name: str, choices: list[str], default: str) -> str:
        value = self.text(name, default)
        if value not in choices:
            raise ImproperlyConfigured(f"{name} is {value!r}, but it takes one of: {', '.join(choices)}.")
        return value

    def url(self, name: str, schemes: list[str], default: str) -> str:
        value = self.text(name, default)
        if value and value.partition("://")[0] not in schemes:
            raise ImproperlyConfigured(f"{name} is not a URL of the form {' or '.join(s + '://...' for s in schemes)}.")
        return value


def _parse_flag(value: str) -> bool:
    return {"1": True, "on": True, "true": True, "yes": True, "0": False, "off": False, "false": False, "no": False}[
        value.lower()
    ]


def _parse_words(value: str) -> list[str]:
    return [word.strip() for word in value.split(",") if word.strip()]


def _parse_networks(value: str) -> list[str]:
    words = _parse_words(value)
    for word in words:
        ip_network(word, strict=False)
    return words


def parse_time_zone(value: str) -> str:
    """Raises ValueError or KeyError."""
    try:
        return ZoneInfo(value).key
    except OSError as error:  # a folder of zones, as "Europe" is
        raise ValueError(value) from error


def parse_folder(value: str) -> Path:
    """Raises ValueError."""
    if not Path(value).is_absolute():
        raise ValueError
    return Path(value)


def parse_group(value: str) -> int | None:
    """A group's number at Telegram, where those of people are positive; None for 0. Raises ValueError."""
    number = int(value)
    if number > 0:
        raise ValueError
    return number or None


def parse_within(lowest: int, highest: int, value: str) -> int:
    """Raises ValueError."""
    if not lowest <= int(value) <= highest:
        raise ValueError
    return int(value)


def parse_bot_token(value: str) -> str:
    """Raises ValueError. Source: Bot API, "Authorizing your bot"."""
    if not _BOT_TOKEN.fullmatch(value):
        raise ValueError
    return value


def read_or_make_secret(path: Path, make: Callable[[], str] = lambda: secrets.token_urlsafe(48)) -> str:
    """The secret in `path`; made once, readable by its owner only. Safe when two processes start at once."""
    try:
        if not path.exists():
            _make_secret(path, make())
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{error.filename} cannot be used ({error.strerror}): run as the owner of {path.parent.parent}, "
            "or choose another folder with DATA_DIR."
        ) from error


def _make_secret(path: Path, secret: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(secret)
    try:
        os.link(draft, path)  # fails where another process was first
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def derive_secret(key: str, purpose: str) -> str:
    """Another secret out of `key`, from which `key` cannot be found: 64 hexadecimal digits."""
    return hmac.new(key.encode(), purpose.encode(), hashlib.sha256).hexdigest()
