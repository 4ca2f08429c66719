"""No acknowledged commit is lost, and no process is left, however the services are killed."""

import os
import random
import signal
import threading
from collections.abc import Callable

import psycopg
import pytest

from .conftest import Services

Eventually = Callable[[Callable[[], object]], None]


class Writer(threading.Thread):
    """Commits one number after the other, and remembers which were acknowledged."""

    def __init__(self, url: str, first: int) -> None:
        super().__init__(daemon=True)
        self.acknowledged: list[int] = []
        self._url, self._next = url, first

    def run(self) -> None:
        try:
            with psycopg.connect(self._url, autocommit=True) as connection:
                while True:
                    connection.execute("insert into written values (%s)", [self._next])
                    self.acknowledged.append(self._next)
                    self._next += 1
        except psycopg.OperationalError:
            return  # the server was killed


def write_until_killed(services: Services, first: int, kill: Callable[[], None], wait: Eventually) -> list[int]:
    holder = services.hold()
    with psycopg.connect(holder.database) as connection:
        connection.execute("create table if not exists written (number int primary key)")
    writer = Writer(holder.database, first)
    writer.start()
    wait(lambda: len(writer.acknowledged) > 20)
    kill()
    writer.join(20)
    wait(services.all_dead)
    holder.leave()
    return writer.acknowledged


def read_written(services: Services) -> set[int]:
    with psycopg.connect(services.hold().database) as connection:
        return {number for (number,) in connection.execute("select number from written")}


def test_a_killed_supervisor_takes_the_servers_with_it_and_loses_no_commit(
    services: Services, eventually: Eventually
) -> None:
    def kill() -> None:
        services.kill("config.embedded.supervisor")

    acknowledged = write_until_killed(services, 0, kill, eventually)
    assert not services.pids("valkey")
    assert set(acknowledged) <= read_written(services)


def test_a_killed_postgres_ends_the_run_and_loses_no_commit(services: Services, eventually: Eventually) -> None:
    acknowledged = write_until_killed(services, 0, lambda: services.kill("pg/data"), eventually)
    assert set(acknowledged) <= read_written(services)


def test_a_supervisor_started_by_a_shells_background_job_ends_like_any_other(
    services: Services, eventually: Eventually
) -> None:
    """Such a job ignores SIGQUIT, and what it starts inherits that."""
    services.prefix = ["env", "--ignore-signal=QUIT"]

    def kill() -> None:
        for pid in services.pids("config.embedded.supervisor"):
            os.kill(pid, signal.SIGQUIT)

    write_until_killed(services, 0, kill, eventually)


@pytest.mark.campaign
@pytest.mark.timeout(1800)
def test_a_hundred_random_kills_lose_nothing(services: Services, eventually: Eventually) -> None:
    dice = random.Random(18)
    acknowledged: list[int] = []
    signals = [signal.SIGKILL, signal.SIGQUIT]  # SIGTERM lets PostgreSQL wait for its clients
    for number in range(100):

        def kill() -> None:
            chosen = dice.choice(signals)
            for pid in services.pids(dice.choice(["config.embedded.supervisor", "pg/data"])):
                os.kill(pid, chosen)

        acknowledged += write_until_killed(services, number * 100_000, kill, eventually)
        assert set(acknowledged) <= read_written(services)
