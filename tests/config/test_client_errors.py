"""What browsers tell of their errors: a line and a count, from anybody, not too often, never a person's text."""

from typing import Any
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from accounts.models import User
from tests.support.api import Api
from tests.support.api_world import A_CLIENT_ERROR

pytestmark = pytest.mark.django_db


@pytest.fixture
def address() -> str:
    """One that nobody has knocked from before: 2001:db8::/32 is for examples (RFC 3849), and a /64 counts as one."""
    return f"2001:db8:{uuid4().hex[:4]}:{uuid4().hex[:4]}::1"


def tell(api: Api, address: str, **change: Any) -> int:
    response: Any = api.client.post(
        "/api/v1/client-errors/",
        A_CLIENT_ERROR | change,
        content_type="application/json",
        headers=api.headers | {"User-Agent": "Mozilla/5.0 (Android 9)"},
        REMOTE_ADDR=address,
    )
    return int(response.status_code)


def counted(kind: str) -> float:
    return REGISTRY.get_sample_value("desk_client_errors_total", {"kind": kind}) or 0


def test_an_error_becomes_a_warning_with_its_place_and_is_counted(address: str) -> None:
    before = counted("policy")
    with capture_logs() as lines:
        assert tell(Api(), address, kind="policy", name="script-src", detail="inline") == 204
    (line,) = [line for line in lines if line["event"] == "A browser met an error"]
    assert line["log_level"] == "warning"
    assert (line["kind"], line["name"], line["detail"]) == ("policy", "script-src", "inline")
    assert (line["page"], line["version"]) == ("/app/tickets/17", "1.0.0")
    assert line["stack"] == "Chat.draw /static/miniapp/screens/chat.0123456789ab.js:12:34"
    assert line["browser"] == "Mozilla/5.0 (Android 9)"
    assert line["user"] is None
    assert counted("policy") == before + 1


def test_the_line_says_who_was_signed_in(anna: User, address: str) -> None:
    with capture_logs() as lines:
        assert tell(Api(anna), address) == 204
    assert [line["user"] for line in lines if line["event"] == "A browser met an error"] == [str(anna.pk)]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", "Где моя посылка?"),
        ("name", "two\nlines"),
        ("detail", "Где моя посылка?"),
        ("detail", "x" * 201),
        ("detail", "two\nlines"),
        ("stack", ["run /a.js?token=1:2"]),
        ("stack", ["x"] * 13),
        ("page", "/app/#tgWebAppData=1"),
        ("page", "/app/?q=parcel"),
        ("version", "1.0\n"),
    ],
)
def test_there_is_no_room_for_texts_and_secrets(field: str, text: Any, address: str) -> None:
    assert tell(Api(), address, **{field: text}) == 400


def test_what_is_long_is_not_read(address: str) -> None:
    assert tell(Api(), address, detail="x" * 9_000) == 413


def test_one_network_is_heard_thirty_times_at_once(address: str) -> None:
    assert [tell(Api(), address) for _ in range(32)].count(204) in (30, 31)  # a token may come back meanwhile
    assert tell(Api(), address[:-1] + "2") == 429
