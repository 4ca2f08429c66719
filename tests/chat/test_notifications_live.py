"""Notifications reach all sockets of the person they are for, and nobody else's."""

import asyncio
from collections.abc import Collection
from uuid import UUID

import pytest
from django.db.models import QuerySet

from accounts.models import User
from chat import bridge, broadcasting, notifying
from chat.hub import Hub
from tests.chat.conftest import Connect
from tests.support.desk import a_reply_by, a_ticket_of, acting
from tests.support.live import JSON, LiveClient
from tickets.events.delivery import run_due_deliveries
from tickets.models import Notification
from tickets.notifications.inbox import mark_notifications_read
from tickets.services.assignment import assign_ticket


def of_messages(client: LiveClient) -> list[JSON]:
    """The word of the ticket's opening may still be under way when a client connects."""
    return [frame for frame in client.of("notification") if frame["data"]["kind"] == "message_received"]


async def test_an_agent_is_told_on_every_screen_that_their_customer_has_written(
    hub: Hub, connect: Connect, vera: User, anna: User, boris: User
) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    await bridge.run(lambda: assign_ticket(actor=acting(anna), ticket=ticket.pk, assignee_id=anna.pk))
    await bridge.run(run_due_deliveries, "notifications")
    phone, desktop, other = await connect(anna), await connect(anna), await connect(boris)
    await bridge.run(a_reply_by, vera, ticket, "Hello?")
    await bridge.run(run_due_deliveries, "notifications")
    for client in (phone, desktop):
        async with asyncio.timeout(5):
            while not (told := of_messages(client)):
                await asyncio.sleep(0.005)
        assert [frame["data"]["ticket"]["number"] for frame in told] == [ticket.number]
        assert told[0]["data"]["read_at"] is None
    assert of_messages(other) == []


async def test_of_messages_that_are_told_together_the_last_alone_is_shown_with_how_much_is_unread(
    hub: Hub, connect: Connect, vera: User, anna: User
) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    await bridge.run(lambda: assign_ticket(actor=acting(anna), ticket=ticket.pk, assignee_id=anna.pk))
    await bridge.run(run_due_deliveries, "notifications")
    await bridge.run(lambda: mark_notifications_read(actor=acting(anna)))
    client = await connect(anna)
    for text in ("Hello?", "Are you there?"):
        await bridge.run(a_reply_by, vera, ticket, text)
    await bridge.run(run_due_deliveries, "notifications")
    async with asyncio.timeout(5):
        while not of_messages(client):
            await asyncio.sleep(0.005)
    other = await bridge.run(a_ticket_of, vera)  # what is told of it comes behind all that was told before
    await bridge.run(run_due_deliveries, "notifications")
    await client.wait_for("notification", unread=2)
    assert [(frame["data"]["count"], frame["unread"]) for frame in of_messages(client)] == [(2, 1)]
    assert client.of("notification")[-1]["data"]["ticket"]["number"] == other.number


async def test_notifications_of_one_person_that_come_together_are_read_together(
    hub: Hub, connect: Connect, vera: User, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them are shown, in their order, each with how much is unread by then."""
    with monkeypatch.context() as silent:
        silent.setattr(broadcasting, "publish", lambda *_args, **_ids: None)
        tickets = [await bridge.run(a_ticket_of, vera, f"ticket {number}") for number in range(6)]
        await bridge.run(run_due_deliveries, "notifications")
    made = await bridge.run(lambda: list(Notification.objects.filter(user=anna).values_list("pk", flat=True)))
    readings: list[int] = []
    read = notifying.list_notifications

    def count(ids: Collection[UUID]) -> QuerySet[Notification]:
        readings.append(len(ids))
        return read(ids)

    monkeypatch.setattr(notifying, "list_notifications", count)
    client = await connect(anna)
    for notification in made:
        hub.notifying.hear(anna.pk, notification)
    async with asyncio.timeout(5):
        while len(client.of("notification")) < 6:
            await asyncio.sleep(0.005)
    shown = [(frame["data"]["ticket"]["number"], frame["unread"]) for frame in client.of("notification")]
    assert shown == [(ticket.number, 6) for ticket in tickets]
    assert readings == [6]
