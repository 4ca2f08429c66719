"""One simulated Telegram for all tests of a module, emptied before each."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from tests.support.simulator import Simulator


@pytest.fixture(scope="session")
def running_simulator() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def telegram(running_simulator: Simulator) -> Simulator:
    running_simulator.reset()
    return running_simulator


@pytest.fixture
async def bot(telegram: Simulator) -> AsyncIterator[Bot]:
    """python-telegram-bot, as the desk uses it."""
    url, patient = telegram.url, HTTPXRequest(connect_timeout=30)
    async with Bot(telegram.token, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot", request=patient) as bot:
        yield bot


@pytest.fixture
def api(telegram: Simulator) -> Iterator[httpx.Client]:
    """Plain HTTP: `api.post("/sendMessage", json={...})`."""
    with httpx.Client(base_url=f"{telegram.url}/bot{telegram.token}", timeout=60, trust_env=False) as client:
        yield client
