"""The webhook's door: who may come in, and what is answered."""

import json

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from telegram_bot.identity import webhook_route
from telegram_bot.models import Update
from tests.support.inbox import Inbox

SECRET = "X-Telegram-Bot-Api-Secret-Token"


@pytest.fixture
def address(settings: Settings) -> str:
    settings.TELEGRAM_WEBHOOK_SECRET = "the-secret"
    return f"/telegram/webhook/{webhook_route()}/"


def post(client: Client, address: str, body: bytes, secret: str = "the-secret") -> int:
    return client.post(address, body, content_type="application/json", headers={SECRET: secret}).status_code


def test_an_update_is_stored_and_nothing_is_handled_yet(client: Client, address: str, inbox: Inbox, vera: User) -> None:
    update = json.dumps(inbox.update(message=inbox.message(vera, "Hello"))).encode()
    assert post(client, address, update) == 200
    assert post(client, address, update) == 200
    assert [row.state for row in inbox.rows()] == ["received"]
    assert bytes(inbox.rows()[0].raw) == update


def test_the_address_is_the_same_after_an_upgrade(settings: Settings) -> None:
    settings.TELEGRAM_BOT_TOKEN, settings.TELEGRAM_WEBHOOK_SECRET = "7000000001:of-tests", "the-secret"
    assert webhook_route() == "1afb71eb5699b6a17b668b4b519d6cf6", "Telegram knows it by this"


@pytest.mark.parametrize("secret", ["", "wrong", "the-secret ", "сыр"])
def test_a_wrong_secret_is_refused(client: Client, address: str, db: None, secret: str) -> None:
    assert post(client, address, b'{"update_id": 1}', secret) == 403
    assert not Update.objects.exists()


def test_another_address_does_not_exist(client: Client, address: str, db: None) -> None:
    assert post(client, "/telegram/webhook/0123/", b'{"update_id": 1}') == 404


def test_only_post(client: Client, address: str) -> None:
    assert client.get(address).status_code == 405


@pytest.mark.parametrize("body", [b"", b"x", b"[]", b'{"update_id": null}', b"[" * 50_000])
def test_what_is_no_update_is_a_bad_request(client: Client, address: str, db: None, body: bytes) -> None:
    assert post(client, address, body) == 400


def test_a_huge_body_is_refused_unread(client: Client, address: str, db: None) -> None:
    assert post(client, address, b"x" * 2_000_000) == 413


def test_a_database_failure_is_answered_503_so_that_telegram_comes_again(
    client: Client, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr("telegram_bot.views.store_updates", fail)
    assert post(client, address, b'{"update_id": 1}') == 503
