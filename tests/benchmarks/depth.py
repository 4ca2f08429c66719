"""Depth costs nothing: the same reads on a small desk and on a large one, in turn, one granian worker each."""

import asyncio
import statistics
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple
from urllib.parse import quote

import psycopg
from django.db import connection
from django.db.models import Model

from accounts.models import Role, User
from accounts.pagination import encode_cursor
from accounts.services.sessions import start_session
from tests.benchmarks import servers
from tests.benchmarks.load import build_request, put_load
from tests.benchmarks.tables import table
from tests.support.desk import a_ticket_of
from tickets.models import Message, Ticket

GOAL = 1.3
EACH = 10  # messages of a ticket
LONG = 1000  # messages of the longest ticket


class Desk(NamedTuple):
    port: int
    database: psycopg.Connection


def run(*, small: int = 10_000, large: int = 100_000, rounds: int = 3, count: int = 200) -> str:
    """Tickets in the small and in the large desk."""
    agent = User.objects.create(first_name="Anna", role=Role.AGENT)
    a_ticket_of(User.objects.create(first_name="Vera"), "The printer is on fire")
    token = start_session(agent).access
    connection.close()
    with ExitStack() as stack:
        desks = [stack.enter_context(_desk_of(f"depth_{size}", size)) for size in (small, large)]
        rows = [_compare(name, path, desks, token, rounds, count) for name, path in READS.items()]
    head = ("read", f"{small:,} tickets: req/s", f"{large:,} tickets: req/s", f"slower by (goal: at most {GOAL})")
    return table(*head, rows=rows)


def _compare(
    name: str, path: "Callable[[psycopg.Connection], str]", desks: list[Desk], token: str, rounds: int, count: int
) -> list[str]:
    requests = [build_request("GET", f"/api/v1/tickets/{path(desk.database)}", token=token) for desk in desks]
    speeds: list[list[float]] = [[], []]
    for number in range(rounds + 1):
        for desk, request, found in zip(desks, requests, speeds, strict=True):
            load = asyncio.run(put_load(desk.port, lambda _, request=request: request, count=count))
            if number > 0:  # the first round warms up
                found.append(load.per_second)
    slower = statistics.median(a / b for a, b in zip(*speeds, strict=True))
    return [name, *(f"{statistics.median(found):.0f}" for found in speeds), f"{slower:.2f}"]


def _deep_cursor(database: psycopg.Connection) -> str:
    row = database.execute(
        "SELECT updated_at, id FROM tickets_ticket ORDER BY updated_at DESC, id DESC"
        " OFFSET (SELECT count(*) / 2 FROM tickets_ticket) LIMIT 1"
    ).fetchone()
    return f"?cursor={quote(encode_cursor(row or ()))}"


def _longest(database: psycopg.Connection) -> str:
    row = database.execute("SELECT id FROM tickets_ticket ORDER BY sequence DESC LIMIT 1").fetchone()
    return f"{row[0] if row else ''}/messages/"


READS: dict[str, Callable[[psycopg.Connection], str]] = {
    "the first page of the list": lambda _: "",
    "the list filtered by status": lambda _: "?status=open",
    "a page from the middle of all tickets": _deep_cursor,
    "a ticket's last 50 messages": lambda database: f"{_longest(database)}?limit=50",
    "50 messages from the middle of 1,000": lambda database: f"{_longest(database)}?limit=50&before={LONG // 2}",
}


@contextmanager
def _desk_of(name: str, tickets: int) -> Iterator[Desk]:
    with psycopg.connect(servers.database_url("postgres"), autocommit=True) as maintenance:
        maintenance.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        # a database that somebody uses cannot be copied: other benchmarks leave idle connections of their threads
        idle = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        maintenance.execute(idle, [connection.settings_dict["NAME"]])
        maintenance.execute(f'CREATE DATABASE "{name}" TEMPLATE "{connection.settings_dict["NAME"]}"')
        try:
            with psycopg.connect(servers.database_url(name), autocommit=True) as database:
                fill(database, tickets)
                with servers.desk(name) as port:
                    yield Desk(port, database)
        finally:
            maintenance.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def fill(database: psycopg.Connection, tickets: int) -> None:
    """So many copies of the one ticket that is there, with EACH messages, and one of them with LONG."""
    with database.transaction():
        # rows that are right by construction need no check of each foreign key
        database.execute("SET LOCAL session_replication_role = replica")
        database.execute("SET LOCAL synchronous_commit = off")
        last = "md5(copies.id::text || copies.sequence)::uuid"
        database.execute(
            _copy(
                Ticket,
                "(SELECT md5(n::text)::uuid AS id, n,"
                f" CASE n WHEN 1 THEN {LONG} ELSE {EACH} END AS sequence FROM generate_series(1, {tickets}) AS n)",
                id="copies.id",
                number="1000000 + n",
                subject="'Ticket ' || n",
                status="(ARRAY['new', 'open', 'pending', 'resolved', 'closed'])[n % 5 + 1]",
                sequence="copies.sequence",
                public_sequence="copies.sequence",
                last_message_id=last,
                last_public_message_id=last,
                updated_at="row.updated_at - n * interval '1 second'",
                public_updated_at="row.updated_at - n * interval '1 second'",
            )
        )
        database.execute(
            _copy(
                Message,
                "(SELECT t.id AS ticket, place FROM tickets_ticket AS t, generate_series(1, t.sequence) AS place"
                " WHERE t.number > 1000000)",
                id="md5(copies.ticket::text || place)::uuid",
                ticket_id="copies.ticket",
                text="'Message ' || place",
                sequence="place",
                public_sequence="place",
            )
        )
    database.execute("VACUUM ANALYZE tickets_ticket")
    database.execute("VACUUM ANALYZE tickets_message")


def _copy(model: type[Model], copies: str, **changed: str) -> str:
    """INSERT of the model's only row, once for each row of `copies`, with these columns changed."""
    name = model._meta.db_table
    columns = [field.column for field in model._meta.concrete_fields]
    values = ", ".join(changed.get(column, f'row."{column}"') for column in columns)
    quoted = ", ".join(f'"{column}"' for column in columns)
    return f'INSERT INTO "{name}" ({quoted}) SELECT {values} FROM (TABLE "{name}" LIMIT 1) AS row, {copies} AS copies'
