"""What sending one plain answer costs the database: the pace of the bot is counted in statements."""

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from telegram_bot.delivery.rendering import render_call
from telegram_bot.delivery.sending import _record_and_report
from telegram_bot.models import OutgoingCall
from telegram_bot.outbox import claim
from telegram_bot.verdicts import Sent
from tests.support.desk import a_reply_by, a_ticket_of
from tests.support.inbox import Inbox
from tickets.events.delivery import run_due_deliveries
from tickets.models import MessageDeliveryState

pytestmark = pytest.mark.django_db(transaction=True)
RENDERING, RECORDING = 3, 14  # of the latter four begin and end two transactions


def test_a_plain_answer_costs_few_statements(
    inbox: Inbox, vera: User, anna: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    inbox.says(vera, "Hello")
    message = a_reply_by(anna, a_ticket_of(vera))
    run_due_deliveries("telegram")
    OutgoingCall.objects.exclude(message=message.pk).delete()
    [call] = claim(inbox.bot_id, free=1, queued=1, not_now=[])
    with django_assert_max_num_queries(RENDERING):
        render_call(call)
    sent = Sent(result={"message_id": 5000, "date": 1_795_000_000, "chat": {"id": vera.telegram_id, "type": "private"}})
    with django_assert_max_num_queries(RECORDING):
        assert _record_and_report(call, sent, others_succeed=True)
    message.refresh_from_db()
    assert message.delivery_state == MessageDeliveryState.SENT
