"""One event to many sockets, and what an idle socket costs: daphne as the desk starts it, raw clients."""

import asyncio
import base64
import os
import statistics
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock
from uuid import UUID

from accounts import announcements
from accounts.models import Role, User
from accounts.services import sessions
from chat import bridge
from tests.benchmarks.tables import table
from tests.support.desk import a_reply_by, a_ticket_of
from tests.support.live import a_socket_ticket
from tests.support.live_server import LiveServer, running
from tickets.selectors.tickets import find_ticket

# FastAPI with a hub of its own, one event to so many sockets, on the machine of the first measurements
PEER_SOCKETS, PEER_MEDIAN_MS = 1000, 11.0
MEMORY_GOAL_KIB = 25.0


@dataclass(frozen=True)
class FanOut:
    """Milliseconds from the commit to the sockets, over all sockets and events; `last`: to the slowest of them."""

    sockets: int
    median: float
    p99: float
    last: float
    kib_per_socket: float


class RawClient(asyncio.Protocol):
    """The least that a socket can be on the other side: it notes when a message came."""

    def __init__(self, handshake: bytes, subscribe: bytes) -> None:
        self._handshake, self._subscribe = handshake, subscribe
        self.opened = asyncio.get_running_loop().create_future()
        self.subscribed = asyncio.get_running_loop().create_future()
        self.came_at = 0.0
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]
        self.transport.write(self._handshake)  # type: ignore[union-attr]

    def data_received(self, data: bytes) -> None:
        if b'"message_new"' in data:
            self.came_at = time.perf_counter()
        elif not self.opened.done():
            self.opened.set_result(data.startswith(b"HTTP/1.1 101"))
        elif b'"resumed"' in data and not self.subscribed.done():
            self.subscribed.set_result(True)

    def subscribe(self) -> None:
        if self.transport is not None:
            self.transport.write(self._subscribe)


def _masked(payload: bytes) -> bytes:
    return bytes([0x81, 0x80 | len(payload)]) + b"\0\0\0\0" + payload


async def measure(server: LiveServer, secrets: list[str], ticket: UUID, events: int) -> FanOut:
    loop = asyncio.get_running_loop()
    before = server.memory()
    clients: list[RawClient] = []
    subscribe = _masked(f'{{"type":"subscribe","ticket":"{ticket}"}}'.encode())
    for secret in secrets:
        key = base64.b64encode(os.urandom(16)).decode()
        handshake = (
            f"GET /ws/ HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Protocol: desk.v1, {secret}\r\n\r\n"
        ).encode()
        _transport, client = await loop.create_connection(
            lambda handshake=handshake: RawClient(handshake, subscribe), "127.0.0.1", server.port
        )
        if not await client.opened:
            raise RuntimeError("a socket was refused")
        clients.append(client)
    await asyncio.sleep(3)
    kib = (server.memory() - before) / 1024 / len(clients)
    for client in clients:
        client.subscribe()
    await asyncio.gather(*(client.subscribed for client in clients))
    await asyncio.sleep(5)
    delays, last = [], []
    for number in range(events):
        await asyncio.sleep(0.3)
        for client in clients:
            client.came_at = 0.0
        committed_at = await bridge.run(_reply, ticket, f"event {number}")
        while not all(client.came_at for client in clients):
            await asyncio.sleep(0.01)
        delays += [(client.came_at - committed_at) * 1000 for client in clients]
        last.append((max(client.came_at for client in clients) - committed_at) * 1000)
    for client in clients:
        if client.transport is not None:
            client.transport.abort()
    quantiles = statistics.quantiles(delays, n=100)
    return FanOut(len(clients), quantiles[49], quantiles[98], statistics.median(last), kib)


def _reply(ticket: UUID, text: str) -> float:
    """When it was committed."""
    _committed.clear()
    found = find_ticket(ticket)
    if found is None:
        raise RuntimeError("the ticket is gone")
    a_reply_by(found.customer, found, text)
    return _committed[0]


_committed: list[float] = []


def _prepare(count: int) -> tuple[list[str], UUID]:
    customer = User.objects.create(first_name="Vera", role=Role.CUSTOMER, telegram_id=uuid.uuid4().int >> 70)
    people = [
        User.objects.create(first_name=f"Agent {number}", role=Role.AGENT, telegram_id=uuid.uuid4().int >> 70)
        for number in range(-(-count // 10))
    ]
    secrets = [a_socket_ticket(people[number // 10])[0] for number in range(count)]
    return secrets, a_ticket_of(customer).pk


def run(*, sizes: tuple[int, ...] = (100, 1000), events: int = 30) -> str:
    """One daphne for each number of sockets."""
    announcements._listeners["ticket_changed"].insert(0, lambda **_ids: _committed.append(time.perf_counter()))
    results = [_run_one(sockets, events) for sockets in sizes]
    rows = [
        [
            result.sockets,
            f"{result.median:.1f}",
            f"{result.p99:.1f}",
            f"{result.last:.1f}",
            f"{result.median / PEER_MEDIAN_MS:.2f}" if result.sockets == PEER_SOCKETS else "",
            f"{result.kib_per_socket:.1f}",
        ]
        for result in results
    ]
    peer, memory = f"of the peer's {PEER_MEDIAN_MS:.0f} ms", f"KiB a socket (goal {MEMORY_GOAL_KIB:.0f})"
    return table("sockets", "median ms", "p99 ms", "to the last ms", peer, memory, rows=rows)


def _run_one(sockets: int, events: int) -> FanOut:
    with TemporaryDirectory() as folder, running(Path(folder) / "log") as server:
        with mock.patch.object(sessions, "SOCKET_TICKET_LIFETIME", sessions.SOCKET_TICKET_LIFETIME * 20):
            secrets, ticket = _prepare(sockets)
        result = asyncio.run(measure(server, secrets, ticket, events))
        bridge.close_connections()
        if "Traceback" in server.said():
            raise RuntimeError(server.said()[-4000:])
    return result
