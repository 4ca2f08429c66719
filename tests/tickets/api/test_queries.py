"""How many queries an answer costs, however much is in it. Fewer may be written here; more needs a reason."""

from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from tests.support.api import Api
from tests.support.api_world import a_stored_file
from tests.support.desk import a_note_by, a_reply_by, a_ticket_of

pytestmark = pytest.mark.django_db

AUTHENTICATION = 1


@pytest.fixture
def busy_desk(vera: User, anna: User) -> list[str]:
    """Five conversations, one of them long and with files."""
    tickets = [a_ticket_of(vera) for _ in range(5)]
    for ticket in tickets:
        a_note_by(anna, ticket)
    for _ in range(5):
        a_reply_by(anna, tickets[0])
        file = a_stored_file(vera)
        Api(vera).post(f"tickets/{tickets[0].pk}/messages/", id=str(uuid4()), attachments=[str(file.pk)])
    return [str(ticket.pk) for ticket in tickets]


READING = {
    "tickets/": 2,
    "tickets/?limit=2&order=priority": 2,
    "tickets/?limit=2&order=-waiting": 2,
    "tickets/counts/": 1,
    "tickets/{}/": 3,
    "tickets/{}/messages/": 4,
    "tickets/{}/messages/?limit=5": 4,
    "tickets/{}/events/?after=0": 5,
    "tickets/{}/changes/": 6,
    "notifications/": 2,
    "categories/": 1,
}


def test_reading_costs_few_queries(
    anna: User, busy_desk: list[str], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    api = Api(anna)
    for path, most in READING.items():
        with django_assert_max_num_queries(AUTHENTICATION + most, info=path):
            assert api.get(path.format(busy_desk[0]))[0] == 200


@pytest.mark.parametrize("who", ["anna", "vera"])
def test_a_message_costs_few_queries(
    who: str, vera: User, anna: User, busy_desk: list[str], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    api = Api({"anna": anna, "vera": vera}[who])
    with django_assert_max_num_queries(AUTHENTICATION + 12):
        assert api.post(f"tickets/{busy_desk[0]}/messages/", id=str(uuid4()), text="Hello")[0] == 201


def test_opening_a_ticket_costs_few_queries(vera: User, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    api = Api(vera)
    with django_assert_max_num_queries(AUTHENTICATION + 20):
        assert api.post("tickets/", id=str(uuid4()), text="Hello")[0] == 201
