"""The bot's rows in the back office."""

import pytest
from django.test import Client

from accounts.models import User
from telegram_bot.models import CallState, OutgoingCall, Update, UpdateState
from telegram_bot.outbox import CallDraft, enqueue
from tests.support.desk import a_reply_by, a_ticket_of
from tests.support.inbox import Inbox
from tickets.models import Message


@pytest.fixture
def admins_browser(client: Client, adam: User) -> Client:
    client.force_login(adam)
    return client


@pytest.mark.parametrize("page", ["update", "outgoingcall", "botlease", "chat"])
def test_the_lists_open_for_administrators_only(admins_browser: Client, mila: User, page: str) -> None:
    assert admins_browser.get(f"/admin/telegram_bot/{page}/").status_code == 200
    admins_browser.force_login(mila)
    assert admins_browser.get(f"/admin/telegram_bot/{page}/").status_code == 403


def test_an_update_is_shown_whatever_it_holds(admins_browser: Client, inbox: Inbox, vera: User) -> None:
    inbox.put(inbox.update(message=inbox.message(vera, "<script>\x00\ud800")))
    page = admins_browser.get(f"/admin/telegram_bot/update/{inbox.rows()[0].pk}/change/")
    assert page.status_code == 200
    assert b"<script>\\u0000" not in page.content
    assert b"&lt;script&gt;" in page.content


def test_an_update_is_shown_in_letters_and_what_hides_as_an_escape(
    admins_browser: Client, inbox: Inbox, vera: User
) -> None:
    inbox.put(inbox.update(message=inbox.message(vera, "Привет\u202e\u200b!")))
    page = admins_browser.get(f"/admin/telegram_bot/update/{inbox.rows()[0].pk}/change/").content.decode()
    assert "Привет\\u202e\\u200b!" in page


def test_a_given_up_update_is_handled_again(admins_browser: Client, inbox: Inbox, vera: User) -> None:
    inbox.put(inbox.update(message=inbox.message(vera, "Hello")))
    Update.objects.update(state=UpdateState.DEAD, attempts=3)
    row = inbox.rows()[0]
    values = {"action": "try_again", "_selected_action": [row.pk]}
    admins_browser.post("/admin/telegram_bot/update/", values)
    inbox.work()
    assert Message.objects.get().text == "Hello"


def test_a_failed_call_is_made_again_and_its_message_is_queued_again(
    admins_browser: Client, inbox: Inbox, vera: User, anna: User
) -> None:
    message = a_reply_by(anna, a_ticket_of(vera))
    inbox.work()
    call = OutgoingCall.objects.get(message=message.pk)
    OutgoingCall.objects.filter(pk=call.pk).update(state=CallState.FAILED, error_code="gave_up", attempts=5)
    vera.telegram_chats.update(unreachable="blocked")
    admins_browser.post("/admin/telegram_bot/outgoingcall/", {"action": "send_again", "_selected_action": [call.pk]})
    call.refresh_from_db()
    assert (call.state, call.attempts) == (CallState.PENDING, 0)
    assert vera.telegram_chats.get().unreachable == ""


def test_a_failed_call_is_made_again_beside_what_waits_in_its_place(
    admins_browser: Client, inbox: Inbox, vera: User
) -> None:
    """A sign that failed, and the one that was put there since."""
    draft = CallDraft(method="setMessageReaction", params={}, queue=vera.telegram_id, coalesce_key="reaction:1")
    (failed,) = enqueue([draft])
    OutgoingCall.objects.update(state=CallState.FAILED)
    enqueue([draft])
    admins_browser.post("/admin/telegram_bot/outgoingcall/", {"action": "send_again", "_selected_action": [failed.pk]})
    assert list(OutgoingCall.objects.order_by("pk").values_list("state", "coalesce_key")) == [
        (CallState.PENDING, ""),
        (CallState.PENDING, "reaction:1"),
    ]


def test_rows_can_be_neither_changed_nor_deleted(admins_browser: Client, inbox: Inbox, vera: User) -> None:
    inbox.put(inbox.update(message=inbox.message(vera, "Hello")))
    row = inbox.rows()[0]
    assert admins_browser.post(f"/admin/telegram_bot/update/{row.pk}/change/", {"state": "dead"}).status_code == 403
    assert admins_browser.get(f"/admin/telegram_bot/update/{row.pk}/delete/").status_code == 403
    assert admins_browser.get("/admin/telegram_bot/update/add/").status_code == 403
