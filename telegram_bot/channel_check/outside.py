"""How this desk looks from outside: the Mini App's page, the webhook's address, and the certificate of both."""

import asyncio
import secrets
import ssl
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from telegram_bot.channel_check.facts import Certificate, RoundTrip, Setup
from telegram_bot.identity import PROBE_HEADER, SECRET_HEADER

_SECONDS = 6.0
_MARK_OF_THE_PAGE = b'id="app"'


async def look_from_outside(setup: Setup) -> dict[str, Any]:
    """By the public address; the fields of TelegramFacts that it tells. Certificates are judged as Telegram does."""
    page, trip, certificate = await asyncio.gather(
        _fetch_page(setup.mini_app_url), _go_round(setup), _read_certificate(setup.public_url)
    )
    return {**page, "round_trip": trip, "certificate": certificate}


async def _fetch_page(url: str | None) -> dict[str, Any]:
    if url is None:
        return {}
    try:
        async with httpx.AsyncClient(timeout=_SECONDS) as client:
            answer = await client.get(url)
    except httpx.HTTPError as error:
        return {"shell_error": _words_of(error)}
    return {"shell_status": answer.status_code, "is_shell": answer.is_success and _MARK_OF_THE_PAGE in answer.content}


async def _go_round(setup: Setup) -> RoundTrip | None:
    """An update that is none, as Telegram would bring it: the desk gives its nonce back and stores nothing."""
    if setup.mode == "polling" or not setup.public_url:
        return None
    nonce, begun = secrets.token_hex(16), time.perf_counter()
    headers = {SECRET_HEADER: settings.TELEGRAM_WEBHOOK_SECRET, PROBE_HEADER: nonce}
    try:
        async with httpx.AsyncClient(timeout=_SECONDS) as client:
            answer = await client.post(setup.webhook_url, json={}, headers=headers)
    except httpx.HTTPError as error:
        return RoundTrip(error=_words_of(error))
    if not answer.is_success or answer.text != nonce:
        return RoundTrip(error=f"HTTP {answer.status_code}", status=answer.status_code)
    return RoundTrip(error="", status=answer.status_code, milliseconds=round((time.perf_counter() - begun) * 1000))


async def _read_certificate(public_url: str) -> Certificate | None:
    """None: the address is not https, or nobody answers there at all, which the round trip tells."""
    address = urlsplit(public_url)
    host = address.hostname
    if address.scheme != "https" or host is None:
        return None
    try:
        async with asyncio.timeout(_SECONDS):
            context = ssl.create_default_context()
            _reader, writer = await asyncio.open_connection(host, address.port or 443, ssl=context)
    except ssl.SSLCertVerificationError as error:
        return Certificate(host=host, error=error.verify_message)
    except (OSError, TimeoutError):
        return None
    found = writer.get_extra_info("ssl_object").getpeercert()
    writer.close()
    ends = ssl.cert_time_to_seconds(found["notAfter"])
    return Certificate(host=host, ends_at=datetime.fromtimestamp(ends, UTC))


def _words_of(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:200]
