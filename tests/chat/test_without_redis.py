"""Redis makes it fast; nothing depends on it. It repairs itself when Redis comes back."""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from channels.layers import get_channel_layer
from pytest_django import Settings

from accounts.models import User
from chat import bridge, broadcasting
from chat.hub import Hub, hub_of_this_loop
from chat.nudges import GROUP, Kind
from tests.chat.conftest import Connect
from tests.support.desk import a_note_by, a_reply_by, a_ticket_of
from tests.support.own_redis import OwnRedis


@pytest.fixture
def own_redis(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnRedis]:
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:  # a Unix socket's path must be short
        server = OwnRedis(Path(folder))
        server.start()
        hosts = [{"address": server.url, "socket_timeout": None}]
        settings.REDIS_URL = server.url
        layer = settings.CHANNEL_LAYERS["default"]
        settings.CHANNEL_LAYERS = {"default": {**layer, "CONFIG": {**layer["CONFIG"], "hosts": hosts}}}
        broadcasting._rest.end()
        yield server
        server.stop()


async def hears(hub: Hub, *, seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while hub.listener.deaf:
            await asyncio.sleep(0.02)


async def is_deaf(hub: Hub, *, seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not hub.listener.deaf:
            await asyncio.sleep(0.02)


async def test_the_nudge_reaches_the_group_of_the_channel_layer_and_holds_ids_only(threads: None, vera: User) -> None:
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(GROUP, channel)
    ticket = await bridge.run(a_ticket_of, vera, "a secret")
    nudges = [await asyncio.wait_for(layer.receive(channel), 5) for _number in range(3)]
    assert {nudge["kind"] for nudge in nudges} == {"ticket", "read"}
    last = next(nudge for nudge in nudges if nudge.get("sequence") == 2)
    assert last == {"type": "nudge", "kind": "ticket", "ticket": str(ticket.pk), "sequence": 2, "public_sequence": 2}
    await layer.flush()


async def test_people_go_on_talking_while_redis_is_away_and_after_it_has_come_back_empty(
    own_redis: OwnRedis, connect: Connect, vera: User, anna: User
) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    hers, his, lists = await connect(vera), await connect(anna), await connect(anna)
    hub = hub_of_this_loop()
    await hears(hub)
    await hers.subscribe(ticket.pk)
    await his.subscribe(ticket.pk)
    own_redis.stop()
    await is_deaf(hub)
    await bridge.run(a_note_by, anna, ticket, "without Redis")
    await bridge.run(a_reply_by, anna, ticket, "still here")
    assert (await hers.wait_for("message_new", seconds=4))["data"]["text"] == "still here"
    assert (await his.wait_for("message_new", sequence=4, seconds=4))["data"]["text"] == "still here"
    await lists.wait_for("inbox_updated", sequence=5, seconds=4)
    late = await connect(vera)  # the door does not need Redis either
    assert (await late.subscribe(ticket.pk, after=0))["type"] == "resumed"
    own_redis.start()
    own_redis.flush()
    await hears(hub, seconds=20)
    await asyncio.sleep(1.1)  # those who nudge try again after a second
    begun = time.monotonic()
    await bridge.run(a_reply_by, vera, ticket, "welcome back")
    await his.wait_for("message_new", sequence=6)
    assert time.monotonic() - begun < 1
    for client in (hers, his):
        sequences = [frame["sequence"] for frame in client.of("message_new")]
        assert len(sequences) == len(set(sequences))
    assert "without Redis" not in str(hers.take())


async def test_a_redis_that_hangs_holds_nobody_up(
    own_redis: OwnRedis, connect: Connect, vera: User, anna: User
) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    client = await connect(anna)
    hub = hub_of_this_loop()
    await hears(hub)
    await client.subscribe(ticket.pk)
    own_redis.freeze()
    begun = time.monotonic()
    for number in range(10):
        await bridge.run(a_reply_by, vera, ticket, str(number))
    assert time.monotonic() - begun < 5
    await client.wait_for("message_new", sequence=12, seconds=8)
    own_redis.thaw()
    await hears(hub, seconds=20)


def test_publishing_to_nobody_takes_no_time_and_raises_nothing(settings: Settings) -> None:
    settings.REDIS_URL = "unix:///tmp/there-is-none.sock?db=0"
    broadcasting._rest.end()
    begun = time.monotonic()
    for _number in range(1000):
        broadcasting.publish(Kind.PULSE)
    assert time.monotonic() - begun < 1


async def test_redis_away_from_the_beginning(own_redis: OwnRedis, connect: Connect, vera: User, anna: User) -> None:
    own_redis.stop()
    ticket = await bridge.run(a_ticket_of, vera)
    client = await connect(anna)
    await client.subscribe(ticket.pk)
    await bridge.run(a_reply_by, vera, ticket)
    await client.wait_for("message_new", seconds=4)
    own_redis.start()
    await hears(hub_of_this_loop(), seconds=20)
