"""What it costs to catch up: the database, and the line of a client that reads slowly."""

import json
import re
from datetime import datetime, timedelta
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
from tickets.models import Category, Participant, Ticket
from tickets.selectors.live import list_changed_for
from tickets.services.labelling import TicketChanges, update_ticket

MANY = 2000
LOOKED_AT = re.compile(r"Rows Removed by Filter: \d{3}|actual .*rows=\d{3}")


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


@pytest.mark.django_db
def test_what_has_not_changed_is_not_looked_at(vera: User, anna: User, boris: User) -> None:
    ticket = a_ticket_of(vera)
    Participant.objects.bulk_create(
        [Participant(ticket=ticket, user=person, read_sequence=1) for person in (anna, boris)]
    )
    columns = {field.attname: getattr(ticket, field.attname) for field in Ticket._meta.concrete_fields}
    copies = [Ticket(**columns | {"id": uuid4(), "number": ticket.number + n}) for n in range(1, MANY + 1)]
    Ticket.objects.bulk_create(copies, batch_size=500)
    Ticket.objects.update(updated_at=clock.now() - timedelta(hours=1), public_updated_at=clock.now())
    boris.team = Team.objects.create(name="Shipping")
    boris.save()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tickets_ticket")
        cursor.execute("ANALYZE tickets_participant")
    since = clock.now()
    for person, index in {anna: "ticket_newest", boris: "ticket_newest", vera: "ticket_of_customer"}.items():
        plan = list_changed_for(acting(person), since, limit=100).explain(analyze=True)
        assert f"using {index} " in plan, plan
        assert [line for line in plan.splitlines() if LOOKED_AT.search(line)] == [], plan


@pytest.mark.django_db
def test_of_what_was_read_only_what_is_still_seen_is_told(vera: User, boris: User, billing: Team) -> None:
    seen, hidden = a_ticket_of(vera), a_ticket_of(vera)
    boris.team = Team.objects.create(name="Shipping")
    boris.save()
    for ticket in (seen, hidden):
        Participant.objects.create(ticket=ticket, user=boris, read_sequence=1)
    hour = clock.now() - timedelta(hours=1)
    Ticket.objects.update(updated_at=hour)
    Ticket.objects.filter(pk=hidden.pk).update(team=billing)
    found = list_changed_for(acting(boris), hour + timedelta(minutes=1), limit=1)
    assert [ticket.pk for ticket in found] == [seen.pk]
