"""How much goes through the bot, over real processes: updates taken in a second, which is to say committed, and handled
a second out of a full queue; answers a second to many chats against what Telegram allows.
"""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from django.conf import settings

from config.embedded.locations import service_urls
from telegram_bot.identity import webhook_route
from telegram_bot.models import Update
from telegram_bot.receiving.webhook import CONNECTIONS
from tests.benchmarks import servers
from tests.benchmarks.load import Load, build_request, put_load
from tests.benchmarks.tables import table
from tests.support.running_desk import PROJECT, Desk
from tests.support.simulator import Simulator, wait_until

ALLOWED_PER_SECOND = 30  # Telegram's FAQ: over many chats
INBOUND_GOAL, OUTGOING_GOAL = 300, 0.95
_FIRST_CUSTOMER = 900_001
_SENDING = ["sendMessage", "editMessageText"]
_UNMIRRORED = "SELECT count(*) FROM tickets_eventdelivery WHERE subscriber = 'telegram' AND state = 'pending'"


def run(*, chats: int = 150, messages: int = 10, answers: int = 4, brought: int = 2000) -> str:
    by_webhook = _measure_webhook(chats, brought)
    with TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        desk.start()
        try:
            desk.wait_until_up()
            desk.wait_for("works for bot")
            telegram = Simulator(desk_url=desk.url, port=desk.simulator_port)
            with psycopg.connect(service_urls(desk.data_dir / "services").database, autocommit=True) as database:
                handled = _measure_inbound(database, telegram, chats, messages)
                fetched = _measure_fetching(database)
                _wait_until_sent(database, chats)
                sent, refused = _measure_outgoing(desk, database, telegram, chats, answers)
        finally:
            desk.end()
    webhook = f"{by_webhook.per_second:.0f} (answered in {by_webhook.median:.0f} / {by_webhook.p99:.0f} ms)"
    rows: list[list[object]] = [
        ["updates taken in a second by long polling, while they are handled", f"{fetched:.0f}", INBOUND_GOAL],
        [f"updates taken in a second by webhook, over {CONNECTIONS} connections", webhook, INBOUND_GOAL],
        ["updates handled a second, out of a full queue", f"{handled:.0f}", INBOUND_GOAL],
        [
            "messages sent or changed a second, over many chats",
            f"{sent:.1f}",
            f"{ALLOWED_PER_SECOND * OUTGOING_GOAL:.1f}",
        ],
        ["of what Telegram allows", f"{sent / ALLOWED_PER_SECOND:.0%}", f"{OUTGOING_GOAL:.0%}"],
        ["answers refused for their pace (429)", refused, 0],
    ]
    return table("flow", "reached", "goal", rows=rows)


def _measure_inbound(database: psycopg.Connection, telegram: Simulator, chats: int, messages: int) -> float:
    """While Telegram gives no updates its queue fills; then: from the first row stored to the last row handled."""
    telegram.set_fault("error", methods=["getUpdates"], code=500)
    for number in range(messages):
        for chat in range(_FIRST_CUSTOMER, _FIRST_CUSTOMER + chats):
            if number == 0:
                telegram.create_user(chat, first_name=f"Customer {chat}", language_code="en")
            telegram.say(chat, f"Question {number}")
    telegram.clear_faults()
    query = (
        "SELECT count(*), extract(epoch FROM max(handled_at) - min(received_at))::float FROM telegram_bot_update"
        f" WHERE queue >= {_FIRST_CUSTOMER} AND state = 'done'"
    )

    def look() -> float:
        count, seconds = database.execute(query).fetchone() or (0, 0.0)
        return count / seconds if count == chats * messages else 0.0

    return wait_until(look, seconds=180, what="all updates handled")


def _measure_fetching(database: psycopg.Connection) -> float:
    """Of the queue that filled: rows a second from the first batch to the last. A batch's time is that before its
    INSERT, so all batches but the last are committed within it.
    """
    times = "SELECT received_at, count(*) AS size FROM telegram_bot_update"
    times += f" WHERE queue >= {_FIRST_CUSTOMER} GROUP BY received_at"
    batches = database.execute(
        f"SELECT extract(epoch FROM received_at)::float, size FROM ({times}) ORDER BY 1"
    ).fetchall()
    return float(sum(size for _at, size in batches[:-1]) / (batches[-1][0] - batches[0][0]))


def _measure_webhook(chats: int, count: int) -> Load:
    """One worker of the web process, and no bot that handles. As Telegram does it: each update over its own request.
    Every answer 2xx is a row; raises RuntimeError where one is missing.
    """
    path = f"/telegram/webhook/{webhook_route()}/"
    secret = f"X-Telegram-Bot-Api-Secret-Token: {settings.TELEGRAM_WEBHOOK_SECRET}"

    def request(number: int) -> bytes:
        chat = _FIRST_CUSTOMER + number % chats
        person = {"id": chat, "is_bot": False, "first_name": f"Customer {chat}", "language_code": "en"}
        place = {"id": chat, "type": "private", "first_name": person["first_name"]}
        message = {
            "message_id": number,
            "date": 1_795_000_000,
            "from": person,
            "chat": place,
            "text": f"Question {number}",
        }
        body = json.dumps({"update_id": 700_000 + number, "message": message}).encode()
        return build_request("POST", path, body=body, headers=[secret])

    with servers.desk() as port:
        asyncio.run(
            put_load(port, lambda number: request(count + number), count=CONNECTIONS * 2, concurrency=CONNECTIONS)
        )
        load = asyncio.run(put_load(port, request, count=count, concurrency=CONNECTIONS))
    stored = Update.objects.count()
    if stored != count + CONNECTIONS * 2:
        raise RuntimeError(f"{stored} of {count} updates are stored")
    return load


def _wait_until_sent(database: psycopg.Connection, chats: int) -> None:
    """Nothing is owed to the customers. Agents may wait longer: one chat takes one message a second."""
    undone = (
        f"SELECT ({_UNMIRRORED}) + (SELECT count(*) FROM telegram_bot_outgoingcall"
        f" WHERE state IN ('pending', 'sending') AND queue BETWEEN {_FIRST_CUSTOMER} AND {_FIRST_CUSTOMER + chats})"
    )
    wait_until(lambda: database.execute(undone).fetchone() == (0,), seconds=180, what="an empty outbox")


def _measure_outgoing(
    desk: Desk, database: psycopg.Connection, telegram: Simulator, chats: int, answers: int
) -> tuple[float, int]:
    """Agents answer everywhere while Telegram is away; then it is back, and its limits are on. Messages a second from
    the first that goes out to the last, and how many were refused. What agents are told meanwhile is among them, and
    cards that are changed: Telegram counts those as well.
    """
    telegram.set_fault("error", methods=_SENDING, code=502)
    subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.answering", str(answers)],
        cwd=PROJECT,
        env=desk.environment | {"DJANGO_SETTINGS_MODULE": "config.settings"},
        check=True,
        timeout=240,
    )
    wait_until(lambda: database.execute(_UNMIRRORED).fetchone() == (0,), seconds=180, what="answers owed to Telegram")
    seen = max((call["id"] for call in telegram.calls(after=0, limit=20_000)), default=0)
    telegram.limit_pace()
    telegram.clear_faults()
    _wait_until_sent(database, chats)
    calls = [call for method in _SENDING for call in telegram.calls(method, after=seen, limit=20_000)]
    refused = sum(call["status"] == 429 for call in calls)
    sent = [call for call in calls if call["executed"]]
    ends = tuple(f"Answer {number}" for number in range(answers))
    answered = [
        call["at"] for call in sent if call["method"] == "sendMessage" and call["params"]["text"].endswith(ends)
    ]
    if len(answered) != chats * answers:
        raise RuntimeError(f"{len(answered)} of {chats * answers} answers were sent")
    first, last = min(answered), max(answered)
    return sum(first < call["at"] <= last for call in sent) / (last - first), refused
