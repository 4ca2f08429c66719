"""What somebody reads on one screen is read on their other ones, which follow the ticket or show its row."""

import asyncio

from accounts.models import User
from chat import bridge
from chat.hub import Hub
from tests.chat.conftest import Connect
from tests.support.desk import a_note_by, a_reply_by, a_ticket_of, acting
from tests.support.live import JSON, LiveClient
from tickets.services.reading import mark_read


def own(client: LiveClient, name: str) -> list[JSON]:
    return [frame["data"] for frame in client.of("message_read") if frame["data"]["user"]["name"] == name]


async def test_a_list_is_told_how_much_is_unread_still(
    hub: Hub, connect: Connect, vera: User, anna: User, boris: User
) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    await bridge.run(a_reply_by, vera, ticket, "Hello?")
    follows, lists, other = await connect(anna), await connect(anna), await connect(boris)
    await follows.subscribe(ticket.pk)
    await bridge.run(lambda: mark_read(actor=acting(anna), ticket=ticket.pk, sequence=2))
    await lists.wait_for("message_read", ticket=str(ticket.pk))
    while not own(follows, "Anna"):
        await asyncio.sleep(0.005)
    assert [(data["sequence"], data["unread"]) for data in own(lists, "Anna")] == [(2, 1)]
    await bridge.run(lambda: mark_read(actor=acting(anna), ticket=ticket.pk, sequence=3))
    before = len(lists.take())
    if own(lists, "Anna")[-1]["unread"]:
        await lists.wait_for("message_read", since=before)
    assert own(lists, "Anna")[-1]["unread"] == 0
    assert own(other, "Anna") == []


async def test_a_customer_is_told_in_their_own_numbering(hub: Hub, connect: Connect, vera: User, anna: User) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    await bridge.run(a_note_by, anna, ticket)
    await bridge.run(a_reply_by, anna, ticket)
    phone = await connect(vera)
    last = 3  # opened, written, answered: the note has no number for her
    await bridge.run(lambda: mark_read(actor=acting(vera), ticket=ticket.pk, sequence=last))
    async with asyncio.timeout(5):  # that she read what she wrote may still be on its way, and comes first
        while (told := own(phone, "Vera")[-1:]) == [] or told[0]["sequence"] < last:
            await asyncio.sleep(0.005)
    assert [(data["sequence"], data["unread"]) for data in told] == [(last, 0)]


async def test_the_only_screen_that_follows_the_ticket_knows_already(
    hub: Hub, connect: Connect, vera: User, anna: User
) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    screen = await connect(anna)
    await screen.subscribe(ticket.pk)
    await bridge.run(lambda: mark_read(actor=acting(anna), ticket=ticket.pk, sequence=2))
    await bridge.run(a_reply_by, vera, ticket, "Hello?")
    await screen.wait_for("message_new")
    assert [data for data in own(screen, "Anna") if "unread" in data] == []
