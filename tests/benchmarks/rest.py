"""The three hot endpoints: one granian worker of the desk against the bare limit, in turn, on the same tables."""

import asyncio
import statistics
from uuid import uuid4

import orjson
from django.db import transaction

from accounts.models import Role, User
from accounts.services.sessions import start_session
from tests.benchmarks import servers
from tests.benchmarks.load import Load, build_request, put_load
from tests.benchmarks.tables import table
from tests.support.desk import a_reply_by, a_ticket_of

TICKETS, MESSAGES = 200, 60
WARM_UP = 80  # requests
# performance.md: the bare limit against the peer, and the goals against the peer
BARE_AGAINST_PEER = {"list": 5.3, "messages": 5.3, "POST": 4.5}
GOALS = {"list": 1.6, "messages": 1.9, "POST": 2.2}


def run(*, rounds: int = 3, count: int = 800) -> str:
    agent = User.objects.create(first_name="Anna", role=Role.AGENT)
    customers = [User.objects.create(first_name=f"Customer {n}") for n in range(20)]
    with transaction.atomic():
        tickets = [a_ticket_of(customers[n % 20], f"Ticket {n}") for n in range(TICKETS)]
        for n in range(MESSAGES):
            a_reply_by(customers[0], tickets[0], f"Message {n}")
    token = start_session(agent).access
    rows = []
    with servers.desk() as desk, servers.bare() as bare:
        for name in ("list", "messages", "POST"):
            _measure(desk, "/api/v1", name, str(tickets[0].pk), token, WARM_UP)
            _measure(bare, "", name, str(tickets[0].pk), "", WARM_UP)
            ours, limit = [], []
            for _ in range(rounds):
                ours.append(_measure(desk, "/api/v1", name, str(tickets[0].pk), token, count))
                limit.append(_measure(bare, "", name, str(tickets[0].pk), "", count))
            rows.append(_row(name, ours, limit))
    head = ("endpoint", "req/s", "median ms", "p99 ms", "bare limit req/s", "of the limit", "against the peer (goal)")
    return table(*head, rows=rows)


def _row(name: str, ours: list[Load], limit: list[Load]) -> list[str]:
    best = statistics.median(load.per_second for load in ours)
    bare = statistics.median(load.per_second for load in limit)
    ratio = statistics.median(a.per_second / b.per_second for a, b in zip(ours, limit, strict=True))
    median = statistics.median(load.median for load in ours)
    p99 = statistics.median(load.p99 for load in ours)
    peer = f"{ratio * BARE_AGAINST_PEER[name]:.2f} ({GOALS[name]})"
    return [name, f"{best:.0f}", f"{median:.1f}", f"{p99:.1f}", f"{bare:.0f}", f"{ratio:.2f}", peer]


def _measure(port: int, prefix: str, name: str, ticket: str, token: str, count: int) -> Load:
    end = "/" if prefix else ""
    if name == "list":
        request = build_request("GET", f"{prefix}/tickets/", token=token)
        return asyncio.run(put_load(port, lambda _: request, count=count))
    path = f"{prefix}/tickets/{ticket}/messages{end}"
    if name == "messages":
        request = build_request("GET", f"{path}?limit=50", token=token)
        return asyncio.run(put_load(port, lambda _: request, count=count))
    return asyncio.run(
        put_load(
            port,
            lambda n: build_request(
                "POST", path, token=token, body=orjson.dumps({"id": str(uuid4()), "text": f"Answer {n}"})
            ),
            count=count,
        )
    )
