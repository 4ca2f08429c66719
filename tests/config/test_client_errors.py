"""What browsers tell of their errors: a line and a count, from anybody, not too often, never a person's text."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import randrange
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from prometheus_client import REGISTRY
from pytest_django import Settings
from structlog.testing import capture_logs

from accounts import clock
from accounts.models import User
from accounts.quick_redis import Rest
from config import browser_errors
from config.browser_errors import BrowserErrors, note_browser_error, read_browser_errors
from tests.support.api import Api
from tests.support.api_world import A_CLIENT_ERROR

pytestmark = pytest.mark.django_db


@pytest.fixture
def address() -> str:
    """One that nobody has knocked from before: 2001:db8::/32 is for examples (RFC 3849), and a /64 counts as one."""
    return f"2001:db8:{uuid4().hex[:4]}:{uuid4().hex[:4]}::1"


@pytest.fixture
def day() -> Iterator[datetime]:
    """An hour in which nothing has been counted: as other tests count in the present."""
    moment = datetime(2100, 1, 1, tzinfo=UTC) + timedelta(days=randrange(100_000))
    with clock.standing_at(moment):
        yield moment


@pytest.fixture
def adams(adam: User) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(adam)
    return client


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


def test_what_was_told_within_a_day_is_counted_and_its_last_names_are_known(day: datetime, address: str) -> None:
    assert read_browser_errors() == BrowserErrors(0, ())
    for kind, name in (("error", "TypeError"), ("rejection", "ApiError"), ("policy", "img-src"), ("error", "Oops")):
        assert tell(Api(), address, kind=kind, name=name, detail="17 words") == 204
    note_browser_error("rejection", "ApiError")
    assert read_browser_errors() == BrowserErrors(5, ("rejection: ApiError", "error: Oops", "policy: img-src"))
    with clock.standing_at(day + timedelta(hours=20)):
        note_browser_error("error", "Oops")
        assert read_browser_errors() == BrowserErrors(6, ("error: Oops", "rejection: ApiError", "policy: img-src"))
    with clock.standing_at(day + timedelta(hours=24)):
        assert (read_browser_errors() or BrowserErrors(-1, ())).count == 1  # of the first hour nothing is left


def test_an_error_that_was_refused_is_not_counted(day: datetime, address: str) -> None:
    assert tell(Api(), address, name="Где моя посылка?") == 400
    assert read_browser_errors() == BrowserErrors(0, ())


def test_administrators_see_a_light_and_managers_none(adams: Client, mila: User, day: datetime) -> None:
    html = adams.get("/admin/").content.decode()
    assert "Errors in browsers, 24 hours" in html
    note_browser_error("error", "TypeError")
    (light,) = adams.get("/admin/").context["panels"][-1].lights
    assert (light.value, light.is_trouble) == ("1", True)
    assert light.note.startswith("error: TypeError")
    adams.force_login(mila)
    assert "Errors in browsers" not in adams.get("/admin/").content.decode()


def test_without_redis_the_page_says_so_and_errors_are_heard_all_the_same(
    adams: Client, address: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1"
    monkeypatch.setattr(browser_errors, "_rest", Rest(2.0))
    assert tell(Api(), address) == 204
    (light,) = adams.get("/admin/").context["panels"][-1].lights
    assert (light.value, light.note, light.is_trouble) == ("?", "Redis does not answer.", True)
