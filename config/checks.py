"""What must not start in production. Run by `manage.py check --deploy`."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register

_SHORTEST_KEY = 32


@register(Tags.security, deploy=True)
def check_deployment(app_configs: Sequence[Any] | None, **_: Any) -> list[CheckMessage]:
    problems: list[CheckMessage] = []

    def refuse(number: int, wrong: bool, text: str, hint: str) -> None:
        if wrong:
            problems.append(Error(text, hint=hint, id=f"desk.E{number:03}"))

    refuse(1, settings.DEBUG, "DEBUG is on.", "Set DEBUG=off.")
    refuse(2, settings.USE_SIMULATOR, "The simulator stands in for Telegram.", "Set TELEGRAM_BOT_TOKEN.")
    refuse(
        3,
        urlsplit(settings.PUBLIC_URL).scheme != "https",
        "PUBLIC_URL is not https, so Telegram shows no Mini App.",
        "Give the desk's https address.",
    )
    refuse(4, not settings.TELEGRAM_BOT_TOKEN, "TELEGRAM_BOT_TOKEN is not set.", "Ask @BotFather for one.")
    for number, name in ((5, "SECRET_KEY"), (6, "JWT_SIGNING_KEY")):
        short = len(getattr(settings, name)) < _SHORTEST_KEY
        refuse(number, short, f"{name} is too short.", "Make one with: openssl rand -hex 32")
    refuse(
        7,
        settings.SECRET_KEY == settings.JWT_SIGNING_KEY,
        "JWT_SIGNING_KEY is the same as SECRET_KEY.",
        "Give each its own, so that one leak does not open both.",
    )
    refuse(8, "*" in settings.ALLOWED_HOSTS, "ALLOWED_HOSTS allows every host.", "Name the desk's hosts.")
    embedded = settings.EMBEDDED_POSTGRES or settings.EMBEDDED_VALKEY
    refuse(9, embedded, "The embedded services are for trying.", "Set DATABASE_URL and REDIS_URL.")
    remote = settings.FILES_SERVED_BY == "nginx" and not settings.STORAGE_URL.startswith("file://")
    refuse(12, remote, "nginx cannot serve files that lie elsewhere.", "Set FILES_SERVED_BY=desk.")
    if not settings.TRUSTED_PROXIES:
        problems.append(
            checks.Warning(
                "TRUSTED_PROXIES is empty: behind a proxy, all clients share one address and one rate limit.",
                hint="Name the proxy's address or network.",
                id="desk.W010",
            )
        )
    return problems
