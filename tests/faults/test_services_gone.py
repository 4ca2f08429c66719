"""Valkey and PostgreSQL stopped, emptied and killed while people write: nothing is lost, and all recovers by itself."""

import os
import signal
import time

import httpx
import pytest
import redis

from tests.faults.traffic import Traffic
from tests.support.simulator import wait_until
from tests.support.whole_desk import WholeDesk

pytestmark = [pytest.mark.xdist_group("desk"), pytest.mark.timeout(400)]

# what beat says of a schedule that it could not pass on; it tries again
WITHOUT_VALKEY = ("redis.exceptions", "kombu.exceptions", "celery.beat.SchedulingError")


@pytest.fixture
def traffic(whole_desk: WholeDesk) -> Traffic:
    return Traffic(whole_desk)


def asleep(whole_desk: WholeDesk, service: str, seconds: float) -> None:
    """The process stands still with its connections open: worse than being away."""
    pid = whole_desk.service_pid(service)
    os.kill(pid, signal.SIGSTOP)
    try:
        time.sleep(seconds)
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize("seconds", [4, pytest.param(30, marks=pytest.mark.campaign)])
def test_valkey_stands_still(whole_desk: WholeDesk, traffic: Traffic, seconds: float) -> None:
    with traffic.going_on():
        time.sleep(1)
        before = len(traffic.answered)
        asleep(whole_desk, "valkey-server", seconds)
        assert len(traffic.answered) > before, "answers were accepted all the while"
    whole_desk.check(traffic.expectation(), tolerating=WITHOUT_VALKEY)


@pytest.mark.campaign
def test_valkey_is_emptied(whole_desk: WholeDesk, traffic: Traffic) -> None:
    with traffic.going_on(), redis.Redis.from_url(whole_desk.services.redis) as client:
        for _ in range(5):
            time.sleep(0.5)
            client.flushall()
    whole_desk.check(traffic.expectation(), tolerating=WITHOUT_VALKEY)


@pytest.mark.campaign
def test_valkey_is_killed_and_comes_back(whole_desk: WholeDesk, traffic: Traffic) -> None:
    """The supervisor of the embedded services begins anew with both, so PostgreSQL is away for a moment too."""
    with traffic.going_on():
        time.sleep(1)
        killed = whole_desk.service_pid("valkey-server")
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: _runs_anew(whole_desk, "valkey-server", killed), seconds=60, what="another Valkey")
        time.sleep(2)
    whole_desk.check(traffic.expectation(), tolerating=(*WITHOUT_VALKEY, "OperationalError"))


@pytest.mark.campaign
def test_postgresql_is_killed_and_comes_back(whole_desk: WholeDesk, traffic: Traffic) -> None:
    with traffic.going_on():
        time.sleep(1)
        killed = whole_desk.service_pid("postgres")
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: _runs_anew(whole_desk, "postgres", killed), seconds=60, what="another PostgreSQL")
        whole_desk.wait_until_ready()
        time.sleep(2)
    assert set(traffic.statuses) <= {200, 201, 401, 429, 503}
    whole_desk.check(traffic.expectation(), tolerating=("OperationalError",))


def _runs_anew(desk: WholeDesk, name: str, killed: int) -> bool:
    try:
        return desk.service_pid(name) != killed
    except AssertionError:
        return False


@pytest.mark.campaign
@pytest.mark.parametrize("words", ["run_bot", "celery", "run_simulator"])
def test_a_process_is_killed_and_started_again(whole_desk: WholeDesk, traffic: Traffic, words: str) -> None:
    before = set(whole_desk.desk.pids(words))
    assert before
    if words == "run_simulator":  # customers cannot write while "Telegram" is away
        whole_desk.kill(words)
    else:
        with traffic.going_on():
            time.sleep(1)
            whole_desk.kill(words)
            time.sleep(3)
    wait_until(lambda: set(whole_desk.desk.pids(words)) - before, seconds=60, what=f"another {words}")
    if words == "run_simulator":
        wait_until(lambda: _answers(whole_desk), seconds=30, what="the simulator")
    whole_desk.check(traffic.expectation())


def _answers(desk: WholeDesk) -> bool:
    try:
        return bool(desk.telegram.state())
    except httpx.TransportError:
        return False
