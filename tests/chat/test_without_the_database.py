"""The database goes away for a moment: sockets stay, and what came meanwhile follows."""

import asyncio

import pytest
from django.db import OperationalError, connection

from accounts.models import User
from chat import bridge, reading, resume, updates
from chat.hub import Hub
from tests.chat.conftest import Connect
from tests.support.desk import a_reply_by, a_ticket_of


class Outage:
    """Makes a reading fail while it lasts, as a server that is starting does."""

    def __init__(self) -> None:
        self.lasts = True

    def __call__(self, work: object) -> object:
        def reading_in_vain(*given: object) -> object:
            if self.lasts:
                raise OperationalError("the database system is starting up")
            return work(*given)  # type: ignore[operator]

        return reading_in_vain


async def test_news_that_cannot_be_read_are_read_later(
    hub: Hub, connect: Connect, vera: User, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    client = await connect(anna)
    await client.subscribe(ticket.pk)
    outage = Outage()
    monkeypatch.setattr(updates, "read_news", outage(reading.read_news))
    await bridge.run(a_reply_by, vera, ticket)
    await asyncio.sleep(0.5)
    assert client.of("message_new") == []
    outage.lasts = False
    await client.wait_for("message_new", sequence=3)


async def test_a_subscription_that_cannot_be_answered_is_an_error_and_may_be_tried_again(
    hub: Hub, connect: Connect, vera: User, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    client = await connect(anna)
    outage = Outage()
    monkeypatch.setattr(resume, "read_opening", outage(reading.read_opening))
    assert (await client.subscribe(ticket.pk, after=0))["code"] == "unavailable"
    outage.lasts = False
    assert (await client.subscribe(ticket.pk, after=0))["type"] == "resumed"
    await bridge.run(a_reply_by, vera, ticket)
    await client.wait_for("message_new", sequence=3)


@pytest.fixture
def own_connection(transactional_db: None) -> int:
    """The number of the connection that the test itself will need at its end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


async def test_connections_that_break_are_replaced(
    own_connection: int, hub: Hub, connect: Connect, vera: User, anna: User
) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    client = await connect(anna)
    await client.subscribe(ticket.pk)

    def break_all_others() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid NOT IN (pg_backend_pid(), %s)",
                [own_connection],
            )

    for number in range(3):
        await bridge.run(break_all_others)
        await bridge.run(a_reply_by, vera, ticket)
        await client.wait_for("message_new", sequence=3 + number)
