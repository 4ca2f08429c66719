"""What stands between the messages of a conversation: who changed what; to its customer only what is theirs."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts import clock
from accounts.actors import Actor
from accounts.models import User
from tests.support.api import Api
from tests.support.desk import a_reply_by, a_ticket_of, acting
from tickets.models import Priority, Ticket, TicketStatus
from tickets.services.assignment import assign_ticket
from tickets.services.labelling import TicketChanges, update_ticket
from tickets.services.merging import merge_ticket
from tickets.services.snoozing import snooze_ticket
from tickets.services.workflow import change_status

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(vera: User) -> Ticket:
    return a_ticket_of(vera)


def changes(who: User, ticket: Ticket, **query: Any) -> dict[str, Any]:
    status, answer = Api(who).get(f"tickets/{ticket.pk}/changes/", **query)
    assert status == 200
    return answer  # type: ignore[no-any-return]


def told(who: User, ticket: Ticket) -> list[tuple[str, str]]:
    """Who did it, by name, and what."""
    return [((one["actor"] or {}).get("name", ""), one["text"]) for one in changes(who, ticket)["results"]]


def set_status(ticket: Ticket, actor: Actor, *statuses: TicketStatus) -> None:
    for status in statuses:
        change_status(actor=actor, ticket=ticket.pk, status=status)


def test_staff_read_who_changed_what(vera: User, anna: User, boris: User, ticket: Ticket) -> None:
    assign_ticket(actor=acting(boris), ticket=ticket.pk, assignee_id=anna.pk)
    update_ticket(actor=acting(anna), ticket=ticket.pk, changes=TicketChanges(priority=Priority.HIGH, tags=["vip"]))
    set_status(ticket, acting(anna), TicketStatus.RESOLVED)
    a_reply_by(vera, ticket)
    set_status(ticket, Actor.system(), TicketStatus.PENDING)
    assert told(anna, ticket) == [
        ("Boris", "Assigned to Anna"),
        ("Anna", "Priority changed from “Normal” to “High”"),
        ("Anna", "Tag “vip” added"),
        ("Anna", "Status changed from “Open” to “Resolved”"),
        ("Vera", "Status changed from “Resolved” to “Open”"),
        ("", "Status changed from “Open” to “Waiting for the customer”"),
    ]


def test_until_when_it_was_put_aside_is_told_as_a_moment(vera: User, anna: User, ticket: Ticket) -> None:
    until = clock.now().replace(microsecond=0) + timedelta(hours=2)
    snooze_ticket(actor=acting(anna), ticket=ticket.pk, until=until)
    snooze_ticket(actor=acting(anna), ticket=ticket.pk, until=None)
    aside, again = changes(anna, ticket)["results"]
    assert datetime.fromisoformat(aside["until"]) == until
    assert (again["text"], again["until"]) == ("Taken up again", None)


def test_what_goes_without_saying_is_not_said(vera: User, anna: User, ticket: Ticket) -> None:
    """An answer opens what is new; who was waited for has written."""
    a_reply_by(anna, ticket)
    set_status(ticket, acting(anna), TicketStatus.PENDING)
    a_reply_by(vera, ticket)
    assert [text for _who, text in told(anna, ticket)] == ["Status changed from “Open” to “Waiting for the customer”"]
    set_status(ticket, acting(anna), TicketStatus.PENDING, TicketStatus.OPEN)
    assert told(anna, ticket)[-1] == ("Anna", "Status changed from “Waiting for the customer” to “Open”")


def test_its_customer_reads_what_became_of_it_and_who_answers(
    vera: User, anna: User, boris: User, ticket: Ticket
) -> None:
    assign_ticket(actor=acting(anna), ticket=ticket.pk, assignee_id=boris.pk)
    assign_ticket(actor=acting(boris), ticket=ticket.pk, assignee_id=anna.pk)
    update_ticket(actor=acting(anna), ticket=ticket.pk, changes=TicketChanges(priority=Priority.HIGH, tags=["vip"]))
    set_status(ticket, acting(anna), TicketStatus.PENDING, TicketStatus.OPEN, TicketStatus.RESOLVED)
    a_reply_by(vera, ticket)
    set_status(ticket, acting(anna), TicketStatus.CLOSED)
    assert told(vera, ticket) == [
        ("", "Anna answers you"),
        ("", "Waiting for your answer"),
        ("", "Resolved"),
        ("Vera", "Opened again"),
        ("", "Closed"),
    ]
    vera.language = "ru"
    vera.save()
    assert told(vera, ticket)[0] == ("", "Вам отвечает Anna")


def test_who_answered_before_is_the_desks_own(vera: User, anna: User, ticket: Ticket) -> None:
    assign_ticket(actor=acting(anna), ticket=ticket.pk, assignee_id=anna.pk)
    assign_ticket(actor=acting(anna), ticket=ticket.pk, assignee_id=None)
    assert told(vera, ticket) == []


def test_both_sides_read_of_merging(vera: User, anna: User, ticket: Ticket) -> None:
    other = a_ticket_of(vera)
    merge_ticket(actor=acting(anna), ticket=ticket.pk, into=other.pk)
    assert told(vera, other) == [("", f"#{ticket.number} was merged into this")]
    assert told(vera, ticket) == [("", "Closed"), ("", f"Merged into #{other.number}")]
    assert told(anna, ticket)[-1] == ("Anna", f"Merged into #{other.number}")


def test_pages_lead_to_what_is_older_and_newer(vera: User, anna: User, ticket: Ticket) -> None:
    set_status(ticket, acting(anna), *[TicketStatus.PENDING, TicketStatus.OPEN] * 3)
    for who in (anna, vera):
        ticket.refresh_from_db()
        whole = changes(who, ticket)
        numbers = [one["sequence"] for one in whole["results"]]
        assert (whole["previous"], whole["next"]) == (None, None)
        assert whole["sequence"] == (ticket.sequence if who is anna else ticket.public_sequence)
        last = changes(who, ticket, limit=2)
        assert [one["sequence"] for one in last["results"]] == numbers[-2:]
        older = Api(who).get(last["previous"].removeprefix("/api/v1/"))[1]
        assert [one["sequence"] for one in older["results"]] == numbers[-4:-2]
        newer = changes(who, ticket, after=numbers[0], limit=1)
        assert [one["sequence"] for one in newer["results"]] == numbers[1:2]
        assert f"after={numbers[1]}" in newer["next"]
        assert changes(who, ticket, after=numbers[-1]) == {**whole, "results": []}
