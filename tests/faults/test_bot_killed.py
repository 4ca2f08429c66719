"""kill -9 of the bot, again and again, while people write: nothing lost, doubled only where marked, order kept."""

import random
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.faults.everything import ANNA, FORUM, Everything
from tests.faults.invariants import Expectation
from tests.faults.traffic import Traffic
from tests.support.simulator import wait_until
from tests.support.whole_desk import WholeDesk

pytestmark = [pytest.mark.campaign, pytest.mark.xdist_group("desk"), pytest.mark.timeout(900)]
BOT, AT_WORK = "run_bot", "works for bot"
PEOPLE = 4


@contextmanager
def people_who_write(desk: WholeDesk, crowd: list[Traffic]) -> Iterator[None]:
    """Customers and agents write all the while; afterwards every promise to them is checked."""
    with ExitStack() as everybody:
        for traffic in crowd:
            everybody.enter_context(traffic.going_on())
        yield
    desk.check(Expectation.of_all([traffic.expectation() for traffic in crowd]), seconds=400)


def a_crowd_that_writes(desk: WholeDesk) -> AbstractContextManager[None]:
    return people_who_write(desk, [Traffic(desk) for _ in range(PEOPLE)])


def test_every_two_seconds_for_a_minute(whole_desk: WholeDesk) -> None:
    """Wherever it is, mostly while it starts: what is left behind is taken up when it is let live."""
    with a_crowd_that_writes(whole_desk):
        for _kill in range(30):
            time.sleep(2)
            whole_desk.kill(BOT)


def kill_at_work(desk: WholeDesk, times: int) -> None:
    """Each time when it has held the lease for another moment, with calls under way."""
    chance = random.Random(20261128)
    for _kill in range(times):
        shifts = desk.desk.output.count(AT_WORK)
        desk.kill(BOT)
        wait_until(lambda: desk.desk.output.count(AT_WORK) > shifts, seconds=90, what="another shift")  # noqa: B023
        time.sleep(chance.uniform(0.0, 2.0))


def test_in_the_middle_of_its_work(whole_desk: WholeDesk) -> None:
    with a_crowd_that_writes(whole_desk):
        kill_at_work(whole_desk, 6)


@pytest.fixture
def desk_with_group(tmp_path: Path) -> Iterator[WholeDesk]:
    desk = WholeDesk(tmp_path, TELEGRAM_STAFF_CHAT_ID=str(FORUM))
    desk.start()
    desk.telegram.create_chat(FORUM, title="Staff", is_forum=True, members=[ANNA])
    yield desk
    desk.end()


def test_while_people_send_all_that_they_can(desk_with_group: WholeDesk) -> None:
    """Pictures, albums, edits, removals and reactions, in the chats and in the staff's group."""
    desk = desk_with_group
    crowd = [Everything(desk) for _ in range(2)]
    with people_who_write(desk, list(crowd)):
        for _kill in range(20):
            time.sleep(2)
            desk.kill(BOT)
        kill_at_work(desk, 6)
    assert all(one.files and one.signs and one.from_group and one.taken_back for one in crowd), "each did each"
    lost = [sentence for one in crowd for sentence in one.lost_in_group()]
    assert not lost, lost
