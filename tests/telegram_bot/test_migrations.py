"""Migrations that change rows, each run over rows as they were before it."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddIndex

from accounts import clock
from accounts.models import User
from telegram_bot.customer_chat.choices import wants_new
from telegram_bot.identity import current_bot_id
from telegram_bot.models import Approval, BusinessConnection, Chat, MessageLink, OutgoingCall

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


def test_a_new_ticket_that_was_asked_for_just_before_is_still_wanted_and_no_other() -> None:
    """By its time alone, where a mark said so before."""
    begin = import_module("telegram_bot.migrations.0031_new_tickets_wanted_before")
    end = import_module("telegram_bot.migrations.0033_one_mark_of_a_new_ticket")
    earlier = MigrationExecutor(connection).loader.project_state(("telegram_bot", "0032_words_in_general")).apps
    moments = {"now": clock.now(), "an hour ago": clock.now() - timedelta(hours=1), "": None}
    rows = {1: (True, ""), 2: (True, "an hour ago"), 3: (False, ""), 4: (True, "now"), 5: (False, "now")}
    for number, (wants, asked) in rows.items():
        earlier.get_model("telegram_bot", "Chat").objects.create(
            bot_id=current_bot_id(), telegram_id=number, wants_new=wants, new_wanted_at=moments[asked]
        )
    with connection.schema_editor() as editor:
        begin.begin_half_hours(earlier, editor)
        end.end_old_wishes(earlier, editor)
    found = [wants_new(Chat.objects.get(telegram_id=number), clock.now()) for number in rows]
    assert found == [True, False, False, True, False]


def test_a_process_of_the_release_before_goes_on_beside_one_of_this() -> None:
    """It reads and writes a column that is no field any more."""
    earlier = MigrationExecutor(connection).loader.project_state(("telegram_bot", "0032_words_in_general")).apps
    chats = earlier.get_model("telegram_bot", "Chat").objects
    Chat.objects.create(bot_id=current_bot_id(), telegram_id=1)
    chats.create(bot_id=current_bot_id(), telegram_id=2, wants_new=True)
    assert list(chats.order_by("telegram_id").values_list("wants_new", flat=True)) == [False, True]
    assert Chat.objects.count() == 2


def test_accounts_that_are_connected_already_count_as_approved_and_later_ones_wait() -> None:
    name = "0034_approval_of_accounts"
    migration = import_module(f"telegram_bot.migrations.{name}").Migration(name, "telegram_bot")
    state = MigrationExecutor(connection).loader.project_state(("telegram_bot", "0033_one_mark_of_a_new_ticket"))
    earlier = state.apps.get_model("telegram_bot", "BusinessConnection").objects
    values = {"bot_id": current_bot_id(), "owner_id": 9000, "changed_at": clock.now()}
    with connection.schema_editor() as editor:
        migration.unapply(state.clone(), editor)
    earlier.create(connection_id="at work", **values)
    with connection.schema_editor() as editor:
        migration.apply(state.clone(), editor)
    earlier.create(connection_id="told to a process of the release before", **values)
    found = BusinessConnection.objects.order_by("id").values_list("approval", flat=True)
    assert list(found) == [Approval.APPROVED, Approval.WAITING]


def test_no_index_of_the_inbox_or_the_outbox_is_made_while_messages_cannot_come_in() -> None:
    """Both hold a month of traffic; a plain index locks the table for as long as it reads it."""
    loader = MigrationLoader(None)
    made = [
        (name, operation)
        for (app, name), migration in loader.disk_migrations.items()
        if app == "telegram_bot" and name >= "0024"  # the first over tables that may be large
        for operation in migration.operations
        if isinstance(operation, AddIndex) and operation.model_name in {"update", "outgoingcall"}
    ]
    assert {"telegram_call_farewell", "telegram_update_unapproved"} <= {one.index.name for _name, one in made}
    assert [name for name, operation in made if not isinstance(operation, AddIndexConcurrently)] == []


def test_whoever_was_let_in_again_before_it_was_told_is_told_nothing_out_of_the_blue(vera: User, gleb: User) -> None:
    migration = import_module("telegram_bot.migrations.0038_let_in")
    User.objects.filter(pk=gleb.pk).update(is_active=False)
    for person in (vera, gleb, None):
        number = person.telegram_id if person else 7
        Chat.objects.create(bot_id=current_bot_id(), telegram_id=number, person=person, ban_told_at=clock.now())
    with connection.schema_editor() as editor:
        migration.forget_old_bans(apps, editor)
    told = Chat.objects.exclude(ban_told_at=None).values_list("telegram_id", flat=True)
    assert set(told) == {gleb.telegram_id, 7}
