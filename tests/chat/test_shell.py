"""The Mini App's page: its language, what it may load, and who may frame it."""

import json
import re

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from chat.texts import client_texts

pytestmark = pytest.mark.django_db  # the bot's name comes from there
PAGES = ["/app/", "/app/new", "/app/tickets/42"]

pytestmark = pytest.mark.django_db


def policy_of(response: HttpResponse) -> dict[str, list[str]]:
    parts = (part.split() for part in response.headers["Content-Security-Policy"].split(";") if part.strip())
    return {name: values for name, *values in parts}


@pytest.mark.parametrize("path", PAGES)
def test_every_address_answers_the_shell(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert b'id="tpl-bubble"' in response.content


@pytest.mark.parametrize("path", PAGES)
def test_no_node_of_the_page_is_a_mere_blank(client: Client, path: str) -> None:
    assert re.findall(r"[^>]*>\s+<[^>]*", client.get(path).content.decode()) == []


@pytest.mark.parametrize(
    ("device", "is_weak"),
    [
        ("Mozilla/5.0 (Linux; Android 9) Telegram-Android/11.3.3 (Itel A16; Android 9; SDK 28; LOW)", True),
        ("Mozilla/5.0 (Linux; Android 14) Telegram-Android/11.3.3 (Pixel 8; Android 14; SDK 34; HIGH)", False),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/141; LOW)", False),
    ],
)
def test_a_weak_device_is_spared_effects(client: Client, device: str, is_weak: bool) -> None:
    page = client.get("/app/", headers={"User-Agent": device}).content
    assert (b'data-power="low"' in page) is is_weak


@pytest.mark.parametrize(("chosen", "is_taken"), [("115", True), ("130", True), ("100", False), ("1 onload", False)])
def test_the_size_of_the_text_that_a_reader_chose_is_there_from_the_start(
    client: Client, chosen: str, is_taken: bool
) -> None:
    client.cookies["desk_size"] = chosen
    page = client.get("/app/").content.decode()
    assert (f'data-size="{chosen}"' in page) is is_taken
    assert ("data-size" in page) is is_taken


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_shell_is_only_read(client: Client, method: str) -> None:
    assert getattr(client, method)("/app/").status_code == 405


def test_what_is_no_ticket_is_not_found(client: Client) -> None:
    assert client.get("/app/tickets/abc").status_code == 404


def test_the_page_is_asked_for_again_each_time_and_kept_by_nobody_else(client: Client) -> None:
    response = client.get("/app/")
    assert set(response.headers["Cache-Control"].split(", ")) == {"no-cache", "private"}
    assert {"Accept-Language", "Cookie"} <= set(response.headers["Vary"].split(", "))


def test_no_inline_script_or_style_may_run(client: Client) -> None:
    policy = policy_of(client.get("/app/"))
    assert policy["default-src"] == ["'none'"]
    assert (policy["require-trusted-types-for"], policy["trusted-types"]) == (["'script'"], ["'none'"])
    assert all("unsafe" not in value for values in policy.values() for value in values)
    assert policy["connect-src"] == ["'self'", "ws://testserver"]


def test_over_https_the_socket_is_allowed_by_its_own_scheme(client: Client) -> None:
    assert policy_of(client.get("/app/", secure=True))["connect-src"] == ["'self'", "wss://testserver"]


def test_only_telegram_may_frame_the_page(client: Client, settings: Settings) -> None:
    settings.USE_SIMULATOR = False
    response = client.get("/app/")
    policy = policy_of(response)
    assert policy["frame-ancestors"] == ["https://web.telegram.org", "https://*.telegram.org"]
    assert policy["script-src"] == ["'self'", "https://telegram.org"]
    assert "X-Frame-Options" not in response.headers
    assert b'src="https://telegram.org/js/telegram-web-app.js"' in response.content


def test_the_simulator_frames_it_and_brings_its_own_script(client: Client, settings: Settings) -> None:
    settings.USE_SIMULATOR = True
    response = client.get("/app/")
    policy = policy_of(response)
    assert "'self'" in policy["frame-ancestors"]
    assert policy["script-src"] == ["'self'"]
    assert b'src="/simulator/telegram-web-app.js"' in response.content


@pytest.mark.parametrize(
    ("address", "accepted", "expected"),
    [
        ("/app/", "en-GB,en;q=0.9", "en"),
        ("/app/", "ru,en;q=0.5", "ru"),
        ("/app/?lang=ru", "en", "ru"),
        ("/app/?lang=en", "ru", "en"),
        ("/app/?lang=xx", "en", "en"),
        ("/app/", "fr", "ru"),
    ],
)
def test_the_page_speaks_the_readers_language(client: Client, address: str, accepted: str, expected: str) -> None:
    response = client.get(address, headers={"Accept-Language": accepted})
    assert f'<html lang="{expected}"' in response.content.decode()
    assert response.headers["Content-Language"] == expected


def test_a_language_that_the_address_names_is_remembered(client: Client) -> None:
    client.get("/app/?lang=en", headers={"Accept-Language": "ru"})
    response = client.get("/app/", headers={"Accept-Language": "ru"})
    assert '<html lang="en"' in response.content.decode()


def test_the_face_of_the_last_visit_is_fetched_beforehand(client: Client) -> None:
    def preloads() -> str:
        return " ".join(re.findall(r'rel="modulepreload" href="([^"]+)"', client.get("/app/").content.decode()))

    assert "miniapp/customer.js" in preloads()
    assert "miniapp/agent.js" not in preloads()
    client.cookies["desk_face"] = "agent"
    assert "miniapp/agent.js" in preloads()
    assert "miniapp/customer.js" not in preloads()
    client.cookies["desk_face"] = "../../evil"
    assert "miniapp/customer.js" in preloads()


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("tickets/42", {"chat", "chat-messages", "chat-head"}),
        ("new", {"new-ticket"}),
        ("me", {"me"}),
        ("notifications", {"notifications"}),
    ],
)
def test_a_screen_is_fetched_with_its_modules_and_those_that_they_import(
    client: Client, address: str, own: set[str]
) -> None:
    def screens(address: str) -> set[str]:
        page = client.get(f"/app/{address}").content.decode()
        return set(re.findall(r'rel="modulepreload" href="[^"]*/screens/([\w-]+?)(?:[.]\w{12})?[.]js"', page))

    assert own <= screens(address)
    assert not (own & screens(""))


def test_the_texts_of_the_script_come_with_the_page(client: Client) -> None:
    page = client.get("/app/").content.decode()
    block = re.search(r'<script id="texts" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert block is not None
    assert set(json.loads(block[1])) == set(client_texts())


def test_texts_that_count_have_a_form_for_every_plural() -> None:
    for key, text in client_texts().items():
        if isinstance(text, dict):
            assert set(text) == {"one", "few", "many", "other"}, key
            assert all("{count}" in form for form in text.values()), key
