"""kill -9 of the bot, again and again, while people write: nothing lost, doubled only where marked, order kept."""

import random
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.faults.invariants import Expectation
from tests.faults.traffic import Traffic
from tests.support.simulator import wait_until
from tests.support.whole_desk import WholeDesk

pytestmark = [pytest.mark.campaign, pytest.mark.xdist_group("desk"), pytest.mark.timeout(900)]
BOT, AT_WORK = "run_bot", "works for bot"
PEOPLE = 4


@contextmanager
def a_crowd_that_writes(whole_desk: WholeDesk) -> Iterator[None]:
    """Several customers and agents write all the while; afterwards every promise to them is checked."""
    crowd = [Traffic(whole_desk) for _ in range(PEOPLE)]
    with ExitStack() as everybody:
        for traffic in crowd:
            everybody.enter_context(traffic.going_on())
        yield
    expected = [traffic.expectation() for traffic in crowd]
    whole_desk.check(
        Expectation(
            acknowledged={key for one in expected for key in one.acknowledged},
            said={customer: texts for one in expected for customer, texts in one.said.items()},
            answers={customer: texts for one in expected for customer, texts in one.answers.items()},
        ),
        seconds=300,
    )


def test_every_two_seconds_for_a_minute(whole_desk: WholeDesk) -> None:
    """Wherever it is, mostly while it starts: what is left behind is taken up when it is let live."""
    with a_crowd_that_writes(whole_desk):
        for _kill in range(30):
            time.sleep(2)
            whole_desk.kill(BOT)


def test_in_the_middle_of_its_work(whole_desk: WholeDesk) -> None:
    """Each time when it has held the lease for another moment, with calls under way."""
    chance = random.Random(20261128)
    with a_crowd_that_writes(whole_desk):
        for _kill in range(6):
            shifts = whole_desk.desk.output.count(AT_WORK)
            whole_desk.kill(BOT)
            wait_until(lambda: whole_desk.desk.output.count(AT_WORK) > shifts, seconds=90, what="another shift")  # noqa: B023
            time.sleep(chance.uniform(0.0, 2.0))
