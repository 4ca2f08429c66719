"""What lists have missed while no socket could tell: after the sign-in as between two sockets."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from accounts import clock
from accounts.models import Team, User
from chat import bridge, catching_up, reading
from chat.hub import Hub
from tests.chat.conftest import Connect
from tests.support.desk import a_note_by, a_reply_by, a_ticket_of, acting
from tests.support.live import LiveClient
from tickets.models import Category, Participant, Ticket
from tickets.representations.tickets import represent_ticket_for
from tickets.services.labelling import TicketChanges, update_ticket
from tickets.services.reading import mark_read

READING = ("unread", "read_sequence")
Frames = list[dict[str, Any]]


def rest_picture(person: User, ticket: str) -> dict[str, Any]:
    return represent_ticket_for(acting(person), UUID(ticket))


async def catch_up(client: LiveClient, since: datetime | None) -> tuple[Frames, dict[str, Any]]:
    """All that was told before `caught_up`, and what that says."""
    before = len(client.take())
    await client.send("catch_up", **({} if since is None else {"since": since.isoformat()}))
    end = await client.wait_for("caught_up", since=before)
    frames = client.frames[before:]
    return frames[: frames.index(end)], end["data"]


def rows(frames: Frames) -> Frames:
    """Those of the answer itself: the feed, which may tell the same at that moment, does not know what is unread."""
    return [frame for frame in frames if frame["type"] == "inbox_updated" and "unread" in frame["data"]]


def long_ago(*tickets: Ticket) -> datetime:
    """They have last changed an hour ago. Returns a moment since when they have not."""
    hour = clock.now() - timedelta(hours=1)
    Ticket.objects.filter(pk__in=[ticket.pk for ticket in tickets]).update(updated_at=hour, public_updated_at=hour)
    Participant.objects.filter(ticket__in=tickets).update(updated_at=hour)
    return hour + timedelta(minutes=30)


def bills_of(team: Team, member: User, stranger: User) -> Category:
    """A category of the member's team; the stranger is of another one."""
    User.objects.filter(pk=member.pk).update(team=team)
    User.objects.filter(pk=stranger.pk).update(team=Team.objects.create(name="Shipping"))
    return Category.objects.create(name_ru="Счета", name_en="Bills", team=team)


async def test_what_changed_since_a_clients_list_comes_as_rest_lists_it(
    connect: Connect, vera: User, gleb: User, anna: User
) -> None:
    known, changed = await bridge.run(a_ticket_of, vera), await bridge.run(a_ticket_of, vera)
    since = await bridge.run(long_ago, known, changed)
    await bridge.run(a_reply_by, vera, changed)
    new = await bridge.run(a_ticket_of, gleb)
    for person, wanted in ((anna, [new, changed]), (vera, [changed]), (gleb, [new])):
        told, end = await catch_up(await connect(person), since)
        assert [frame["ticket"] for frame in rows(told)] == [str(ticket.pk) for ticket in wanted]
        assert end["is_whole"]
        assert (end["role"], end["team"]) == (person.role, None)
        for frame in rows(told):
            picture = await bridge.run(rest_picture, person, frame["ticket"])
            assert frame["data"].keys() == picture.keys()
            assert {name: frame["data"][name] for name in READING} == {name: picture[name] for name in READING}


async def test_a_customer_is_told_of_public_changes_only(connect: Connect, vera: User, anna: User) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    since = await bridge.run(long_ago, ticket)
    await bridge.run(a_note_by, anna, ticket)
    assert rows((await catch_up(await connect(vera), since))[0]) == []
    assert len(rows((await catch_up(await connect(anna), since))[0])) == 1


async def test_what_was_read_elsewhere_meanwhile_is_told(connect: Connect, vera: User, anna: User, boris: User) -> None:
    ticket = await bridge.run(a_ticket_of, vera)
    since = await bridge.run(long_ago, ticket)
    await bridge.run(lambda: mark_read(actor=acting(anna), ticket=ticket.pk, sequence=2))
    (row,) = rows((await catch_up(await connect(anna), since))[0])
    assert (row["data"]["unread"], row["data"]["read_sequence"]) == (0, 2)
    assert rows((await catch_up(await connect(boris), since))[0]) == []  # nothing of it is theirs


async def test_a_change_of_a_slow_transaction_is_not_missed(connect: Connect, vera: User, anna: User) -> None:
    """It carries a time from before the client's list, and was committed after it."""
    ticket = await bridge.run(a_ticket_of, vera)
    since = ticket.updated_at + reading.SWEEP_OVERLAP - timedelta(seconds=1)
    assert len(rows((await catch_up(await connect(anna), since))[0])) == 1


async def test_what_left_ones_sight_is_told_to_those_who_saw_it(
    connect: Connect, vera: User, anna: User, boris: User, mila: User, billing: Team
) -> None:
    bills = await bridge.run(bills_of, billing, anna, boris)
    left = await bridge.run(a_ticket_of, vera)
    never = await bridge.run(a_ticket_of, vera, category_id=bills.pk)
    since = await bridge.run(long_ago, left, never)
    await bridge.run(
        lambda: update_ticket(actor=acting(mila), ticket=left.pk, changes=TicketChanges(category_id=bills.pk))
    )
    await bridge.run(a_reply_by, vera, never)
    told, _end = await catch_up(await connect(boris), since)
    assert {(frame["type"], frame["ticket"]) for frame in told} == {("inbox_removed", str(left.pk))}
    told, _end = await catch_up(await connect(anna), since)
    assert {frame["ticket"] for frame in rows(told)} == {str(left.pk), str(never.pk)}


async def test_a_ticket_that_moves_while_it_is_read_does_not_stay(
    hub: Hub, connect: Connect, vera: User, boris: User, mila: User, billing: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    bills = await bridge.run(bills_of, billing, mila, boris)
    ticket = await bridge.run(a_ticket_of, vera)
    since = ticket.updated_at
    client = await connect(boris)
    read = reading.read_missed

    def read_then_move(*given: Any) -> reading.Missed:
        missed = read(*given)
        update_ticket(actor=acting(mila), ticket=ticket.pk, changes=TicketChanges(category_id=bills.pk))
        return missed

    monkeypatch.setattr(catching_up, "read_missed", read_then_move)
    told, _end = await catch_up(client, since)
    about = [frame["type"] for frame in told if frame.get("ticket") == str(ticket.pk)]
    assert about[-1] == "inbox_removed"
    assert "inbox_updated" in about


async def test_where_too_much_has_changed_or_nothing_is_known_lists_are_read_anew(
    connect: Connect, vera: User, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    tickets = [await bridge.run(a_ticket_of, vera) for _ in range(2)]
    client = await connect(anna)
    assert (await catch_up(client, None))[1]["is_whole"] is False
    assert (await catch_up(client, tickets[0].created_at))[1]["is_whole"]
    monkeypatch.setattr(reading, "MISSED_TICKETS", 1)
    told, end = await catch_up(client, tickets[0].created_at)
    assert (rows(told), end["is_whole"]) == ([], False)


async def test_from_one_answer_to_the_next_nothing_is_lost(connect: Connect, vera: User, anna: User) -> None:
    client = await connect(anna)
    _told, end = await catch_up(client, datetime(2000, 1, 1, tzinfo=UTC))
    await client.close()
    ticket = await bridge.run(a_ticket_of, vera)
    told, _end = await catch_up(await connect(anna), datetime.fromisoformat(end["server_time"]))
    assert [UUID(frame["ticket"]) for frame in rows(told)] == [ticket.pk]
