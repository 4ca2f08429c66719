"""The live part as it is served: daphne, real sockets."""

import asyncio
import socket as sockets
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from accounts.models import User
from accounts.services.sessions import sign_out_everywhere
from chat import bridge
from chat.sockets import CloseCode
from tests.support.desk import a_note_by, a_reply_by, a_ticket_of
from tests.support.live import a_socket_ticket
from tests.support.live_server import LiveServer, RealClient, running

pytestmark = [pytest.mark.xdist_group("daphne"), pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def daphne(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Iterator[LiveServer]:
    with running(tmp_path_factory.mktemp("daphne") / "log") as server:
        yield server
        assert "Traceback" not in server.said(), server.said()[-6000:]


async def open_socket(daphne: LiveServer, user: User, **more: object) -> RealClient:
    ticket, _family = await bridge.run(a_socket_ticket, user)
    client = await daphne.open(ticket, **more)
    await client.wait_for("heartbeat")
    return client


async def test_a_socket_is_refused_before_the_handshake_is_answered(
    daphne: LiveServer, threads: None, vera: User
) -> None:
    ticket, _family = await bridge.run(a_socket_ticket, vera)
    for wrong, origin in (("a-guess", daphne.origin), (ticket, "https://evil.example")):
        with pytest.raises(InvalidStatus) as refused:
            await daphne.open(wrong, origin=origin)
        assert refused.value.response.status_code == 403
    client = await daphne.open(ticket)
    assert client.connection.subprotocol == "desk.v1"
    with pytest.raises(InvalidStatus):
        await daphne.open(ticket)
    await client.connection.close()


async def test_a_quiet_socket_stays_open_and_hears_at_once(
    daphne: LiveServer, threads: None, vera: User, anna: User
) -> None:
    """A newer redis-py together with the stock layer would close it with 1011 after five seconds."""
    ticket = await bridge.run(a_ticket_of, vera)
    hers, his = await open_socket(daphne, vera), await open_socket(daphne, anna)
    await hers.subscribe(ticket.pk)
    await his.subscribe(ticket.pk)
    await asyncio.sleep(6.5)
    begun = asyncio.get_running_loop().time()
    await bridge.run(a_reply_by, anna, ticket)
    await hers.wait_for("message_new")
    assert asyncio.get_running_loop().time() - begun < 2
    await his.wait_for("message_new")
    for client in (hers, his):
        await client.connection.close()


async def test_an_oversized_frame_closes_the_socket_and_leaves_the_others_alone(
    daphne: LiveServer, threads: None, vera: User, anna: User
) -> None:
    bad, good = await open_socket(daphne, vera), await open_socket(daphne, anna)
    await bad.connection.send("x" * 70_000)
    assert await bad.wait_closed() in (1006, 1009)  # daphne drops the connection
    await good.send("ping")
    await good.connection.close()


async def test_an_answer_that_is_too_large_for_one_frame_comes_in_several(
    daphne: LiveServer, threads: None, vera: User, anna: User
) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    for number in range(20):
        await bridge.run(a_reply_by, vera, ticket, f"{number} " + "書" * 4000)
    client = await open_socket(daphne, anna)
    answer = await client.subscribe(ticket.pk, after=0)
    await client.wait_for("message_new", sequence=22)
    frames = [*answer["data"]["events"], *(frame for frame in client.frames if frame["type"] == "message_new")]
    assert answer["sequence"] == answer["data"]["events"][-1]["sequence"]
    assert [frame["sequence"] for frame in frames] == list(range(1, 23))
    await client.connection.close()


async def test_signing_out_closes_it_with_a_code_of_its_own(daphne: LiveServer, threads: None, vera: User) -> None:
    client = await open_socket(daphne, vera)
    await bridge.run(sign_out_everywhere, user_id=vera.pk)
    assert await client.wait_closed() == CloseCode.SIGNED_OUT


async def test_a_socket_that_reads_nothing_is_closed_and_costs_little(
    daphne: LiveServer, threads: None, vera: User, anna: User
) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    for _number in range(40):
        await bridge.run(a_reply_by, vera, ticket, "書" * 4000)
    secret, _family = await bridge.run(a_socket_ticket, anna)
    reader = await open_socket(daphne, vera)
    before = daphne.memory()
    with sockets.socket() as connection:
        connection.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", daphne.port))
        _shake_hands_by_hand(connection, daphne, secret)
        for _number in range(35):  # half a megabyte each
            _send_by_hand(connection, f'{{"type": "subscribe", "ticket": "{ticket.pk}", "after": 0}}'.encode())
        async with asyncio.timeout(20):
            while "does not read" not in daphne.said():
                await asyncio.sleep(0.05)
        assert daphne.memory() - before < 30 * 2**20
        await reader.send("ping")
        await reader.wait_for("heartbeat")
    await reader.connection.close()


def _shake_hands_by_hand(connection: sockets.socket, daphne: LiveServer, ticket: str) -> None:
    connection.sendall(
        f"GET /ws/ HTTP/1.1\r\nHost: 127.0.0.1:{daphne.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Protocol: desk.v1, {ticket}\r\n\r\n".encode()
    )
    answer = connection.recv(4096)
    assert b" 101 " in answer, answer


def _send_by_hand(connection: sockets.socket, payload: bytes) -> None:
    connection.sendall(bytes([0x81, 0x80 | len(payload)]) + b"\0\0\0\0" + payload)  # shorter than 126 bytes


@pytest.mark.campaign
async def test_five_hundred_clients_come_back_at_once(
    daphne: LiveServer, threads: None, vera: User, anna: User
) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    people = [await bridge.run(_a_person, number) for number in range(60)]
    tickets = [await bridge.run(a_socket_ticket, person) for person in people for _socket in range(8)]
    loop = asyncio.get_running_loop()

    async def come_back(secret: str) -> float:
        begun = loop.time()
        client = await daphne.open(secret, open_timeout=40)
        answer = await client.subscribe(ticket.pk, after=0, seconds=40)
        assert answer["type"] == "resumed"
        opened.append(client)
        return loop.time() - begun

    opened: list[RealClient] = []
    begun = loop.time()
    await asyncio.gather(*(come_back(secret) for secret, _family in tickets))
    assert loop.time() - begun < 40
    posted = loop.time()
    await bridge.run(a_reply_by, vera, ticket, "after the storm")
    await asyncio.gather(*(client.wait_for("message_new", sequence=3, seconds=15) for client in opened))
    assert loop.time() - posted < 10
    await asyncio.gather(*(client.connection.close() for client in opened))


def _a_person(number: int) -> User:
    return User.objects.create(first_name=f"Agent {number}", role="agent", telegram_id=90_000 + number)


async def test_a_client_on_another_process_sees_the_same(
    daphne: LiveServer, threads: None, vera: User, anna: User, tmp_path: Path
) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    with running(tmp_path / "log") as second:
        here, there = await open_socket(daphne, vera), await open_socket(second, anna)
        await here.subscribe(ticket.pk)
        await there.subscribe(ticket.pk)
        await there.send("typing", ticket=ticket.pk, internal=False)
        assert (await here.wait_for("message_typing"))["data"]["user"]["name"] == "Anna"
        await here.send("viewing", ticket=ticket.pk, state="viewing")
        assert (await there.wait_for("user_viewing"))["data"]["user"]["name"] == "Vera"
        await bridge.run(a_note_by, anna, ticket)
        await bridge.run(a_reply_by, anna, ticket)
        assert (await here.wait_for("message_new"))["sequence"] == 3
        await there.wait_for("message_new", sequence=4)
        await here.connection.close()
        assert await there.wait_for("user_viewing", data={**_seen(there), "state": "gone"})
        await there.connection.close()


def _seen(client: RealClient) -> dict[str, object]:
    return next(frame["data"] for frame in client.frames if frame["type"] == "user_viewing")


async def test_a_foreign_ticket_is_not_there(daphne: LiveServer, threads: None, vera: User, gleb: User) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    client = await open_socket(daphne, gleb)
    assert (await client.subscribe(ticket.pk))["code"] == "not_found"
    assert (await client.subscribe(uuid4()))["code"] == "not_found"
    await client.connection.close()


async def test_a_killed_process_is_left_behind_without_a_loss(
    threads: None, vera: User, anna: User, tmp_path: Path
) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    with running(tmp_path / "first") as first, running(tmp_path / "second") as second:
        client = await open_socket(first, vera)
        known = (await client.subscribe(ticket.pk))["sequence"]
        first.stop(9)
        with pytest.raises(ConnectionClosed):
            await client.wait_for("message_new")
        await bridge.run(a_reply_by, anna, ticket, "meanwhile")
        again = await open_socket(second, vera)
        answer = await again.subscribe(ticket.pk, after=known)
        assert [event["type"] for event in answer["data"]["events"]] == ["message_new", "ticket_status_changed"]
        await again.connection.close()
