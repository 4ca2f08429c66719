"""What comes in one burst about one ticket is one notice to each agent, and never lost."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts import clock
from accounts.models import Role, User
from telegram_bot.delivery.rendering import render_call
from telegram_bot.models import CallState, OutgoingCall
from tests.support.desk import a_reply_by, a_ticket_of, acting
from tests.support.inbox import Inbox
from tickets.events import subscribers
from tickets.events.delivery import run_due_deliveries
from tickets.models import Notification, Ticket
from tickets.notifications.subscriber import NOTIFICATIONS
from tickets.services.assignment import assign_ticket

pytestmark = pytest.mark.django_db


def write(vera: User, ticket: Ticket, *texts: str) -> None:
    for text in texts:
        a_reply_by(vera, ticket, text)
    run_due_deliveries("notifications")


def sent(call: OutgoingCall, message_id: int | None = 900) -> None:
    result = {"message_id": message_id} if message_id else None
    OutgoingCall.objects.filter(pk=call.pk).update(state=CallState.SENT, result=result)


def test_while_it_waits_a_notice_grows(inbox: Inbox, vera: User, anna: User, boris: User) -> None:
    ticket, other = a_ticket_of(vera, "The printer burns"), a_ticket_of(vera, "The scanner too")
    write(vera, ticket, *(f"Message {number}" for number in range(200)))
    write(vera, other, "And this")
    for agent in (anna, boris):
        first, second = inbox.told(agent)
        assert "New ticket" in first
        assert "and 200 more messages" in first
        assert "Message 199" in first
        assert "and 1 more message\n" in second
    assert len(inbox.owed(anna)) == 2


def test_within_a_minute_it_is_edited_in_place_and_then_a_new_one_sounds(inbox: Inbox, vera: User, anna: User) -> None:
    with time_machine.travel(clock.now(), tick=False) as now:
        ticket = a_ticket_of(vera)
        run_due_deliveries("notifications")
        sent(inbox.owed(anna)[0])
        now.shift(timedelta(seconds=20))
        write(vera, ticket, "One", "Two")
        now.shift(timedelta(seconds=20))
        write(vera, ticket, "Three")
        (edit,) = inbox.owed(anna, "editMessageText")
        request = render_call(edit)
        assert (request.method, request.params["message_id"]) == ("editMessageText", 900)  # type: ignore[union-attr]
        assert "and 3 more messages" in request.params["text"]  # type: ignore[union-attr]
        assert not [name for name in request.params if name.startswith("@")]  # type: ignore[union-attr]
        sent(edit)
        now.shift(timedelta(seconds=25))
        write(vera, ticket, "Four")
    last = inbox.owed(anna)[-1]
    assert (last.method, "more" in last.params["text"]) == ("sendMessage", False)
    assert "Four" in last.params["text"]


def test_where_the_first_never_arrived_the_rest_is_sent(inbox: Inbox, vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    run_due_deliveries("notifications")
    sent(inbox.owed(anna)[0], None)
    write(vera, ticket, "One")
    request = render_call(inbox.owed(anna)[-1])
    assert request.method == "sendMessage"  # type: ignore[union-attr]
    assert "message_id" not in request.params  # type: ignore[union-attr]


def test_a_further_agent_costs_no_further_statement(inbox: Inbox, vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    run_due_deliveries("notifications")

    def count_statements() -> int:
        a_reply_by(vera, ticket, "And another thing")
        with CaptureQueriesContext(connection) as captured:
            run_due_deliveries("notifications")
        return len(captured)

    count_statements()  # from here on there is one that waits to be read
    for_one = count_statements()
    others = [
        User.objects.create(first_name=f"A{n}", role=Role.AGENT, telegram_id=7_700 + n, language="en") for n in range(3)
    ]
    count_statements()  # their chats are remembered, their bursts begin
    assert count_statements() == for_one
    assert all("and 1 more message\n" in inbox.told(one)[0] for one in others)


def owed_of_each_event() -> tuple[list[Any], list[Any]]:
    """What the notifications of all that is due come to, and nothing of it stays."""
    columns = ("user__first_name", "event", "kind", "count", "is_superseded", "read_at")
    with transaction.atomic():
        while run_due_deliveries("notifications"):
            pass
        told = [(*row[:-1], row[-1] is None) for row in Notification.objects.order_by("id").values_list(*columns)]
        calls = OutgoingCall.objects.order_by("id").values_list("queue", "method", "coalesce_key", "params", "state")
        owed = sorted(calls, key=lambda call: call[0])  # of each chat in its order
        transaction.set_rollback(True)
    return sorted(told), owed


def test_events_taken_together_come_to_what_they_come_to_one_by_one(
    inbox: Inbox, vera: User, gleb: User, anna: User, boris: User, mila: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting, heard, taken = a_ticket_of(vera, "Waits"), a_ticket_of(vera, "Heard of"), a_ticket_of(gleb, "Taken")
    assign_ticket(actor=acting(mila), ticket=taken.pk, assignee_id=anna.pk)
    run_due_deliveries("notifications")
    for call in OutgoingCall.objects.filter(coalesce_key__endswith=str(heard.pk)):
        sent(call, 900)
    a_reply_by(vera, heard, "Edited in its place")
    run_due_deliveries("notifications")
    for number in range(3):
        for ticket, customer in ((waiting, vera), (heard, vera), (taken, gleb)):
            a_reply_by(customer, ticket, f"Message {number}")
        a_reply_by(vera, a_ticket_of(vera, f"New {number}"), "And this")
        assign_ticket(actor=acting(mila), ticket=taken.pk, assignee_id=(boris, anna)[number % 2].pk)
        a_reply_by(anna, waiting, "An answer")
    together = owed_of_each_event()
    monkeypatch.setitem(subscribers._subscribers, "notifications", replace(NOTIFICATIONS, handle_all=None))
    one_by_one = owed_of_each_event()
    assert together == one_by_one
    assert len(together[1]) > 12
