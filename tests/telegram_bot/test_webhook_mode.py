"""The webhook over the wire: the simulated Telegram brings updates to a real server, and `run_bot` does not poll."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from telegram_bot.models import BotLease, Update
from telegram_bot.receiving.webhook import is_as_it_should_be, webhook_params
from tests.support.bot_process import BotProcess
from tests.support.simulator import TOKEN, Simulator, wait_until
from tickets.models import Message

pytestmark = [pytest.mark.xdist_group("bot_process"), pytest.mark.django_db(transaction=True)]
VERA, PATIENCE = 1001, 90.0


@pytest.fixture
def telegram(live_server: LiveServer, settings: Settings) -> Iterator[Simulator]:
    settings.PUBLIC_URL = live_server.url
    settings.TELEGRAM_BOT_TOKEN, settings.TELEGRAM_WEBHOOK_SECRET = TOKEN, "the-secret"
    with Simulator(token=TOKEN, desk_url=live_server.url) as telegram:
        telegram.scale_waits(0.05)
        yield telegram


def set_webhook(telegram: Simulator, secret: str) -> None:
    ask(telegram, "setWebhook", **{**webhook_params(), "secret_token": secret})


def ask(telegram: Simulator, method: str, **params: Any) -> Any:
    answer = httpx.post(f"{telegram.url}/bot{telegram.token}/{method}", json=params).json()
    assert answer["ok"], answer
    return answer["result"]


def test_run_bot_sets_the_webhook_by_which_updates_come_and_answers_go_out(
    telegram: Simulator, tmp_path: Path, settings: Settings
) -> None:
    same = {"PUBLIC_URL": settings.PUBLIC_URL, "TELEGRAM_WEBHOOK_SECRET": "the-secret", "TELEGRAM_MODE": "webhook"}
    with BotProcess(telegram, tmp_path / "bot.log", **same):
        wait_until(lambda: is_as_it_should_be(ask(telegram, "getWebhookInfo")), seconds=PATIENCE)
        for number in range(3):
            telegram.say(VERA, f"Hello {number}")
        telegram.wait_for_message(VERA, "№", seconds=PATIENCE)
        wait_until(lambda: Message.objects.count() == 3, seconds=PATIENCE)
    assert list(Message.objects.order_by("sequence").values_list("text", flat=True)) == [
        "Hello 0",
        "Hello 1",
        "Hello 2",
    ]
    assert not telegram.calls("getUpdates")
    assert BotLease.objects.get().channel_fault == ""


def test_what_was_refused_comes_again_and_is_not_lost(telegram: Simulator) -> None:
    set_webhook(telegram, "another-secret")
    telegram.say(VERA, "Hello")
    wait_until(lambda: any(update["state"] == "pending" for update in telegram.updates()), seconds=PATIENCE)
    assert not Update.objects.exists()
    set_webhook(telegram, "the-secret")
    wait_until(Update.objects.exists, seconds=PATIENCE, what="the update")
