"""What handling one plain message costs the database: what the bot can take is counted in statements."""

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from telegram_bot.dispatcher import handle_next
from telegram_bot.models import Update
from tests.support.inbox import Inbox
from tickets.models import Ticket

pytestmark = pytest.mark.django_db(transaction=True)
OPENING, GOING_ON = 30, 20  # two begin and end the transaction, four the savepoints


def test_a_plain_message_costs_few_statements(
    inbox: Inbox, vera: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    assert vera.telegram_id is not None
    for text, statements in (("Hello", OPENING), ("Is anybody here?", GOING_ON), ("Hello again", GOING_ON)):
        inbox.put(inbox.update(message=inbox.message(vera, text)))
        with django_assert_max_num_queries(statements):
            assert handle_next(inbox.bot_id, vera.telegram_id)
    assert not Update.objects.exclude(state="done").exists()
    assert Ticket.objects.get(customer=vera).messages.count() == 3
