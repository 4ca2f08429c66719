"""Migrations that change rows, each run over rows as they were before it."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from accounts import clock
from telegram_bot.customer_chat.choices import wants_new
from telegram_bot.identity import current_bot_id
from telegram_bot.models import Chat, MessageLink, OutgoingCall

pytestmark = pytest.mark.django_db
GROUP = -1_001_000_000_001
JOINED = ["0192c0de-0000-7000-8000-000000000001", "0192c0de-0000-7000-8000-000000000002"]


def a_sent_call(number: int, params: dict[str, Any], *, chat_id: int = GROUP, state: str = "sent") -> None:
    """With the link to what it made, as it was written before what that joins was known."""
    now, bot_id = clock.now(), current_bot_id()
    OutgoingCall.objects.create(
        bot_id=bot_id, method="sendMessage", queue=chat_id, state=state, result={"message_id": number}, params=params,
        next_attempt_at=now, created_at=now,
    )  # fmt: skip
    MessageLink.objects.create(
        bot_id=bot_id, chat_id=chat_id, telegram_message_id=number, direction="out", message=params.get("@message")
    )


def test_what_messages_of_the_group_join_is_filled_in_from_the_outbox(monkeypatch: pytest.MonkeyPatch) -> None:
    migration = import_module("telegram_bot.migrations.0026_messages_joined_before")
    monkeypatch.setattr(migration, "_AT_ONCE", 2)
    with connection.schema_editor() as editor:
        migration.fill_from_outbox(apps, editor)  # of an empty outbox
    a_sent_call(1, {"@messages": JOINED})
    a_sent_call(2, {"@messages": JOINED[:1], "@message": JOINED[0]})
    a_sent_call(3, {"text": "⚠ Not delivered."})
    a_sent_call(4, {"@messages": JOINED}, chat_id=-5)
    a_sent_call(5, {"@messages": JOINED[::-1]}, state="pending")
    a_sent_call(6, {"@messages": JOINED[::-1]})
    a_sent_call(7, {"@messages": JOINED})
    MessageLink.objects.filter(telegram_message_id=7).update(joined=JOINED[:1])
    for _time in range(2):
        with connection.schema_editor() as editor:
            migration.fill_from_outbox(apps, editor)
        found = dict(MessageLink.objects.values_list("telegram_message_id", "joined"))
        assert found == {1: JOINED, 2: None, 3: None, 4: JOINED, 5: None, 6: JOINED[::-1], 7: JOINED[:1]}


def test_a_new_ticket_that_was_asked_for_just_before_is_still_wanted() -> None:
    migration = import_module("telegram_bot.migrations.0031_new_tickets_wanted_before")
    an_hour_ago = clock.now() - timedelta(hours=1)
    rows = {1: (True, None), 2: (True, an_hour_ago), 3: (False, None)}
    for number, (wants, asked_at) in rows.items():
        Chat.objects.create(bot_id=current_bot_id(), telegram_id=number, wants_new=wants, new_wanted_at=asked_at)
    with connection.schema_editor() as editor:
        migration.begin_half_hours(apps, editor)
    assert [wants_new(Chat.objects.get(telegram_id=number), clock.now()) for number in rows] == [True, False, False]
