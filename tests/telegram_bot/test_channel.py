"""The way to Telegram while others meddle with it: webhooks removed or replaced, a second program that fetches."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from pytest_django import Settings

from accounts import clock
from accounts.models import User
from telegram_bot import bridge
from telegram_bot.bot_api import BotApi
from telegram_bot.channel_state import RIVAL_SHOWN_FOR, record_channel_state, say_channel_fault
from telegram_bot.identity import current_bot_id, webhook_url
from telegram_bot.loops import Wakeup
from telegram_bot.models import BotLease, ChannelFault, Update
from telegram_bot.receiving import polling
from telegram_bot.receiving.polling import Fetcher
from telegram_bot.receiving.webhook import WebhookKeeper, is_as_it_should_be, webhook_params
from telegram_bot.traffic import read_traffic
from tests.support.bot_story import story_marks
from tests.support.inbox import Inbox
from tests.support.simulator import TOKEN, Simulator

pytestmark = story_marks
VERA, BOT = 1001, int(TOKEN.partition(":")[0])
DESK = "https://desk.example.com"
STRANGER = "https://other.example.com/hook"


@pytest.fixture(scope="module")
def one_telegram() -> Iterator[Simulator]:
    with Simulator(token=TOKEN, desk_url=DESK) as telegram:
        yield telegram


@pytest.fixture
def telegram(one_telegram: Simulator, settings: Settings) -> Simulator:
    one_telegram.reset()
    settings.TELEGRAM_API_URL, settings.TELEGRAM_BOT_TOKEN = one_telegram.url, TOKEN
    settings.PUBLIC_URL = DESK
    return one_telegram


@pytest.fixture
async def api(telegram: Simulator) -> AsyncIterator[BotApi]:
    api = BotApi()
    yield api
    await api.close()


@pytest.fixture
def keeper(api: BotApi) -> WebhookKeeper:
    return WebhookKeeper(bot_id=BOT, api=api)


@pytest.fixture
async def fetcher(api: BotApi, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Fetcher]:
    """Fetching, with pauses of moments."""
    monkeypatch.setattr(polling, "LONG_POLL", 1)
    monkeypatch.setattr(polling, "_FIRST_PAUSE", 0.05)
    fetcher = Fetcher(bot_id=BOT, api=api, inbox_filled=Wakeup(), stop=asyncio.Event())
    task = asyncio.create_task(fetcher.run())
    yield fetcher
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def lease() -> BotLease:
    return BotLease.objects.get_or_create(bot_id=BOT)[0]


def fault_is(fault: ChannelFault) -> Callable[[], bool]:
    return lambda: lease().channel_fault == fault


async def until(check: Callable[[], bool], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not await bridge.run(check):
            await asyncio.sleep(0.02)


async def now_is(fault: str, **more: Any) -> None:
    row = await bridge.run(lease)
    assert row.channel_fault == fault
    for name, value in more.items():
        assert getattr(row, name) == value


# --- by webhook ---
async def test_the_first_look_sets_the_webhook_and_counts_nothing(api: BotApi, keeper: WebhookKeeper) -> None:
    assert await keeper.look()
    info = await api.ask("getWebhookInfo")
    assert is_as_it_should_be(info)
    assert {"message", "message_reaction", "my_chat_member", "callback_query"} <= set(info["allowed_updates"])
    await now_is("", webhook_restored=0)


@pytest.mark.parametrize(
    "meddle",
    [
        ("deleteWebhook", {}),
        ("setWebhook", {"url": STRANGER}),
        ("setWebhook", {"url": DESK + "/telegram/webhook/old/"}),
        ("setWebhook", {"allowed_updates": ["message"]}),
        ("setWebhook", {"max_connections": 1}),
    ],
    ids=["removed", "replaced", "an old address", "fewer kinds", "fewer connections"],
)
async def test_what_somebody_did_to_the_webhook_is_undone_counted_and_nothing_is_lost(
    telegram: Simulator, api: BotApi, keeper: WebhookKeeper, meddle: tuple[str, dict[str, Any]]
) -> None:
    await keeper.look()
    method, changes = meddle
    await api.ask(method, **({**webhook_params(), **changes} if method == "setWebhook" else {}))
    waits = await asyncio.to_thread(telegram.say, VERA, "Meanwhile")
    assert await keeper.look()
    assert await keeper.look()
    info = await api.ask("getWebhookInfo")
    assert is_as_it_should_be(info)
    assert (await bridge.run(lease)).webhook_restored == 1
    assert [update["update"]["message"]["text"] for update in telegram.updates()] == [waits["text"]]


async def test_a_delivery_that_fails_is_told_in_telegrams_words(telegram: Simulator, keeper: WebhookKeeper) -> None:
    await keeper.look()
    telegram.say(VERA, "Nobody is there to take it")
    await until(lambda: "last_error_message" in telegram.state()["webhook"], 30)
    await keeper.look()
    row = await bridge.run(lease)
    assert row.channel_fault == ChannelFault.WEBHOOK_FAILS
    assert row.channel_error


async def test_an_address_that_telegram_cannot_take_is_not_tried(
    telegram: Simulator, keeper: WebhookKeeper, settings: Settings
) -> None:
    settings.PUBLIC_URL, settings.TELEGRAM_API_URL = "http://desk.example.com", "https://api.telegram.org"
    assert await keeper.look()
    await now_is(ChannelFault.NOT_HTTPS)
    assert not telegram.calls("setWebhook")


@pytest.mark.parametrize(
    ("code", "description", "fault"),
    [
        (400, "Bad Request: bad webhook: IP address 10.0.0.1 is reserved", ChannelFault.WEBHOOK_REFUSED),
        (401, "Unauthorized", ChannelFault.TOKEN_REFUSED),
        (502, "Bad Gateway", ChannelFault.NO_ANSWER),
    ],
)
async def test_a_webhook_that_cannot_be_set_is_reported_and_tried_again(
    telegram: Simulator, keeper: WebhookKeeper, code: int, description: str, fault: ChannelFault
) -> None:
    telegram.set_fault("error", methods=["setWebhook"], code=code, description=description, times=1)
    assert not await keeper.look()
    await now_is(fault)
    assert await keeper.look()
    await now_is("", webhook_restored=0)


# --- by polling ---
async def test_this_desks_own_webhook_does_not_keep_it_from_polling(
    telegram: Simulator, api: BotApi, fetcher: Fetcher
) -> None:
    await api.ask("setWebhook", **webhook_params())
    telegram.say(VERA, "Still there")
    await until(lambda: Update.objects.exists())
    assert (await api.ask("getWebhookInfo"))["url"] == ""


async def test_somebody_elses_webhook_stays_and_is_named(telegram: Simulator, api: BotApi, fetcher: Fetcher) -> None:
    await api.ask("setWebhook", url=STRANGER)
    await until(fault_is(ChannelFault.FOREIGN_WEBHOOK))
    assert (await api.ask("getWebhookInfo"))["url"] == STRANGER
    assert STRANGER in say_channel_fault(await bridge.run(lease))
    await api.ask("deleteWebhook")
    telegram.say(VERA, "Free again")
    await until(lambda: Update.objects.exists() and lease().channel_fault == "", 20)


async def test_another_program_that_fetches_is_noticed_and_costs_nothing(telegram: Simulator, fetcher: Fetcher) -> None:
    async with httpx.AsyncClient(base_url=f"{telegram.url}/bot{TOKEN}") as rival:
        await until(lambda: bool(telegram.calls("getUpdates")))
        await rival.get("/getUpdates", params={"timeout": 0})
        await until(lambda: lease().rival_at is not None)
    telegram.say(VERA, "Whose am I?")
    await until(lambda: Update.objects.exists())
    # all looks well in between, and is not
    await until(lambda: lease().channel_fault == "", 30)
    row = await bridge.run(lease)
    with translation.override("en"):
        assert "Another program fetches" in say_channel_fault(row)
    with clock.standing_at(clock.now() + RIVAL_SHOWN_FOR):
        assert say_channel_fault(row) == ""


async def test_the_pauses_grow_while_two_take_turns(telegram: Simulator, fetcher: Fetcher) -> None:
    async with httpx.AsyncClient(base_url=f"{telegram.url}/bot{TOKEN}") as rival:
        for _turn in range(4):
            before = len(telegram.calls("getUpdates"))
            await rival.get("/getUpdates", params={"timeout": 0})
            await until(lambda before=before: len(telegram.calls("getUpdates")) > before + 1)  # type: ignore[misc]
    assert fetcher._pause >= 0.2


# --- what people read ---
def test_administrators_read_the_fault_in_their_language(inbox: Inbox, adam: User) -> None:
    record_channel_state(current_bot_id(), ChannelFault.RIVAL)
    inbox.says(adam, "/health")
    assert "Another program fetches this bot" in inbox.told(adam)[-1]
    with translation.override("ru"):
        assert "Другая программа" in read_traffic().channel_error


def test_no_token_is_kept_with_what_telegram_said() -> None:
    record_channel_state(BOT, ChannelFault.NO_ANSWER, details=f"POST https://api.telegram.org/bot{TOKEN}/getMe")
    assert TOKEN.partition(":")[2] not in lease().channel_error


# --- set_webhook ---
def test_the_command_sets_shows_and_removes_the_webhook(
    telegram: Simulator, capsys: pytest.CaptureFixture[str], settings: Settings
) -> None:
    settings.TELEGRAM_MODE = "webhook"
    telegram.say(VERA, "I wait")
    with pytest.raises(CommandError):
        call_command("set_webhook", "--info")
    capsys.readouterr()
    call_command("set_webhook", "--dry-run")
    assert not telegram.calls("setWebhook")
    call_command("set_webhook")
    assert "run_bot undoes this" not in capsys.readouterr().out
    call_command("set_webhook", "--info")
    info = json.loads(capsys.readouterr().out)
    assert (info["url"], info["pending_update_count"]) == (webhook_url(), 1)
    call_command("set_webhook", "--delete")
    assert "TELEGRAM_MODE is webhook" in capsys.readouterr().out
    assert telegram.state()["pending_updates"] == 1
    call_command("set_webhook", "--drop-pending-updates")
    assert telegram.state()["pending_updates"] == 0


def test_where_the_desk_polls_no_webhook_is_as_it_should_be(
    telegram: Simulator, capsys: pytest.CaptureFixture[str], settings: Settings
) -> None:
    settings.TELEGRAM_MODE = "polling"
    call_command("set_webhook", "--info")
    said = capsys.readouterr()
    assert json.loads(said.out)["url"] == ""
    assert "no webhook is set, as it should be" in said.err
    call_command("set_webhook")
    with pytest.raises(CommandError, match="--delete"):
        call_command("set_webhook", "--info")


def test_the_command_needs_https_for_telegram_itself(settings: Settings) -> None:
    settings.PUBLIC_URL, settings.TELEGRAM_API_URL = "http://desk.example.com", "https://api.telegram.org"
    with pytest.raises(CommandError, match="https"):
        call_command("set_webhook", "--dry-run")
