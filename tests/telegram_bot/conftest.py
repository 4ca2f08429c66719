from collections.abc import AsyncIterator, Iterator

import pytest
from asgiref.sync import SyncToAsync
from django.db import connections
from pytest_django import Settings

from telegram_bot import bridge
from telegram_bot.delivery.sending import Sender
from telegram_bot.identity import current_bot_id
from telegram_bot.loops import Wakeup
from tests.support.bot_story import Agent
from tests.support.bot_thread import bot_in_thread
from tests.support.inbox import Inbox
from tests.support.shop import Shop, let_in
from tests.support.simulator import TOKEN, Simulator
from tests.support.staff_group import use_group
from tests.support.telegram_stub import TelegramStub


@pytest.fixture(scope="module")
def one_telegram() -> Iterator[Simulator]:
    """One for all tests of a module, which each empty it."""
    with Simulator(token=TOKEN) as telegram:
        yield telegram


@pytest.fixture
def telegram() -> Iterator[TelegramStub]:
    """For whoever sends without a Telegram; a module that has one says so by a fixture of this name."""
    with TelegramStub() as telegram:
        yield telegram


@pytest.fixture
async def sender(telegram: TelegramStub) -> AsyncIterator[Sender]:
    sender = Sender(bot_id=current_bot_id(), api=telegram, outbox_filled=Wakeup())  # type: ignore[arg-type]
    yield sender
    await sender.finish(5)


@pytest.fixture
def inbox(db: None) -> Inbox:
    return Inbox()


@pytest.fixture
def staff_group(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    use_group(settings, monkeypatch)


@pytest.fixture
def shop(inbox: Inbox) -> Shop:
    let_in()
    shop = Shop(inbox)
    shop.connect()
    return shop


@pytest.fixture
def threads() -> Iterator[None]:
    """For tests that go over the bridge: its threads let go of their connections, or the database cannot be dropped."""
    yield
    bridge.close_connections()
    SyncToAsync.single_thread_executor.submit(connections.close_all).result()  # where `aget` and its like run


@pytest.fixture
def bot(telegram: Simulator) -> Iterator[None]:
    """The desk's bot at work, at the simulated Telegram of the module."""
    with bot_in_thread():
        yield


@pytest.fixture
def agent(telegram: Simulator) -> Agent:
    return Agent()
