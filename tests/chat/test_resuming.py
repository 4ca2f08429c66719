"""Whatever is lost on the way, a client that asks, or waits for a heartbeat, has everything."""

import asyncio
from itertools import pairwise

import pytest

from accounts.models import User
from chat import bridge
from chat.hub import Hub
from tests.chat.conftest import Connect
from tests.support.desk import a_note_by, a_reply_by, a_ticket_of
from tests.support.live import JSON, LiveClient
from tests.support.nudges import Weather


def new_messages(client: LiveClient) -> list[JSON]:
    """As the client has them: live, and inside of answers."""
    events = [event for frame in client.of("resumed") for event in frame["data"]["events"]]
    return [frame for frame in [*events, *client.of("message_new")] if frame["type"] == "message_new"]


@pytest.fixture
def weather(hub: Hub) -> Weather:
    weather = Weather(hub._hear)
    hub.listener._hear = weather
    return weather


async def test_a_client_gets_what_came_while_it_was_away(hub: Hub, connect: Connect, vera: User, anna: User) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    first = await connect(vera)
    known = (await first.subscribe(ticket.pk))["sequence"]
    await first.close()
    texts = [f"answer {number}" for number in range(5)]
    for text in texts:
        await bridge.run(a_note_by, anna, ticket, "between us")
        await bridge.run(a_reply_by, anna, ticket, text)
    second = await connect(vera)
    answer = await second.subscribe(ticket.pk, after=known)
    assert [event["data"]["text"] for event in answer["data"]["events"] if event["type"] == "message_new"] == texts
    assert all(b["sequence"] == a["sequence"] + 1 for a, b in pairwise(answer["data"]["events"]))
    assert answer["sequence"] == answer["data"]["events"][-1]["sequence"]


async def test_a_client_that_is_too_far_behind_or_ahead_starts_again(
    connect: Connect, vera: User, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    client = await connect(anna)
    ahead = await client.subscribe(ticket.pk, after=1000)
    assert (ahead["type"], ahead["sequence"]) == ("reset", 2)
    monkeypatch.setattr("tickets.representations.frames.frames_after.__kwdefaults__", {"limit": 1})
    behind = await client.subscribe(ticket.pk, after=0)
    assert (behind["type"], behind["sequence"]) == ("reset", 2)


async def test_what_happens_while_the_answer_is_read_comes_after_it(
    hub: Hub, connect: Connect, vera: User, anna: User
) -> None:
    """Join first, then read: a reply committed between the two is neither lost nor told twice."""
    ticket = await bridge.run(a_ticket_of, vera)
    client = await connect(anna)
    for number in range(10):
        before = len(client.take())
        await asyncio.gather(
            client.send("subscribe", ticket=ticket.pk, after=0),
            bridge.run(a_reply_by, vera, ticket, f"reply {number}"),
        )
        answer = await client.wait_for("resumed", since=before)
        if answer["sequence"] < 3 + number:
            await client.wait_for("message_new", since=before, sequence=3 + number)
        live = [frame["sequence"] for frame in client.take()[before:] if frame["type"] == "message_new"]
        assert len(live) == len(set(live))
        position = client.frames.index(answer, before)
        assert not [frame for frame in client.frames[before:position] if frame["type"] == "message_new"]


async def test_doubled_and_reordered_nudges_change_nothing(
    hub: Hub, connect: Connect, weather: Weather, vera: User, anna: User
) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    hers, his = await connect(vera), await connect(anna)
    await hers.subscribe(ticket.pk)
    await his.subscribe(ticket.pk)
    weather.double, weather.delay = 0.5, 0.05
    for number in range(20):
        await bridge.run(a_reply_by, vera, ticket, str(number))
    for client in (hers, his):
        await client.wait_for("message_new", sequence=22)
        await asyncio.sleep(0.1)
        assert [frame["sequence"] for frame in client.of("message_new")] == list(range(3, 23))


async def test_a_lost_nudge_is_made_good_by_the_next(
    hub: Hub, connect: Connect, weather: Weather, vera: User, anna: User
) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    client = await connect(anna)
    await client.subscribe(ticket.pk)
    weather.lose = 1.0
    for number in range(3):
        await bridge.run(a_reply_by, vera, ticket, str(number))
    await asyncio.sleep(0.2)
    assert client.of("message_new") == []
    weather.lose = 0.0
    await bridge.run(a_reply_by, vera, ticket, "3")
    await client.wait_for("message_new", sequence=6)
    assert [frame["data"]["text"] for frame in client.of("message_new")] == ["0", "1", "2", "3"]


async def test_a_lost_nudge_is_made_good_by_the_heartbeat_which_tells_how_far_one_should_be(
    connect: Connect, vera: User, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.heartbeat.HEARTBEAT_SECONDS", 0.3)
    ticket = await bridge.run(a_ticket_of, vera)
    monkeypatch.setattr("chat.broadcasting.publish", lambda *_kind, **_ids: None)
    hers, his, lists = await connect(vera), await connect(anna), await connect(anna)
    await hers.subscribe(ticket.pk)
    await his.subscribe(ticket.pk)
    await bridge.run(a_note_by, anna, ticket)
    await bridge.run(a_reply_by, anna, ticket)
    assert (await his.wait_for("message_new", sequence=4))["data"]["internal"] is False
    await hers.wait_for("message_new", sequence=3)
    await lists.wait_for("inbox_updated", sequence=5)
    await his.wait_for("heartbeat", since=len(his.frames))
    await hers.wait_for("heartbeat", since=len(hers.frames))
    assert his.of("heartbeat")[-1]["data"]["tickets"] == {str(ticket.pk): 5}
    assert hers.of("heartbeat")[-1]["data"]["tickets"] == {str(ticket.pk): 4}


async def test_after_unsubscribing_nothing_comes(hub: Hub, connect: Connect, vera: User, anna: User) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    client, other = await connect(anna), await connect(vera)
    await client.subscribe(ticket.pk)
    await other.subscribe(ticket.pk)
    await client.send("unsubscribe", ticket=ticket.pk)
    await client.send("ping")
    await client.wait_for("heartbeat", since=len(client.take()))
    await bridge.run(a_reply_by, vera, ticket)
    await other.wait_for("message_new")
    assert client.of("message_new") == []
    assert hub.groups.find(ticket.pk) is not None
    await other.send("unsubscribe", ticket=ticket.pk)
    await other.send("ping")
    await other.wait_for("heartbeat", since=len(other.take()))
    assert hub.groups.tickets() == []


async def test_one_reading_of_the_log_serves_all_who_listen(
    hub: Hub, connect: Connect, vera: User, anna: User, boris: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chat import updates

    calls: list[object] = []
    read = updates.read_news
    monkeypatch.setattr(updates, "read_news", lambda *given: calls.append(given) or read(*given))
    ticket = await bridge.run(a_ticket_of, vera)
    clients = [await connect(person) for person in (vera, anna, anna, boris)]
    for client in clients:
        await client.subscribe(ticket.pk)
    await asyncio.sleep(0.1)
    calls.clear()
    await bridge.run(a_reply_by, vera, ticket)
    for client in clients:
        await client.wait_for("message_new")
    assert len(calls) <= 2  # the reply, and that its author has read it


async def test_who_has_read_how_far_is_told_at_once(connect: Connect, vera: User, anna: User) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    await bridge.run(a_reply_by, anna, ticket)
    client = await connect(vera)
    before = len(client.take())
    await client.subscribe(ticket.pk)
    read = {
        frame["data"]["user"]["name"]: frame["data"]["sequence"]
        for frame in client.take()[before:]
        if frame["type"] == "message_read"
    }
    assert read == {"Vera": 2, "Anna": 3}
