"""A customer's socket shows nothing of what staff do among themselves, not even as a hole."""

import time
from itertools import pairwise
from uuid import uuid4

import pytest

from accounts.models import User
from chat import bridge
from chat.hub import Hub
from chat.reading import read_own_standings
from chat.viewers import Viewer
from tests.chat.conftest import Connect
from tests.support.desk import a_note_by, a_reply_by, a_ticket_of, acting
from tests.support.live import LiveClient
from tickets.models import Priority, Ticket
from tickets.services.conversation import delete_message, edit_message
from tickets.services.labelling import TicketChanges, update_ticket

EVENTS = ("message_", "ticket_")


def events_of(client: LiveClient) -> list[dict[str, object]]:
    return [frame for frame in client.take() if "sequence" in frame and frame["type"].startswith(EVENTS)]


async def test_notes_tags_and_priorities_leave_no_trace_on_a_customers_socket(
    hub: Hub, connect: Connect, vera: User, anna: User, boris: User
) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    hers, his = await connect(vera), await connect(boris)
    await hers.subscribe(ticket.pk, after=0)
    await his.subscribe(ticket.pk, after=0)

    def work_in_private() -> None:
        note = a_note_by(anna, ticket, "a secret")
        edit_message(actor=acting(anna), message_id=note.pk, text="another secret")
        changes = TicketChanges(tags=["secret-tag"], priority=Priority.URGENT)
        update_ticket(actor=acting(anna), ticket=ticket.pk, changes=changes)
        delete_message(actor=acting(anna), message_id=note.pk)

    await bridge.run(work_in_private)
    await his.wait_for("message_deleted")
    quiet = len(hers.take())
    await bridge.run(a_reply_by, anna, ticket, "in public")
    await hers.wait_for("ticket_status_changed")
    seen = str(hers.take())
    assert "secret" not in seen
    assert "urgent" not in seen
    assert "internal': True" not in seen
    told = [frame["type"] for frame in hers.frames[quiet:] if frame["type"] != "user_online"]
    assert told[0] == "message_new"  # nothing at all had come while staff worked among themselves
    sequences = [frame["sequence"] for frame in events_of(hers)]
    assert all(after == before + 1 for before, after in pairwise(sequences))


async def test_nothing_moves_a_customers_list_though_it_began_slowly(
    hub: Hub, connect: Connect, vera: User, anna: User, boris: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = await bridge.run(a_ticket_of, vera)

    def read_slowly(viewer: Viewer) -> list[Ticket]:
        time.sleep(0.3)
        return read_own_standings(viewer)

    his = await connect(boris)
    monkeypatch.setattr("chat.lists.read_own_standings", read_slowly)
    hers = await connect(vera)  # she has had her first frame
    await bridge.run(a_note_by, anna, ticket, "a secret")
    await his.wait_for("inbox_updated")
    await bridge.run(a_reply_by, anna, ticket, "in public")
    row = await hers.wait_for("inbox_updated")
    assert row["data"]["last_message"]["text"] == "in public"


async def test_a_customer_does_not_learn_that_a_note_was_read(
    hub: Hub, connect: Connect, vera: User, anna: User, boris: User
) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    await bridge.run(a_reply_by, anna, ticket)
    hers, his = await connect(vera), await connect(boris)
    await hers.subscribe(ticket.pk)
    await his.subscribe(ticket.pk)
    before = len(hers.take()), len(his.take())
    await bridge.run(a_note_by, anna, ticket)  # its author has read it
    read = await his.wait_for("message_read", since=before[1])
    assert read["data"]["user"]["name"] == "Anna"
    await bridge.run(a_reply_by, anna, ticket, "Hello again")
    await hers.wait_for("message_new", since=before[0])
    assert "message_read" not in [frame["type"] for frame in hers.frames[before[0] : -1]]


async def test_a_foreign_ticket_and_none_at_all_are_answered_alike(connect: Connect, vera: User, gleb: User) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    client = await connect(gleb)
    foreign, unknown = await client.subscribe(ticket.pk, after=0), await client.subscribe(uuid4(), after=0)
    assert foreign | {"ticket": ""} == unknown | {"ticket": ""}
    assert foreign["code"] == "not_found"


async def test_another_customer_hears_nothing_of_a_ticket(
    hub: Hub, connect: Connect, vera: User, gleb: User, anna: User
) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    his, agent = await connect(gleb), await connect(anna)
    await agent.subscribe(ticket.pk)
    await bridge.run(a_reply_by, anna, ticket)
    await agent.wait_for("message_new")
    await agent.wait_for("inbox_updated", sequence=4)
    assert {frame["type"] for frame in his.take()} == {"heartbeat"}


async def test_a_note_being_typed_shows_nothing_to_the_customer(
    hub: Hub, connect: Connect, vera: User, anna: User, boris: User
) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    hers, annas, boriss = await connect(vera), await connect(anna), await connect(boris)
    for client in (hers, annas, boriss):
        await client.subscribe(ticket.pk)
    await annas.send("typing", ticket=ticket.pk, internal=True)
    shown = await boriss.wait_for("message_typing")
    assert (shown["data"]["user"]["name"], shown["data"]["internal"]) == ("Anna", True)
    await boriss.send("typing", ticket=ticket.pk, internal=False)
    shown = await hers.wait_for("message_typing")
    assert (shown["data"]["user"]["name"], shown["data"]["internal"]) == ("Boris", False)
    assert len(hers.of("message_typing")) == 1
    assert len(annas.of("message_typing")) == 1  # one's own typing does not come back


async def test_a_customers_typing_is_never_a_note(hub: Hub, connect: Connect, vera: User, anna: User) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    hers, his = await connect(vera), await connect(anna)
    await hers.subscribe(ticket.pk)
    await his.subscribe(ticket.pk)
    await hers.send("typing", ticket=ticket.pk, internal=True)
    assert (await his.wait_for("message_typing"))["data"]["internal"] is False
