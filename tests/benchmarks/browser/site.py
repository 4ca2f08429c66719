"""The Mini App as production serves it, for the measurement of its start: the real shell, collected files, gzip.

A fake desk of a hundred tickets answers the API, Telegram's script has its real size. Run by granian (`start.py`),
which tells where the collected files are by STATIC_ROOT. Who signs in is an agent where the data names the person 601.
"""

import base64
import gzip
import json
import mimetypes
import os
import random
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
settings.DEBUG = False  # pages name the collected files
settings.STORAGES["staticfiles"] = {"BACKEND": "config.static_storage.HashedModulesStorage"}
_django = get_wsgi_application()

# the fake desk takes some of the desk's own tables, which Django must have made
from tests.browser.fake_answers import ANNA, VERA  # noqa: E402
from tests.browser.fake_desk import FakeDesk  # noqa: E402
from tests.browser.shell_server import without_database  # noqa: E402
from tests.browser.telegram_stub import TELEGRAM_STUB  # noqa: E402

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], object]

TELEGRAM_SCRIPT = "/simulator/telegram-web-app.js"
TELEGRAM_BYTES = 17_400  # compressed
AGENT = "%22id%22%3A601"
_REASONS = {200: "OK", 201: "Created", 404: "Not Found"}

_noise = base64.b64encode(random.Random(1).randbytes(TELEGRAM_BYTES)).decode()
_script = gzip.compress(f"{TELEGRAM_STUB}\n// {_noise[: TELEGRAM_BYTES * 4 // 3]}".encode())


def _make_desk(person: dict[str, Any]) -> FakeDesk:
    desk = FakeDesk(person)
    desk.page_of_tickets = 50
    for number in range(100):
        ticket = desk.open_ticket(f"Parcel {number} has not arrived", status="open", assignee=ANNA)
        desk.write(ticket, VERA, "They said between nine and twelve, and nobody came.", minutes_ago=number)
    return desk


_desks = {"customer": _make_desk(VERA), "agent": _make_desk(ANNA)}


def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    if path.startswith("/static/"):
        return _answer_file(path.removeprefix("/static/"), start_response)
    if path == TELEGRAM_SCRIPT:
        return _answer(start_response, 200, "text/javascript", _script, "max-age=3600")
    if path.startswith("/api/v1/"):
        return _answer_api(path.removeprefix("/api/v1/"), environ, start_response)
    if not path.startswith("/app/"):
        return _answer(start_response, 404, "text/plain", gzip.compress(b""), "no-store")
    return _answer_shell(environ, start_response)


def _answer_file(name: str, start_response: StartResponse) -> Iterable[bytes]:
    file = Path(settings.STATIC_ROOT) / name
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return _answer(start_response, 200, kind, gzip.compress(file.read_bytes(), 9), "max-age=31536000, immutable")


def _answer_api(path: str, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    text = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
    agent = AGENT in text or "agent" in environ.get("HTTP_AUTHORIZATION", "")
    desk = _desks["agent" if agent else "customer"]
    status, body = desk.answer(
        environ["REQUEST_METHOD"], path, parse_qs(environ["QUERY_STRING"]), json.loads(text) if text else None
    )
    if agent and path == "auth/telegram/":
        body["access"] = "agent"
    return _answer(start_response, status, "application/json", gzip.compress(json.dumps(body).encode(), 1), "no-store")


def _answer_shell(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Compressed as nginx does it in passing."""

    def begin(status: str, headers: list[tuple[str, str]], *_error: object) -> Callable[[bytes], object]:
        kept = [(name, value) for name, value in headers if name.lower() != "content-length"]
        start_response(status, [*kept, ("Content-Encoding", "gzip")])
        return lambda _data: None

    with without_database():
        return [gzip.compress(b"".join(_django(environ, begin)), 1)]


def _answer(start: StartResponse, status: int, kind: str, body: bytes, caching: str) -> Iterable[bytes]:
    headers = [("Content-Type", kind), ("Content-Encoding", "gzip"), ("Cache-Control", caching)]
    start(f"{status} {_REASONS.get(status, 'Other')}", [*headers, ("Content-Length", str(len(body)))])
    return [body]
