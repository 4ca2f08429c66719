"""Who gets in. All of it is decided before the handshake is answered."""

from datetime import timedelta

import pytest
import time_machine
from pytest_django import Settings

from accounts import clock
from accounts.models import User
from accounts.services.sessions import sign_out_everywhere
from chat import bridge, connection_limits
from chat.authentication import allowed_origins
from chat.hub import hub_of_this_loop
from chat.sockets import CloseCode
from tests.chat.conftest import Connect
from tests.support.live import a_socket_ticket, handshake


async def is_let_in(*subprotocols: str, origin: str | None = None, path: str = "/ws/") -> bool:
    communicator = handshake(*subprotocols, origin=origin, path=path)
    accepted, _protocol = await communicator.connect(timeout=5)
    if accepted:
        await communicator.disconnect(timeout=5)
    return bool(accepted)


@pytest.mark.parametrize(
    "subprotocols",
    [(), ("desk.v1",), ("desk.v1", "a guess"), ("desk.v2", "a guess"), ("desk.v1", "x" * 5000), ("desk.v1", "a", "b")],
)
async def test_without_a_ticket_of_the_desk_nobody_gets_in(threads: None, subprotocols: tuple[str, ...]) -> None:
    assert not await is_let_in(*subprotocols)


async def test_a_ticket_opens_one_socket_only(threads: None, vera: User) -> None:
    ticket, _family = await bridge.run(a_socket_ticket, vera)
    assert await is_let_in("desk.v1", ticket)
    assert not await is_let_in("desk.v1", ticket)


async def test_a_ticket_is_good_for_half_a_minute(threads: None, vera: User) -> None:
    ticket, _family = await bridge.run(a_socket_ticket, vera)
    with time_machine.travel(clock.now() + timedelta(seconds=31), tick=True):
        assert not await is_let_in("desk.v1", ticket)


async def test_a_ticket_ends_with_its_sign_in(threads: None, vera: User) -> None:
    ticket, _family = await bridge.run(a_socket_ticket, vera)
    await bridge.run(sign_out_everywhere, user_id=vera.pk)
    assert not await is_let_in("desk.v1", ticket)


async def test_a_foreign_page_is_refused_and_keeps_nobody_from_using_the_ticket(
    threads: None, vera: User, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://desk.example.com"
    ticket, _family = await bridge.run(a_socket_ticket, vera)
    for origin in ("https://evil.example", "https://desk.example.com.evil.example", "null", "https://web.telegram.org"):
        assert not await is_let_in("desk.v1", ticket, origin=origin)
    assert await is_let_in("desk.v1", ticket, origin="https://desk.example.com")


def test_only_a_trial_machine_has_other_names_for_itself(settings: Settings) -> None:
    settings.PUBLIC_URL, settings.DEBUG = "https://desk.example.com/", False
    assert allowed_origins() == {"https://desk.example.com"}
    settings.DEBUG = True
    assert f"http://localhost:{settings.PORT}" in allowed_origins()


async def test_another_address_is_refused_like_an_unknown_page(threads: None, vera: User) -> None:
    ticket, _family = await bridge.run(a_socket_ticket, vera)
    assert not await is_let_in("desk.v1", ticket, path="/ws/other/")


async def test_an_eleventh_socket_of_a_person_closes_the_oldest(connect: Connect, vera: User, gleb: User) -> None:
    other = await connect(gleb)
    first = await connect(vera)
    for _more in range(connection_limits.SOCKETS_OF_A_PERSON):
        await connect(vera)
    assert await first.wait_closed() == CloseCode.REPLACED
    assert len(hub_of_this_loop().registry.of_person(vera.pk)) == connection_limits.SOCKETS_OF_A_PERSON
    assert other.code is None


@pytest.mark.parametrize("limit", ["SOCKETS_OF_AN_ADDRESS", "SOCKETS_OF_A_PROCESS"])
async def test_an_address_and_a_process_hold_only_so_many(
    connect: Connect, vera: User, gleb: User, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(f"chat.authentication.{limit}", 1)
    client = await connect(vera)
    ticket, _family = await bridge.run(a_socket_ticket, gleb)
    assert not await is_let_in("desk.v1", ticket)
    await client.close()
    assert await is_let_in("desk.v1", ticket)
