"""The whole way, over real processes: from Telegram's update to the agent's screen, and from the agent's answer to
the Bot API call.
"""

import asyncio
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.tables import Spread, table
from tests.support.clients import Person
from tests.support.running_desk import Desk
from tests.support.simulator import Simulator

COUNT = 60
GOAL_MS = 300
PAUSE = 0.25  # seconds between two messages: a busy desk, not a flood


def run(*, count: int = COUNT) -> str:
    with TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        desk.start()
        try:
            desk.wait_until_up()
            telegram = Simulator(desk_url=desk.url, port=desk.simulator_port)
            incoming, outgoing = asyncio.run(_measure(desk, telegram, count))
        finally:
            desk.end()
    ways = {
        "from Telegram's update to the agent's socket": incoming,
        "from the agent's POST to the Bot API call": outgoing,
    }
    spreads = {way: Spread.of(seconds) for way, seconds in ways.items()}
    rows = [[way, f"{spread.median:.0f}", f"{spread.p99:.0f}", GOAL_MS] for way, spread in spreads.items()]
    return table("way", "median ms", "p99 ms", "goal (p99 ms)", rows=rows)


async def _measure(desk: Desk, telegram: Simulator, count: int) -> tuple[list[float], list[float]]:
    incoming, outgoing = [], []
    with Person(desk.url, telegram, 2001) as agent:
        agent.sign_in()
        telegram.say(1003, "/new")
        telegram.say(1003, "Hello")
        async with agent.socket() as socket:
            ticket = await _find_ticket(agent)
            await socket.send(type="subscribe", ticket=ticket)
            await socket.wait_for("resumed")
            for number in range(count):
                text = f"Question {number}"
                begun = time.perf_counter()
                await asyncio.to_thread(telegram.say, 1003, text)
                while (await _next_message(socket))["data"]["text"] != text:
                    pass
                incoming.append(time.perf_counter() - begun)
                await asyncio.sleep(PAUSE)
            for number in range(count // 2):
                text = f"Answer {number}"
                asked = time.time()
                await asyncio.to_thread(agent.reply, ticket, text)
                outgoing.append(await asyncio.to_thread(_sent_at, telegram, text) - asked)
                await asyncio.sleep(1.1)  # Telegram takes about one message a second in a chat
    return incoming, outgoing


async def _find_ticket(agent: Person) -> str:
    for _ in range(100):
        for ticket in agent.tickets():
            if ticket["subject"] == "Hello":
                return str(ticket["id"])
        await asyncio.sleep(0.1)
    raise AssertionError("the message became no ticket")


async def _next_message(socket: object) -> dict[str, object]:
    import json

    async with asyncio.timeout(10):
        while True:
            frame = json.loads(await socket.connection.recv())  # type: ignore[attr-defined]
            if frame["type"] == "message_new":
                return frame  # type: ignore[no-any-return]


def _sent_at(telegram: Simulator, text: str) -> float:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        for call in telegram.calls("sendMessage", chat_id=1003):
            if text in str(call["params"].get("text")):
                return float(call["at"])
        time.sleep(0.02)
    raise AssertionError(f"{text} was not sent")
