"""Search among ten thousand tickets: each part of what it asks is read from its index."""

import pytest
from django.db import connection, models

from accounts.models import User
from tests.support.desk import a_ticket_of, acting
from tickets.models import Message, Ticket
from tickets.permissions import visible_to
from tickets.selectors.search import matching

pytestmark = pytest.mark.django_db
MANY = 10_000


def multiply(row: models.Model, **different: str) -> None:
    """Copies of a row, `n` from 1; `different`: the SQL of what each has of its own."""
    kind = type(row)
    table, key = kind._meta.db_table, kind._meta.pk
    assert key is not None
    columns = [field.column for field in kind._meta.concrete_fields]
    values = ", ".join(different.get(column, f'"{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        copies = f"SELECT {values} FROM {table}, generate_series(1, {MANY}) AS n WHERE id = %s"
        cursor.execute(f"INSERT INTO {table} ({names}) {copies}", [row.pk])
        cursor.execute(  # as autovacuum does: what waits to be added to an index is read as a whole by each search
            "SELECT gin_clean_pending_list(indexrelid) FROM pg_index JOIN pg_class ON oid = indexrelid "
            "WHERE indrelid = %s::regclass AND relam = (SELECT oid FROM pg_am WHERE amname = 'gin')",
            [table],
        )
        cursor.execute(f"ANALYZE {table}")


@pytest.fixture
def many(vera: User) -> None:
    ticket = a_ticket_of(vera, "The printer is on fire")
    key = "('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid"
    multiply(
        vera,
        id=key,
        telegram_id="700000 + n",
        username="'person' || n",
        first_name="'Name' || md5(n::text)",
        last_name="''",
    )
    Ticket.objects.update(number=10 * MANY)
    multiply(ticket, id=key, number="n", subject="md5(n::text)", customer_id=key)
    message = Message.objects.get(ticket=ticket)
    multiply(message, id=key, ticket_id=key, text="md5(n::text) || ' ' || md5((n + 1)::text)")


def test_every_part_of_a_search_is_read_from_its_index(many: None, anna: User) -> None:
    actor = acting(anna)
    for text, indexes in {
        "printer": ["message_words", "ticket_subject", "user_first_name", "user_last_name", "user_username"],
        "cartrid": ["message_words", "ticket_subject"],
        "принтеры сломались": ["message_words", "ticket_subject", "user_first_name"],
        "сломался счёт": ["message_words", "ticket_subject", "user_first_name", "user_last_name", "user_username"],
        "name1 принтер": ["message_words", "ticket_subject", "user_first_name"],
        "1045": ["message_words", "ticket_subject", "user_username", "ticket_number_parts"],
        "97": ["message_words", "ticket_number_parts"],
        "#1045": ["tickets_ticket_number_key"],
    }.items():
        plan = matching(actor, visible_to(actor), text).order_by("-updated_at", "-id")[:25].explain()
        assert [index for index in indexes if index not in plan] == [], f"{text}: {plan}"
