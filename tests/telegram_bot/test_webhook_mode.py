"""The webhook over the wire: the simulated Telegram brings updates to a real server, and `run_bot` does not poll."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from telegram_bot.identity import webhook_url
from telegram_bot.intake import ALLOWED_UPDATES
from telegram_bot.models import Update
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
    params = {"url": webhook_url(), "secret_token": secret, "allowed_updates": ALLOWED_UPDATES}
    answer = httpx.post(f"{telegram.url}/bot{telegram.token}/setWebhook", json=params)
    assert answer.json()["result"] is True, answer.text


def test_updates_come_by_webhook_and_answers_go_out(telegram: Simulator, tmp_path: Path) -> None:
    set_webhook(telegram, "the-secret")
    with BotProcess(telegram, tmp_path / "bot.log", TELEGRAM_MODE="webhook"):
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


def test_what_was_refused_comes_again_and_is_not_lost(telegram: Simulator) -> None:
    set_webhook(telegram, "another-secret")
    telegram.say(VERA, "Hello")
    wait_until(lambda: any(update["state"] == "pending" for update in telegram.updates()), seconds=PATIENCE)
    assert not Update.objects.exists()
    set_webhook(telegram, "the-secret")
    wait_until(Update.objects.exists, seconds=PATIENCE, what="the update")
