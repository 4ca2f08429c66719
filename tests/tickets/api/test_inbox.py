"""The agent's inbox over REST: its tabs with their counts, who waits for an answer, and every order both ways."""

from datetime import datetime, timedelta
from typing import cast

import pytest
from django.db import connection

from accounts import clock
from accounts.models import Team, User
from tests.support.api import Api
from tests.support.desk import a_note_by, a_reply_by, a_ticket_of, acting
from tickets.models import Message, Priority, Ticket, TicketStatus
from tickets.selectors.inbox import InboxQuery, Order, page_of_tickets
from tickets.services.assignment import assign_ticket
from tickets.services.labelling import TicketChanges, update_ticket
from tickets.services.snoozing import snooze_ticket
from tickets.services.workflow import change_status

pytestmark = pytest.mark.django_db


def walk(user: User, query: str) -> list[str]:
    """The subjects of all pages of two."""
    seen: list[str] = []
    path: str | None = f"tickets/?limit=2&{query}"
    while path:
        status, page = Api(user).get(path)
        assert status == 200, page
        seen += [ticket["subject"] for ticket in page["results"]]
        path = page["next"] and page["next"].removeprefix("/api/v1/")
    return seen


@pytest.fixture
def desk(vera: User, anna: User, boris: User) -> dict[str, Ticket]:
    """Answered by Anna; asked again after her answer; new; noted only; waiting for the customer; done."""
    names = ("answered", "asked again", "new", "noted", "pending", "done")
    tickets = {name: a_ticket_of(vera, name) for name in names}
    for name in ("answered", "asked again"):
        a_reply_by(anna, tickets[name])
    a_reply_by(vera, tickets["asked again"])
    a_note_by(anna, tickets["noted"])
    assign_ticket(actor=acting(anna), ticket=tickets["answered"].pk, assignee_id=anna.pk)
    assign_ticket(actor=acting(boris), ticket=tickets["asked again"].pk, assignee_id=boris.pk)
    change_status(actor=acting(anna), ticket=tickets["pending"].pk, status=TicketStatus.PENDING)
    change_status(actor=acting(anna), ticket=tickets["done"].pk, status=TicketStatus.RESOLVED)
    return tickets


def test_the_tabs_count_what_the_lists_show(desk: dict[str, Ticket], anna: User, mila: User) -> None:
    lists = {
        "mine": "assignee=me&status=new,open,pending&snoozed=false",
        "unassigned": "assignee=none&status=new,open&snoozed=false",
        "waiting": "waiting=true&snoozed=false",
        "snoozed": "snoozed=true",
        "all": "status=new,open,pending",
    }
    snooze_ticket(actor=acting(anna), ticket=desk["new"].pk, until=clock.now() + timedelta(days=1))
    for who in (anna, mila):
        counts = Api(who).get("tickets/counts/")[1]
        assert set(counts) == set(lists)
        for tab, query in lists.items():
            shown = Api(who).get(f"tickets/?{query}")[1]["results"]
            unread = [ticket for ticket in shown if ticket["unread"]]
            assert counts[tab] == {"count": len(shown), "unread": len(unread)}, tab
    assert Api(anna).get("tickets/counts/")[1]["mine"] == {"count": 1, "unread": 0}


def test_customers_count_their_own_and_notes_are_no_news(desk: dict[str, Ticket], vera: User, gleb: User) -> None:
    counts = Api(vera).get("tickets/counts/")[1]
    assert counts == {"open": {"count": 5, "unread": 1}, "done": {"count": 1, "unread": 0}}
    assert Api(gleb).get("tickets/counts/")[1]["open"]["count"] == 0


def test_what_one_may_not_see_is_not_counted(desk: dict[str, Ticket], boris: User) -> None:
    Ticket.objects.update(team=Team.objects.create(name="Others"))
    boris.team = Team.objects.create(name="Repairs")
    boris.save()
    counts = Api(boris).get("tickets/counts/")[1]
    assert {tab: found["count"] for tab, found in counts.items()} == {
        "mine": 1, "unassigned": 0, "waiting": 1, "snoozed": 0, "all": 1,
    }  # fmt: skip


def test_a_customer_waits_until_somebody_answers_in_public(desk: dict[str, Ticket], anna: User) -> None:
    assert walk(anna, "waiting=true&order=waiting") == ["new", "noted", "asked again"]
    assert walk(anna, "waiting=true&order=-waiting") == ["asked again", "noted", "new"]
    assert walk(anna, "order=waiting") == ["new", "noted", "asked again"]
    picture = Api(anna).get(f"tickets/{desk['noted'].pk}/")[1]
    question = Message.objects.get(ticket=desk["noted"], internal=False)
    assert datetime.fromisoformat(picture["waiting_since"]) == question.created_at
    for name in ("answered", "pending", "done"):
        assert Api(anna).get(f"tickets/{desk[name].pk}/")[1]["waiting_since"] is None
    a_reply_by(anna, desk["new"])
    assert walk(anna, "order=waiting") == ["noted", "asked again"]


def test_every_order_goes_both_ways_and_its_pages_miss_nothing(vera: User, anna: User) -> None:
    tickets = [a_ticket_of(vera, f"n{n}") for n in range(5)]
    for number, priority in ((1, Priority.URGENT), (3, Priority.HIGH), (0, Priority.LOW)):
        changes = TicketChanges(priority=priority)
        update_ticket(actor=acting(anna), ticket=tickets[number].pk, changes=changes)
    expected = {
        "updated": ["n0", "n3", "n1", "n4", "n2"],
        "created": ["n4", "n3", "n2", "n1", "n0"],
        "priority": ["n1", "n3", "n4", "n2", "n0"],
        "waiting": ["n0", "n1", "n2", "n3", "n4"],
    }
    for order, names in expected.items():
        assert walk(anna, f"order={order}") == names, order
        assert walk(anna, f"order=-{order}") == names[::-1], order
    assert walk(anna, "order=newest") == expected["updated"]
    assert walk(anna, "order=oldest") == expected["updated"][::-1]


def test_equal_values_are_told_apart_by_the_id(vera: User, anna: User) -> None:
    tickets = [a_ticket_of(vera, f"n{n}") for n in range(5)]
    moment = clock.now()
    Ticket.objects.update(created_at=moment, updated_at=moment)
    Message.objects.update(created_at=moment)
    for order in ("updated", "-updated", "created", "-created", "priority", "-priority", "waiting", "-waiting"):
        assert sorted(walk(anna, f"order={order}")) == sorted(ticket.subject for ticket in tickets), order


def test_a_cursor_of_a_customer_leads_on_in_their_own_order(vera: User, anna: User) -> None:
    tickets = [a_ticket_of(vera, f"n{n}") for n in range(4)]
    a_note_by(anna, tickets[0])
    assert walk(vera, "order=updated") == ["n3", "n2", "n1", "n0"]
    assert walk(vera, "order=-created") == ["n0", "n1", "n2", "n3"]


@pytest.mark.parametrize(("order", "index"), [("updated", "ticket_newest"), ("created", "ticket_opened")])
def test_a_page_is_read_from_an_index(order: Order, index: str, vera: User, anna: User) -> None:
    for _ in range(3):
        a_ticket_of(vera)
    with connection.cursor() as cursor:  # a table this small would be read as a whole, and sorted
        for way in ("seqscan", "sort", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
    for way in (order, f"-{order}"):
        plan = page_of_tickets(acting(anna), InboxQuery(order=cast("Order", way)), after=None, limit=2).explain()
        assert index in plan, plan
        assert "Sort" not in plan, plan
