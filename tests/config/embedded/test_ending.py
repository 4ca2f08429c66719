import threading
from collections.abc import Callable

import pytest

from config.embedded.services import ensure, leave, stop
from config.embedded.sockets import alive

from .conftest import Services

Eventually = Callable[[Callable[[], object]], None]


def test_the_services_end_a_while_after_their_last_user(services: Services, eventually: Eventually) -> None:
    services.linger = "0.5"
    holder, other = services.hold(), services.hold()
    holder.leave()
    assert alive(services.base)
    other.leave()
    eventually(services.all_dead)


def test_a_user_who_comes_while_they_leave_gets_new_ones(services: Services, eventually: Eventually) -> None:
    services.linger = "0"
    for _round in range(3):
        services.hold().leave()
    services.hold()
    assert alive(services.base)


def test_stop_ends_them_whoever_uses_them(services: Services) -> None:
    services.hold()
    stop(services.base)
    assert services.all_dead()
    assert not alive(services.base)


def test_stop_returns_though_a_user_starts_them_anew_at_once(services: Services) -> None:
    services.hold()
    over = threading.Event()

    def insist() -> None:
        while not over.is_set():
            ensure(services.base)

    user = threading.Thread(target=insist)
    user.start()
    for _round in range(5):
        stop(services.base)
    over.set()
    user.join()
    assert alive(services.base)
    leave(services.base)


def test_stop_is_content_where_nothing_runs(services: Services) -> None:
    stop(services.base)
    leave(services.base)
    assert not services.base.exists()


def test_the_last_to_leave_ends_them_at_once(services: Services) -> None:
    ensure(services.base)
    leave(services.base)
    assert services.all_dead()


def test_who_leaves_does_not_take_them_from_others(services: Services) -> None:
    services.hold()
    ensure(services.base)
    leave(services.base)
    assert alive(services.base)


@pytest.mark.parametrize("victim", ["config.embedded.supervisor", "bin/postgres", "pg/data"])
def test_a_user_left_alone_finds_them_again(services: Services, victim: str, eventually: Eventually) -> None:
    services.hold()
    services.kill(victim)
    eventually(services.all_dead)
    ensure(services.base)
    assert alive(services.base)
    leave(services.base)
