"""Token buckets: counted together in Redis, alone without it, never open and never closed."""

from collections.abc import Iterator
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from pytest_django import Settings

from accounts import rate_limits
from accounts.errors import RateLimited
from accounts.rate_limits import Limit, _take

LIMIT = Limit(name="test", burst=5, per_second=0.01)


@pytest.fixture
def without_redis(settings: Settings) -> Iterator[None]:
    settings.REDIS_URL = "unix:///nowhere/v.sock"
    rate_limits._rest.end()
    yield
    rate_limits._rest.end()


def knock(times: int, identity: str) -> int:
    """How many of the knocks were let in."""
    admitted, refusals = 0, list[float]()
    for _ in range(times):
        try:
            _take(LIMIT, identity)
            admitted += 1
        except RateLimited as error:
            refusals.append(error.retry_after)
    assert all(0 < wait <= 100 for wait in refusals)
    return admitted


def test_the_burst_is_let_in_and_no_more() -> None:
    assert knock(8, str(uuid4())) == 5


def test_without_redis_the_same_numbers_hold_in_this_process(without_redis: None) -> None:
    assert knock(8, str(uuid4())) == 5


def test_twenty_at_once_are_no_way_around() -> None:
    identity, start, admitted = str(uuid4()), Barrier(20), []

    def one() -> None:
        start.wait()
        admitted.append(knock(1, identity))

    threads = [Thread(target=one) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(admitted) == 5


def test_neighbours_in_one_ipv6_network_share_a_bucket() -> None:
    from accounts.addresses import network_of

    assert network_of("2001:db8::1") == network_of("2001:db8::ffff") != network_of("2001:db8:1::1")
    assert network_of("::ffff:10.0.0.1") == network_of("10.0.0.1")
    assert network_of("nonsense") == "unknown"
