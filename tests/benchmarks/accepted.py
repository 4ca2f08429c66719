"""From an agent's POST to their colleagues' sockets, at a steady 50 messages a second: REST by granian, sockets by
daphne, as in production. Counted from the request's first byte, so that the POST itself is within.
"""

import asyncio
import json
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID, uuid4

import orjson

from accounts.models import Role, User
from accounts.services.sessions import start_session
from tests.benchmarks import servers
from tests.benchmarks.load import build_request, read_answer
from tests.benchmarks.tables import Spread, table
from tests.support.desk import a_ticket_of
from tests.support.live import a_socket_ticket
from tests.support.live_server import RealClient, running

GOAL_MS = 100
TICKETS, CONNECTIONS = 10, 16


def run(*, seconds: int = 12, per_second: int = 50) -> str:
    agent = User.objects.create(first_name="Anna", role=Role.AGENT)
    customer = User.objects.create(first_name="Vera")
    tickets = [a_ticket_of(customer).pk for _ in range(TICKETS)]
    token = start_session(agent).access
    with TemporaryDirectory() as folder, running(Path(folder) / "log") as live, servers.desk() as port:
        secret, _family = a_socket_ticket(agent)

        async def measure() -> tuple[Spread, Spread]:
            client = await live.open(secret)
            for ticket in tickets:
                await client.send("subscribe", ticket=ticket)
                await client.wait_for("resumed", ticket=str(ticket))
            poster = Poster(port, token, tickets)
            await poster.post_all(per_second, per_second)  # every thread's first connection to the database
            return await _measure(client, Poster(port, token, tickets), seconds * per_second, per_second)

        shown, answered = asyncio.run(measure())
    rows = [
        ["from the POST to its answer", f"{answered.median:.0f}", f"{answered.p99:.0f}", ""],
        ["from the POST to the colleague's socket", f"{shown.median:.0f}", f"{shown.p99:.0f}", f"< {GOAL_MS}"],
    ]
    return table(f"way, at {per_second} messages/s", "median ms", "p99 ms", "goal (p99)", rows=rows)


async def _measure(client: RealClient, poster: "Poster", count: int, per_second: int) -> tuple[Spread, Spread]:
    came: dict[str, float] = {}

    async def listen() -> None:
        while len(came.keys() & poster.begun.keys()) < count:
            frame = json.loads(await client.connection.recv())
            if frame["type"] == "message_new":
                came.setdefault(frame["data"]["id"], time.perf_counter())

    async with asyncio.timeout(count / per_second * 3 + 20):
        await asyncio.gather(listen(), poster.post_all(count, per_second))
    shown = [came[key] - begun for key, begun in poster.begun.items()]
    return Spread.of(shown), Spread.of(poster.answered)


class Poster:
    """Messages at fixed moments, however long the answers take."""

    def __init__(self, port: int, token: str, tickets: list[UUID]) -> None:
        self._port, self._token, self._tickets = port, token, tickets
        self._free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
        self.begun: dict[str, float] = {}
        self.answered: list[float] = []

    async def post_all(self, count: int, per_second: int) -> None:
        for _ in range(CONNECTIONS):
            self._free.put_nowait(await asyncio.open_connection("127.0.0.1", self._port))
        start = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for number in range(count):
                await asyncio.sleep(max(0.0, start + number / per_second - time.perf_counter()))
                group.create_task(self._post(number))
        while not self._free.empty():
            self._free.get_nowait()[1].close()

    async def _post(self, number: int) -> None:
        key = str(uuid4())
        body = orjson.dumps({"id": key, "text": f"Answer {number}"})
        path = f"/api/v1/tickets/{self._tickets[number % len(self._tickets)]}/messages/"
        begun = self.begun[key] = time.perf_counter()
        reader, writer = await self._free.get()
        writer.write(build_request("POST", path, token=self._token, body=body))
        await read_answer(reader)
        self.answered.append(time.perf_counter() - begun)
        self._free.put_nowait((reader, writer))
