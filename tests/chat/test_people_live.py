"""What staff know of a customer: whoever has a ticket of theirs open hears that it has changed, not what it says."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from accounts.models import User
from accounts.services.people import keep_own_phone, set_active
from chat import bridge
from chat.hub import Hub
from tests.chat.conftest import Connect
from tests.support.desk import a_ticket_of, acting
from tickets.representations.cards import represent_card
from tickets.services.person_notes import add_person_note, remove_person_note


async def test_a_note_about_a_customer_is_told_to_colleagues_who_have_a_ticket_of_theirs_open(
    hub: Hub, connect: Connect, vera: User, gleb: User, anna: User, boris: User
) -> None:
    mine, another = await bridge.run(a_ticket_of, vera), await bridge.run(a_ticket_of, gleb)
    customer, agent, elsewhere, idle = [await connect(one) for one in (vera, anna, boris, anna)]
    for client, ticket in ((customer, mine), (agent, mine), (elsewhere, another)):
        await client.subscribe(ticket.pk)
    about: dict[str, Any] = {"person_id": vera.pk, "note_id": uuid4()}
    await bridge.run(lambda: add_person_note(actor=acting(boris), **about, text="Prefers the evening"))
    assert await agent.wait_for("person_changed") == {"type": "person_changed", "data": {"person": str(vera.pk)}}
    # the same once more says nothing
    await bridge.run(lambda: add_person_note(actor=acting(boris), **about, text="Prefers the evening"))
    since = len(agent.take())
    await bridge.run(lambda: remove_person_note(actor=acting(boris), **about))
    await agent.wait_for("person_changed", since=since)
    assert len(agent.of("person_changed")) == 2
    for client in (customer, elsewhere, idle):
        since = len(client.take())
        await client.send("ping")
        await client.wait_for("heartbeat", since=since)
        assert client.of("person_changed") == []


async def test_a_customer_who_is_blocked_or_let_in_again_is_told_to_colleagues(
    connect: Connect, vera: User, anna: User, adam: User
) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    agent = await connect(anna)
    await agent.subscribe(ticket.pk)
    for is_active in (False, True):
        since = len(agent.take())
        await bridge.run(lambda active=is_active: set_active(actor=acting(adam), user_id=vera.pk, is_active=active))
        told = await agent.wait_for("person_changed", since=since)
        assert told["data"] == {"person": str(vera.pk)}
        card = await bridge.run(lambda: represent_card(acting(anna), vera.pk))
        assert card["person"]["is_active"] is is_active


async def test_a_note_about_somebody_who_is_here_asks_nothing_about_their_access(
    hub: Hub, connect: Connect, vera: User, anna: User, boris: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[UUID] = []

    async def check(user_id: UUID) -> None:
        asked.append(user_id)

    monkeypatch.setattr(hub.access, "check_person", check)
    ticket = await bridge.run(a_ticket_of, vera)
    customer, agent = await connect(vera), await connect(anna)
    for client in (customer, agent):
        await client.subscribe(ticket.pk)
    about: dict[str, Any] = {"person_id": vera.pk, "note_id": uuid4()}
    await bridge.run(lambda: add_person_note(actor=acting(boris), **about, text="Prefers the evening"))
    await agent.wait_for("person_changed")
    assert asked == []
    # a change of the person themselves does
    since = len(agent.take())
    await bridge.run(lambda: keep_own_phone(actor=acting(vera), phone="+79001234567"))
    await agent.wait_for("person_changed", since=since)
    assert asked == [vera.pk]
