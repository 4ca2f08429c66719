"""What clients may say: nonsense, floods and oversize do no harm."""

import asyncio
import json
from datetime import datetime
from uuid import uuid4

import pytest

from accounts.models import Language, User
from chat import bridge, connection_limits
from chat.hub import Hub
from chat.protocol import LARGEST_FRAME, CatchUp, InvalidFrame, Subscribe, Viewing, read_frame
from chat.sockets import CloseCode
from tests.chat.conftest import Connect
from tests.support.desk import a_reply_by, a_ticket_of
from tickets.models import Participant

ID = "0193b2a0-0000-7000-8000-000000000001"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "1e999",
        "{",
        '"subscribe"',
        "{}",
        '{"type": 1}',
        '{"type": ["subscribe"]}',
        '{"type": "live.nudge"}',
        '{"type": "websocket.close"}',
        '{"type": "__init__"}',
        '{"type": "subscribe"}',
        '{"type": "subscribe", "ticket": "1"}',
        '{"type": "subscribe", "ticket": 1}',
        f'{{"type": "subscribe", "ticket": "{{{ID[:-2]}}}"}}',
        f'{{"type": "subscribe", "ticket": "{ID}", "after": -1}}',
        f'{{"type": "subscribe", "ticket": "{ID}", "after": true}}',
        f'{{"type": "subscribe", "ticket": "{ID}", "after": 1.5}}',
        f'{{"type": "subscribe", "ticket": "{ID}", "after": 9007199254740993}}',
        f'{{"type": "subscribe", "ticket": "{ID}", "as": "admin"}}',
        f'{{"type": "typing", "ticket": "{ID}", "internal": "yes"}}',
        f'{{"type": "read", "ticket": "{ID}"}}',
        f'{{"type": "viewing", "ticket": "{ID}", "state": "gone"}}',
        '{"type": "viewing"}',
        '{"type": "catch_up", "since": 1700000000}',
        '{"type": "catch_up", "since": "yesterday"}',
        '{"type": "catch_up", "since": "2026-01-01T00:00:00"}',
        '{"type": "catch_up", "since": "0001-01-01T00:00:00+23:59"}',
        f'{{"type": "catch_up", "since": "2026-01-01T00:00:00Z{" " * 40}"}}',
        f'{{"type": "catch_up", "ticket": "{ID}"}}',
        '{"type": "ping", "extra": "\\u0000"}',
        '{"type": "ping", "extra": "\\ud800"}',
        "[" * 50_000,
    ],
)
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(InvalidFrame):
        read_frame(text)


def test_a_client_may_leave_out_what_has_a_default() -> None:
    assert read_frame(f'{{"type": "subscribe", "ticket": "{ID}", "after": null}}') == read_frame(
        f'{{"type": "subscribe", "ticket": "{ID}"}}'
    )
    assert isinstance(read_frame(f'{{"type": "subscribe", "ticket": "{ID}", "after": 0}}'), Subscribe)
    assert read_frame('{"type": "viewing", "ticket": null}') == Viewing(None, "viewing")
    assert read_frame('{"type": "catch_up"}') == CatchUp(None)
    assert read_frame('{"type": "catch_up", "since": "9999-12-31T23:59:59-23:59"}') == CatchUp(
        datetime.fromisoformat("9999-12-31T23:59:59-23:59")
    )


async def test_an_error_is_told_in_the_persons_language_and_the_socket_goes_on(connect: Connect, vera: User) -> None:
    vera.language = Language.ENGLISH
    client = await connect(vera)
    await client.communicator.send_input({"type": "websocket.receive", "text": "nonsense"})
    error = await client.wait_for("error")
    assert (error["code"], error["message"]) == ("invalid_frame", "The desk did not understand this frame.")
    await client.communicator.send_input({"type": "websocket.receive", "bytes": b"\xff\xfe"})
    await client.send("ping")
    await client.wait_for("heartbeat", since=len(client.frames))


async def test_a_flood_is_answered_then_ended_while_others_go_on(
    hub: Hub, connect: Connect, vera: User, anna: User
) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    flooder, agent = await connect(vera), await connect(anna)
    await agent.subscribe(ticket.pk)
    for _frame in range(connection_limits.FRAMES_AT_ONCE + connection_limits.OFFENCES + 50):
        await flooder.send("ping")
    assert await flooder.wait_closed() == CloseCode.TOO_MANY_FRAMES
    assert len(flooder.of("heartbeat")) <= connection_limits.FRAMES_AT_ONCE + 10
    assert {error["code"] for error in flooder.of("error")} == {"rate_limited"}
    await bridge.run(a_reply_by, vera, ticket)
    await agent.wait_for("message_new")


async def test_endless_nonsense_ends_the_socket(connect: Connect, vera: User) -> None:
    client = await connect(vera)
    for _frame in range(connection_limits.FRAMES_AT_ONCE + connection_limits.OFFENCES + 1):
        await client.communicator.send_input({"type": "websocket.receive", "text": "{}"})
    assert await client.wait_closed() == CloseCode.TOO_MANY_FRAMES


async def test_an_oversized_frame_ends_the_socket(connect: Connect, vera: User) -> None:
    client = await connect(vera)
    text = json.dumps({"type": "ping", "padding": "x" * LARGEST_FRAME})
    await client.communicator.send_input({"type": "websocket.receive", "text": text})
    assert await client.wait_closed() == CloseCode.TOO_BIG


async def test_only_so_many_tickets_are_followed_at_once(
    connect: Connect, anna: User, vera: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.resume.TICKETS_OF_A_SOCKET", 1)
    tickets = [await bridge.run(a_ticket_of, vera) for _number in range(2)]
    client = await connect(anna)
    assert (await client.subscribe(tickets[0].pk))["type"] == "resumed"
    refused = await client.subscribe(tickets[1].pk)
    assert (refused["code"], refused["ticket"]) == ("too_many_subscriptions", str(tickets[1].pk))
    await client.send("unsubscribe", ticket=tickets[0].pk)
    assert (await client.subscribe(tickets[1].pk))["type"] == "resumed"


async def test_reading_is_kept_and_told_to_the_other_side(hub: Hub, connect: Connect, vera: User, anna: User) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    await bridge.run(a_reply_by, anna, ticket)
    hers, his = await connect(vera), await connect(anna)
    await hers.subscribe(ticket.pk)
    await his.subscribe(ticket.pk)
    before = len(his.take())
    await hers.send("read", ticket=ticket.pk, sequence=3)
    told = await his.wait_for("message_read", since=before)
    assert (told["data"]["user"]["name"], told["data"]["sequence"]) == ("Vera", 3)

    def held() -> int:
        return Participant.objects.get(ticket=ticket, user=vera).read_sequence

    assert await bridge.run(held) == 3


async def test_typing_and_viewing_need_a_subscription_and_reading_needs_sight(
    connect: Connect, vera: User, gleb: User
) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    client = await connect(gleb)
    for kind, more, code in (
        ("typing", {}, "not_subscribed"),
        ("viewing", {}, "not_subscribed"),
        ("read", {"sequence": 1}, "not_found"),
    ):
        for target in (ticket.pk, uuid4()):  # a foreign ticket and none at all are answered alike
            before = len(client.take())
            await client.send(kind, ticket=target, **more)
            error = await client.wait_for("error", since=before)
            assert (error["code"], error["ticket"]) == (code, str(target))


async def test_frames_are_answered_in_their_order(connect: Connect, vera: User, anna: User) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    client = await connect(anna)
    before = len(client.take())
    await client.send("subscribe", ticket=ticket.pk, after=0)
    await client.send("typing", ticket=ticket.pk)
    await client.send("ping")
    await client.wait_for("heartbeat", since=before)
    await asyncio.sleep(0)
    kinds = [frame["type"] for frame in client.frames[before:] if frame["type"] in ("resumed", "error", "heartbeat")]
    assert kinds == ["resumed", "heartbeat"]
