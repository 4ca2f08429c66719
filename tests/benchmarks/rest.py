"""The three hot endpoints: one granian worker of the desk against the bare limit, in turn, on the same tables."""

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit
from uuid import uuid4

import orjson
from django.conf import settings
from django.db import connection, transaction

from accounts.models import Role, User
from accounts.services.sessions import start_session
from tests.benchmarks.load import Load, build_request, put_load
from tests.support.desk import a_reply_by, a_ticket_of
from tests.support.running_desk import PROJECT, free_port
from tests.support.simulator import wait_until

TICKETS, MESSAGES = 200, 60
ROUNDS = 3
# performance.md: the bare limit against the peer, and the goals against the peer
BARE_AGAINST_PEER = {"list": 5.3, "messages": 5.3, "POST": 4.5}
GOALS = {"list": 1.6, "messages": 1.9, "POST": 2.2}


def run() -> str:
    agent = User.objects.create(first_name="Anna", role=Role.AGENT)
    customers = [User.objects.create(first_name=f"Customer {n}") for n in range(20)]
    with transaction.atomic():
        tickets = [a_ticket_of(customers[n % 20], f"Ticket {n}") for n in range(TICKETS)]
        for n in range(MESSAGES):
            a_reply_by(customers[0], tickets[0], f"Message {n}")
    token = start_session(agent).access
    rows = []
    with _desk() as desk, _bare() as bare:
        for name in ("list", "messages", "POST"):
            ours, limit = [], []
            for _ in range(ROUNDS):
                ours.append(_measure(desk, "/api/v1", name, str(tickets[0].pk), token))
                limit.append(_measure(bare, "", name, str(tickets[0].pk), ""))
            rows.append(_row(name, ours, limit))
    head = "| endpoint | req/s | median ms | p99 ms | bare limit req/s | of the limit | against the peer (goal) |"
    return "\n".join([head, "| --- | --- | --- | --- | --- | --- | --- |", *rows])


def _row(name: str, ours: list[Load], limit: list[Load]) -> str:
    best = statistics.median(load.per_second for load in ours)
    bare = statistics.median(load.per_second for load in limit)
    ratio = statistics.median(a.per_second / b.per_second for a, b in zip(ours, limit, strict=True))
    median = statistics.median(load.median for load in ours)
    p99 = statistics.median(load.p99 for load in ours)
    peer = f"{ratio * BARE_AGAINST_PEER[name]:.2f} ({GOALS[name]})"
    return f"| {name} | {best:.0f} | {median:.1f} | {p99:.1f} | {bare:.0f} | {ratio:.2f} | {peer} |"


def _measure(port: int, prefix: str, name: str, ticket: str, token: str) -> Load:
    end = "/" if prefix else ""
    if name == "list":
        request = build_request("GET", f"{prefix}/tickets/", token=token)
        return asyncio.run(put_load(port, lambda _: request, count=800))
    path = f"{prefix}/tickets/{ticket}/messages{end}"
    if name == "messages":
        request = build_request("GET", f"{path}?limit=50", token=token)
        return asyncio.run(put_load(port, lambda _: request, count=800))
    return asyncio.run(
        put_load(
            port,
            lambda n: build_request(
                "POST", path, token=token, body=orjson.dumps({"id": str(uuid4()), "text": f"Answer {n}"})
            ),
            count=500,
        )
    )


def _database_url() -> str:
    return urlsplit(settings.DATABASE_URL)._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


@contextmanager
def _desk() -> Iterator[int]:
    port = free_port()
    command = ("granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1")
    threads = ("--blocking-threads", "8", "--no-ws", "tests.benchmarks.unlimited_wsgi:application")
    environment = {"DATABASE_URL": _database_url(), "REDIS_URL": settings.REDIS_URL, "DEBUG": "on"}
    with _program([sys.executable, "-m", *command, *threads], environment, port):
        yield port


@contextmanager
def _bare() -> Iterator[int]:
    port = free_port()
    arguments = ("--port", str(port), "--log-level", "warning")
    command = [sys.executable, "-m", "uvicorn", "tests.benchmarks.bare:application", *arguments]
    with _program(command, {"BARE_DATABASE": _database_url()}, port):
        yield port


@contextmanager
def _program(command: list[str], environment: dict[str, str], port: int) -> Iterator[None]:
    process = subprocess.Popen(
        command, cwd=PROJECT, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: _listens(port), seconds=30, what=command[2])
        time.sleep(0.5)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _listens(port: int) -> bool:
    import socket

    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
