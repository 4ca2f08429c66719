"""What it costs to catch up: the database, and the line of a client that reads slowly."""

import json
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import clock
from accounts.models import Team, User
from chat import bridge, reading, sockets
from chat.catching_up import catch_up
from chat.connection_limits import WAITING_FRAMES
from chat.protocol import CatchUp
from chat.viewers import Viewer
from tests.support.desk import a_ticket_of, acting
from tickets.models import Category
from tickets.services.labelling import TicketChanges, update_ticket


def viewing(person: User) -> Viewer:
    return Viewer.of(User.objects.get(pk=person.pk), uuid4())


def another_teams(boris: User, billing: Team) -> Category:
    """A category of a team that is not Boris's."""
    User.objects.filter(pk=boris.pk).update(team=Team.objects.create(name="Shipping"))
    return Category.objects.create(name_ru="Счета", name_en="Bills", team=billing)


def move_away(vera: User, mila: User, bills: Category, *, count: int) -> None:
    """So many tickets of no team become those of the category's team."""
    for _ in range(count):
        ticket = a_ticket_of(vera)
        update_ticket(actor=acting(mila), ticket=ticket.pk, changes=TicketChanges(category_id=bills.pk))


@pytest.mark.django_db
def test_however_many_left_ones_sight_they_are_asked_for_at_once(
    vera: User, boris: User, mila: User, billing: Team
) -> None:
    bills = another_teams(boris, billing)
    since, viewer = clock.now(), viewing(boris)
    costs = []
    for known, more in ((1, 1), (4, 3)):
        move_away(vera, mila, bills, count=more)
        with CaptureQueriesContext(connection) as asked:
            assert len(reading.read_missed(viewer, since).gone) == known
        costs.append(len(asked))
    assert costs[0] == costs[1]


@pytest.mark.usefixtures("threads")
async def test_what_a_slow_line_missed_does_not_end_it(
    vera: User, boris: User, mila: User, billing: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each connection would begin with the same: no more than its lists read anew is ever asked of it."""
    assert reading.MISSED_TICKETS * 2 <= WAITING_FRAMES
    monkeypatch.setattr(reading, "MISSED_TICKETS", 3)
    monkeypatch.setattr(sockets, "WAITING_FRAMES", 4)
    bills = await bridge.run(another_teams, boris, billing)
    since = clock.now()
    for new, told in ((0, ["inbox_removed"] * 2), (2, [])):
        await bridge.run(move_away, vera, mila, bills, count=2)
        for _ in range(new):
            await bridge.run(a_ticket_of, vera)
        frames = await caught_up(await bridge.run(viewing, boris), since)
        assert [frame["type"] for frame in frames] == [*told, "caught_up"]
        assert frames[-1]["data"]["is_whole"] is bool(told)


async def caught_up(viewer: Viewer, since: datetime) -> list[dict[str, Any]]:
    """The frames that a client gets which reads nothing until all are told."""
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    socket = sockets.Socket(viewer=viewer, address="127.0.0.1", send=send)
    socket.pause()
    await catch_up(socket, CatchUp(since=since))
    socket.resume()
    assert not socket.closed
    return [json.loads(message["text"]) for message in sent]
