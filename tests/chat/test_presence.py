"""Who is there: told in small portions, and forgotten by itself."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from accounts.models import Team, User
from chat import bridge, presence, viewing
from chat.hub import Hub
from chat.nudges import Kind, make_nudge
from tests.chat.conftest import Connect
from tests.support.desk import a_ticket_of
from tests.support.live import LiveClient


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "PORTION_SECONDS", 0.02)
    monkeypatch.setattr(presence, "GRACE", 0.1)


def names(client: LiveClient, kind: str) -> list[str]:
    return [frame["data"]["user"]["name"] for frame in client.of(kind)]


async def test_staff_learn_who_comes_and_goes(hub: Hub, connect: Connect, vera: User, anna: User, boris: User) -> None:
    his = await connect(anna)
    hers = await connect(vera)
    await his.wait_for("user_online", data={"user": {"id": str(vera.pk), "name": "Vera", "role": "customer"}})
    other = await connect(boris)  # after everybody has been told of her
    await his.wait_for("user_online", data={"user": {"id": str(boris.pk), "name": "Boris", "role": "agent"}})
    await other.wait_for("user_online")
    assert names(other, "user_online") == ["Anna"]  # the colleagues at once, customers as they come
    await hers.close()
    await his.wait_for("user_offline")
    assert names(his, "user_offline") == ["Vera"]


async def test_a_customer_learns_of_those_who_share_the_ticket_only(
    hub: Hub, connect: Connect, vera: User, gleb: User, anna: User, boris: User
) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    hers = await connect(vera)
    await hers.subscribe(ticket.pk)
    agent, _colleague, _stranger = await connect(anna), await connect(boris), await connect(gleb)
    await agent.subscribe(ticket.pk)
    await hers.wait_for("user_online")
    await agent.wait_for("user_online", data={"user": {"id": str(vera.pk), "name": "Vera", "role": "customer"}})
    await agent.close()
    await hers.wait_for("user_offline")
    assert set(names(hers, "user_online") + names(hers, "user_offline")) == {"Anna"}


async def test_a_reload_is_no_departure(
    hub: Hub, connect: Connect, vera: User, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "GRACE", 1.0)  # a busy machine takes its time for a new socket
    his = await connect(anna)
    first = await connect(vera)
    await his.wait_for("user_online")
    await first.close()
    await connect(vera)
    await asyncio.sleep(1.2)
    assert names(his, "user_offline") == []


async def test_a_crowd_is_told_of_in_portions(
    hub: Hub, connect: Connect, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "PORTION_FRAMES", 1)
    monkeypatch.setattr(presence, "PORTION_SECONDS", 0.05)
    his = await connect(anna)
    for number in range(5):
        person = {"id": f"00000000-0000-4000-8000-00000000000{number}", "name": str(number), "role": "customer"}
        nudge = make_nudge(Kind.PRESENCE, process="other", person=person, online=True, tickets=[])
        hub.presence.hear(nudge)
    await asyncio.sleep(0.01)
    assert len(names(his, "user_online")) <= 1
    async with asyncio.timeout(5):
        while len(names(his, "user_online")) < 5:
            await asyncio.sleep(0.01)


async def test_a_dead_process_takes_its_people_along(
    hub: Hub, connect: Connect, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    his = await connect(anna)
    person = {"id": "00000000-0000-4000-8000-000000000001", "name": "Far", "role": "customer"}
    hub.presence.hear_roll_call(make_nudge(Kind.ROLL_CALL, process="other", people=[person]))
    await his.wait_for("user_online")
    monkeypatch.setattr(presence, "FORGET_PROCESS_AFTER", 0.0)
    hub.presence.forget_silent_processes()
    await his.wait_for("user_offline")


async def test_colleagues_see_who_looks_at_a_ticket_and_customers_do_not(
    hub: Hub, connect: Connect, vera: User, anna: User, boris: User, mila: User, billing: Team
) -> None:
    def apart() -> None:
        User.objects.filter(pk=boris.pk).update(team=billing)
        type(ticket).objects.filter(pk=ticket.pk).update(team=Team.objects.create(name="Shipping"))

    ticket = await bridge.run(a_ticket_of, vera)
    await bridge.run(apart)
    hers, annas, stranger, manager = [await connect(user) for user in (vera, anna, boris, mila)]
    for client in (hers, annas):
        await client.subscribe(ticket.pk)
    await annas.send("viewing", ticket=ticket.pk, state="viewing")
    seen = await manager.wait_for("user_viewing")  # a list shows it too
    assert (seen["ticket"], seen["data"]["state"], seen["data"]["user"]["name"]) == (str(ticket.pk), "viewing", "Anna")
    await manager.subscribe(ticket.pk)
    await annas.send("viewing", ticket=ticket.pk, state="away")
    await manager.wait_for("user_viewing", data={**seen["data"], "state": "away"})
    late = await connect(mila)
    await late.subscribe(ticket.pk)
    await late.wait_for("user_viewing", data={**seen["data"], "state": "away"})
    await annas.close()
    await manager.wait_for("user_viewing", data={**seen["data"], "state": "gone"})
    assert hers.of("user_viewing") == stranger.of("user_viewing") == []


async def test_leaving_a_ticket_ends_the_look_at_it(
    hub: Hub, connect: Connect, vera: User, anna: User, mila: User
) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    his, manager = await connect(anna), await connect(mila)
    await his.subscribe(ticket.pk)
    for leave in ({"kind": "viewing", "ticket": None}, {"kind": "unsubscribe", "ticket": ticket.pk}):
        await his.subscribe(ticket.pk)
        before = len(manager.take())
        await his.send("viewing", ticket=ticket.pk, state="viewing")
        await his.send(**leave)
        await manager.wait_for("user_viewing", since=before)
        async with asyncio.timeout(5):
            while [frame["data"]["state"] for frame in manager.take()[before:] if frame["type"] == "user_viewing"] != [
                "viewing",
                "gone",
            ]:
                await asyncio.sleep(0.01)


async def test_who_looks_in_one_window_looks_wherever_else_the_ticket_is_open(
    hub: Hub, connect: Connect, vera: User, anna: User, mila: User
) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    first, second, manager = [await connect(user) for user in (anna, anna, mila)]
    person = {"id": str(anna.pk), "name": "Anna", "role": "agent"}
    place = {"customer": vera.pk, "assignee": None, "team": None}

    async def told(do: Callable[[], Awaitable[None]], state: str) -> None:
        since = len(manager.frames)
        await do()
        await manager.wait_for("user_viewing", since=since)
        assert manager.of("user_viewing")[-1]["data"] == {"user": person, "state": state}

    async def elsewhere(state: str) -> None:
        hub.viewing.hear(
            make_nudge(Kind.VIEWING, process="other", ticket=ticket.pk, person=person, state=state, **place)
        )

    for client in (first, second):
        await client.subscribe(ticket.pk)
    for do, state in (
        (lambda: first.send("viewing", ticket=ticket.pk, state="viewing"), "viewing"),
        (lambda: second.send("viewing", ticket=ticket.pk, state="away"), "viewing"),
        (lambda: elsewhere("away"), "viewing"),
        (lambda: first.send("viewing", ticket=None), "away"),
        (lambda: elsewhere("viewing"), "viewing"),
        (lambda: second.close(), "viewing"),
        (lambda: elsewhere("gone"), "gone"),
    ):
        await told(do, state)


async def test_a_look_that_nobody_tells_again_ends(
    hub: Hub, connect: Connect, vera: User, anna: User, mila: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    his, manager = await connect(anna), await connect(mila)
    await his.subscribe(ticket.pk)
    monkeypatch.setattr(viewing, "LASTS", 0.0)
    await his.send("viewing", ticket=ticket.pk, state="viewing")
    await manager.wait_for("user_viewing")
    before = len(manager.frames)
    await manager.subscribe(ticket.pk)
    assert not [frame for frame in manager.frames[before:] if frame["type"] == "user_viewing"]
    hub.viewing.forget_old()


async def test_typing_is_passed_on_at_most_once_a_second(hub: Hub, connect: Connect, vera: User, anna: User) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    hers, his = await connect(vera), await connect(anna)
    await hers.subscribe(ticket.pk)
    await his.subscribe(ticket.pk)
    for _key in range(10):
        await hers.send("typing", ticket=ticket.pk)
    await hers.send("ping")
    await hers.wait_for("heartbeat", since=len(hers.frames))
    assert len(his.of("message_typing")) == 1
