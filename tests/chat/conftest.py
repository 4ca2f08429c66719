import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
import pytest_asyncio

from accounts.models import User
from chat import bridge
from chat.hub import Hub, hub_of_this_loop
from tests.support.live import LiveClient

Connect = Callable[[User], Awaitable[LiveClient]]


@pytest.fixture
def threads(transactional_db: None) -> Iterator[None]:
    """The bridge's threads let go of their connections, or the database cannot be emptied and dropped."""
    yield
    bridge.close_connections()


@pytest_asyncio.fixture
async def connect(threads: None) -> AsyncIterator[Connect]:
    """Opens sockets, and closes them at the end."""
    clients: list[LiveClient] = []

    async def open_socket(user: User) -> LiveClient:
        clients.append(await LiveClient.open(user))
        return clients[-1]

    yield open_socket
    for client in clients:
        await client.close()


@pytest_asyncio.fixture
async def hub(threads: None) -> Hub:
    """The hub of this test's loop, once it hears nudges."""
    hub = hub_of_this_loop()
    async with asyncio.timeout(5):
        while hub.listener.deaf:
            await asyncio.sleep(0.01)
    return hub
