"""The same request many times at one moment: one row, one event, and the same answer to everybody."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from accounts.models import User
from tests.support.api import Api
from tests.support.desk import a_ticket_of
from tickets.events.replay import find_differences
from tickets.models import Message, Ticket, TicketEvent

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 10


def at_once(requests: list[tuple[Api, str, dict[str, Any]]]) -> list[tuple[int, Any]]:
    """Every request from a thread of its own with a connection of its own, all let go together."""
    barrier = Barrier(len(requests))

    def ask(request: tuple[Api, str, dict[str, Any]]) -> tuple[int, Any]:
        api, path, body = request
        barrier.wait(20)
        try:
            return api.send("POST", path, body)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(ask, requests))


def test_ten_equal_posts_make_one_message(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    body = {"id": str(uuid4()), "text": "We are on it", "expected_sequence": 2}
    answers = at_once([(Api(anna), f"tickets/{ticket.pk}/messages/", body) for _ in range(TIMES)])
    assert Counter(status for status, _answer in answers) == {201: 1, 200: TIMES - 1}
    assert all(answer == answers[0][1] for _status, answer in answers)
    assert Message.objects.filter(ticket=ticket).count() == 2
    assert TicketEvent.objects.filter(ticket=ticket, type="message_sent").count() == 2
    assert find_differences(Ticket.objects.get(pk=ticket.pk)) == []


def test_ten_equal_posts_open_one_ticket(vera: User) -> None:
    body = {"id": str(uuid4()), "text": "Help"}
    answers = at_once([(Api(vera), "tickets/", body) for _ in range(TIMES)])
    assert Counter(status for status, _answer in answers) == {201: 1, 200: TIMES - 1}
    assert {answer["number"] for _status, answer in answers} == {Ticket.objects.get().number}
    assert Message.objects.count() == 1


def test_one_key_in_two_tickets_is_one_message_and_one_refusal(vera: User, anna: User) -> None:
    tickets, key = [a_ticket_of(vera), a_ticket_of(vera)], str(uuid4())
    body = {"id": key, "text": "We are on it"}
    answers = at_once([(Api(anna), f"tickets/{ticket.pk}/messages/", body) for ticket in tickets])
    assert sorted(status for status, _answer in answers) == [201, 409]
    assert Message.objects.filter(pk=key).count() == 1


def test_two_tickets_merged_into_each_other_at_once_leave_one(vera: User, anna: User) -> None:
    one, other = a_ticket_of(vera), a_ticket_of(vera)
    pairs = [(one, other), (other, one)]
    answers = at_once([(Api(anna), f"tickets/{a.pk}/merge/", {"into": b.number}) for a, b in pairs])
    assert sorted(status for status, _answer in answers) == [200, 409]
    assert Ticket.objects.filter(merged_into=None).count() == 1


def test_two_agents_who_take_one_ticket_one_gets_it(vera: User, anna: User, boris: User) -> None:
    path = f"tickets/{a_ticket_of(vera).pk}/assign/"
    answers = at_once([(Api(agent), path, {"assignee": str(agent.pk)}) for agent in (anna, boris)])
    assert sorted(status for status, _answer in answers) == [200, 409]
    assert next(answer["error"]["code"] for status, answer in answers if status == 409) == "already_assigned"
