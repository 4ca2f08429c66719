"""A ticket put aside leaves the queues and comes back: at its time, when its customer writes, or by hand."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils.timezone import localtime

from accounts import clock
from accounts.models import User
from tests.support.api import Api
from tests.support.desk import a_note_by, a_reply_by, a_ticket_of, acting, event_types
from tickets.events.replay import find_differences
from tickets.models import Notification, Ticket, TicketStatus
from tickets.selectors.inbox import count_unassigned
from tickets.services.assignment import assign_ticket
from tickets.services.snoozing import snooze_ticket
from tickets.services.workflow import change_status
from tickets.tasks import sweep_deliveries, wake_snoozed_tickets

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(vera: User, anna: User) -> Ticket:
    return assign_ticket(actor=acting(anna), ticket=a_ticket_of(vera).pk, assignee_id=anna.pk)


def put_aside(anna: User, ticket: Ticket, hours: float = 2) -> Ticket:
    return snooze_ticket(actor=acting(anna), ticket=ticket.pk, until=clock.now() + timedelta(hours=hours))


def is_aside(ticket: Ticket) -> bool:
    ticket.refresh_from_db()
    assert find_differences(ticket) == []
    return ticket.snoozed_until is not None


def test_it_comes_back_at_its_time_once_and_its_agent_is_told(ticket: Ticket, anna: User) -> None:
    put_aside(anna, ticket)
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        assert wake_snoozed_tickets() == 0
    assert is_aside(ticket)
    sweep_deliveries()
    Notification.objects.all().delete()
    with time_machine.travel(clock.now() + timedelta(hours=3)):
        assert [wake_snoozed_tickets(), wake_snoozed_tickets()] == [1, 0]
        sweep_deliveries()
    assert not is_aside(ticket)
    assert list(Notification.objects.values_list("user__first_name", "kind")) == [("Anna", "ticket_woken")]


def test_its_customer_brings_it_back_by_writing_but_not_by_thanks(ticket: Ticket, vera: User, anna: User) -> None:
    put_aside(anna, ticket)
    a_reply_by(vera, ticket, "Спасибо!")
    a_reply_by(anna, ticket, "One moment")
    a_note_by(anna, ticket)
    assert is_aside(ticket)
    a_reply_by(vera, ticket, "It burns again")
    assert not is_aside(ticket)
    sweep_deliveries()
    assert not Notification.objects.filter(kind="ticket_woken").exists(), "the message itself is told"


@pytest.mark.parametrize("status", [TicketStatus.RESOLVED, TicketStatus.CLOSED])
def test_what_is_done_is_not_aside_any_more_nor_put_there(ticket: Ticket, anna: User, status: TicketStatus) -> None:
    put_aside(anna, ticket)
    change_status(actor=acting(anna), ticket=ticket.pk, status=status)
    assert not is_aside(ticket)
    until = (clock.now() + timedelta(hours=1)).isoformat()
    code = Api(anna).post(f"tickets/{ticket.pk}/snooze/", until=until)[1]["error"]["code"]
    assert code == ("ticket_closed" if status == TicketStatus.CLOSED else "transition_refused")


def test_lists_leave_it_out_where_they_are_asked_to(ticket: Ticket, vera: User, anna: User) -> None:
    other = a_ticket_of(vera)
    put_aside(anna, ticket)
    ids = lambda query: [row["number"] for row in Api(anna).get(f"tickets/{query}")[1]["results"]]  # noqa: E731
    assert ids("?snoozed=false") == [other.number]
    assert ids("?snoozed=true") == [ticket.number]
    assert set(ids("")) == {ticket.number, other.number}
    put_aside(anna, other)
    assert count_unassigned(acting(anna)) == 0


def test_the_same_again_changes_nothing_and_a_colleagues_choice_is_not_overwritten(
    ticket: Ticket, anna: User, boris: User
) -> None:
    api, until = Api(anna), (clock.now() + timedelta(days=1)).replace(microsecond=0)
    seen = api.get(f"tickets/{ticket.pk}/")[1]["sequence"]
    answer = api.post(f"tickets/{ticket.pk}/snooze/", until=until.isoformat(), expected_sequence=seen)[1]
    assert datetime.fromisoformat(answer["snoozed_until"]) == until
    api.post(f"tickets/{ticket.pk}/snooze/", until=until.isoformat())
    assert event_types(ticket).count("ticket_snoozed") == 1
    status, refused = Api(boris).post(f"tickets/{ticket.pk}/snooze/", until=None, expected_sequence=seen)
    assert (status, refused["error"]["code"]) == (409, "stale")
    assert refused["error"]["data"]["actor"] == str(anna.pk)


@pytest.mark.parametrize("hours", [-1, 0, 24 * 370])
def test_a_time_that_is_over_or_far_off_is_refused(ticket: Ticket, anna: User, hours: float) -> None:
    until = (clock.now() + timedelta(hours=hours)).isoformat()
    status, answer = Api(anna).post(f"tickets/{ticket.pk}/snooze/", until=until)
    assert (status, list(answer["error"]["fields"])) == (400, ["until"])


def test_in_the_admin(ticket: Ticket, mila: User) -> None:
    client, page = Client(headers={"Accept-Language": "en"}), f"/admin/tickets/ticket/{ticket.pk}/change/"
    client.force_login(mila)
    ticket.refresh_from_db()
    until = localtime(clock.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    body = {"form": "snooze", "until": until, "expected_sequence": ticket.sequence}
    assert client.post(page, body).status_code == 302
    assert is_aside(ticket)
    shown = client.get(page).content.decode()
    assert f'value="{until}"' in shown
    client.post(page, {"form": "snooze", "until": "", "expected_sequence": ticket.sequence})
    assert not is_aside(ticket)
    refused = client.post(page, {**body, "until": "2001-01-01T00:00", "expected_sequence": ticket.sequence})
    assert "within the coming year" in refused.content.decode()
