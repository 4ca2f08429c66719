"""A company's own account that is connected to the bot: what its customers write, and the answers through it."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from telegram.error import BadRequest

from accounts import clock
from accounts.models import User
from accounts.services.people import set_active
from telegram_bot.bot_api import Request
from telegram_bot.business import business_key
from telegram_bot.connections import decide_account
from telegram_bot.customer_chat.held import release_overdue
from telegram_bot.delivery.recording import record_verdict
from telegram_bot.identity import current_bot_id
from telegram_bot.models import Approval, BusinessConnection, CallState, Chat, MessageLink, OutgoingCall, Update
from telegram_bot.outbox import claim
from telegram_bot.outcomes.reporting import report_call
from telegram_bot.receiving.intake import ALLOWED_UPDATES
from telegram_bot.verdicts import Again, Failed, Sent, judge
from tests.support.desk import a_note_by, a_reply_by, a_ticket_of, acting
from tests.support.inbox import Inbox
from tests.support.shop import OWNER, WRITTEN_AT, Shop, rendered
from tickets.errors import NoReactionsHere
from tickets.events.delivery import run_due_deliveries
from tickets.models import Message, Notification, Ticket, TicketStatus
from tickets.services.conversation import delete_message, edit_message
from tickets.services.delivery import retry_message
from tickets.services.reactions import react_to_message
from tickets.services.workflow import change_status

pytestmark = pytest.mark.django_db


def outcome() -> str:
    return Update.objects.latest("id").outcome


def test_what_is_written_to_the_account_becomes_a_ticket_and_the_answer_goes_out_through_it(
    inbox: Inbox, shop: Shop, vera: User, anna: User
) -> None:
    shop.hears(vera, "Do you deliver?")
    ticket = Ticket.objects.get()
    assert (ticket.source, ticket.customer) == ("business", vera)
    assert not inbox.owed(), "the bot says nothing of its own there"
    a_reply_by(anna, ticket, "Tomorrow")
    inbox.work()
    (call,) = inbox.owed()
    assert call.queue == shop.key(vera)
    request = rendered(call)
    assert (request.method, request.params) == (
        "sendMessage",
        {"chat_id": vera.telegram_id, "business_connection_id": "conn-1", "text": "Tomorrow"},
    )


def test_the_conversation_goes_on_in_its_ticket_and_apart_from_the_bots_chat(
    inbox: Inbox, shop: Shop, vera: User, anna: User
) -> None:
    shop.hears(vera, "To the shop")
    inbox.says(vera, "To the bot")
    shop.hears(vera, "To the shop again")
    to_shop, to_bot = Ticket.objects.order_by("number")
    assert [message.text for message in to_shop.messages.order_by("sequence")] == ["To the shop", "To the shop again"]
    assert [message.text for message in to_bot.messages.all()] == ["To the bot"]
    inbox.says(vera, "To the bot again")
    assert to_bot.messages.count() == 2
    a_reply_by(anna, to_bot, "From the bot")
    a_reply_by(anna, to_shop, "From the shop")
    inbox.work()
    answers = {call.queue: call for call in OutgoingCall.objects.exclude(message=None)}
    assert set(answers) == {vera.telegram_id, shop.key(vera)}


def test_a_message_held_by_the_bot_goes_to_a_ticket_of_the_bots(inbox: Inbox, shop: Shop, vera: User) -> None:
    """The newest of all may be one of the account: chosen, it would answer nothing, and the question come again."""
    a_ticket_of(vera, "First")
    second = a_ticket_of(vera, "Second")
    inbox.says(vera, "Which one am I?")
    shop.hears(vera, "Do you deliver?")
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        assert release_overdue(inbox.bot_id) == 1
        inbox.work()
        assert release_overdue(inbox.bot_id) == 0
    assert [message.text for message in second.messages.order_by("sequence")] == ["Second", "Which one am I?"]
    assert sum("Which one is this about" in text for text in inbox.told(vera)) == 1


def test_what_was_done_in_the_account_takes_no_words_to_the_bot(
    inbox: Inbox, shop: Shop, vera: User, anna: User
) -> None:
    shop.hears(vera, "Is it open on Sunday?")
    there = Ticket.objects.get()
    change_status(actor=acting(anna), ticket=there.pk, status=TicketStatus.RESOLVED)
    inbox.says(vera, "The printer is on fire")
    there.refresh_from_db()
    assert there.status == TicketStatus.RESOLVED
    assert Ticket.objects.exclude(pk=there.pk).get().messages.get().text == "The printer is on fire"


def test_two_accounts_have_two_conversations(inbox: Inbox, shop: Shop, vera: User) -> None:
    other = Shop(inbox, "conn-2")
    other.connect()
    shop.hears(vera, "To the first")
    other.hears(vera, "To the second")
    assert Ticket.objects.count() == Chat.objects.filter(type="business").count() == 2
    assert shop.key(vera) != other.key(vera)


def test_the_same_message_id_in_the_bots_chat_is_another_message(inbox: Inbox, shop: Shop, vera: User) -> None:
    told = shop.hears(vera, "To the shop")
    same = {**inbox.message(vera, "To the bot"), "message_id": told["message_id"]}
    inbox.put(inbox.update(message=same))
    inbox.work()
    assert sorted(Message.objects.values_list("text", flat=True)) == ["To the bot", "To the shop"]
    shop.put(business_message=told)
    assert outcome() == "repeated"


def test_a_closed_ticket_goes_on_in_a_linked_one(inbox: Inbox, shop: Shop, vera: User, anna: User) -> None:
    shop.hears(vera, "First")
    first = Ticket.objects.get()
    for status in (TicketStatus.RESOLVED, TicketStatus.CLOSED):
        change_status(actor=acting(anna), ticket=first.pk, status=status)
    shop.hears(vera, "And another thing")
    second = Ticket.objects.get(continues=first)
    assert second.source == "business"
    a_reply_by(anna, second, "Yes?")
    inbox.work()
    assert inbox.owed()[-1].queue == shop.key(vera)


def test_several_replies_to_a_closed_ticket_are_one_linked_one(
    inbox: Inbox, shop: Shop, vera: User, anna: User
) -> None:
    asked = shop.hears(vera, "First")
    first = Ticket.objects.get()
    change_status(actor=acting(anna), ticket=first.pk, status=TicketStatus.CLOSED)
    for text in ("And another thing", "It is green"):
        shop.hears(vera, text, reply_to_message=asked)
    second = Ticket.objects.get(continues=first)
    assert list(second.messages.order_by("sequence").values_list("text", flat=True)) == [
        "And another thing", "It is green",
    ]  # fmt: skip
    assert first.messages.count() == 1


def test_an_edit_that_makes_a_wish_of_thanks_is_kept_and_told_though_the_ticket_is_closed(
    inbox: Inbox, shop: Shop, vera: User, anna: User
) -> None:
    shop.hears(vera, "First")
    thanks = shop.hears(vera, "Thank you")
    ticket = Ticket.objects.get()
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.CLOSED)
    run_due_deliveries("notifications")
    Notification.objects.all().delete()
    shop.put(edited_business_message={**thanks, "text": "Thank you, but it is broken", "edit_date": 1_795_000_100})
    run_due_deliveries("notifications")
    assert ticket.messages.filter(text="Thank you, but it is broken").exists()
    assert Notification.objects.get().kind == "message_received"


def test_edits_reach_the_ticket_and_answers_are_edited_and_removed_through_the_account(
    inbox: Inbox, shop: Shop, vera: User, anna: User
) -> None:
    told = shop.hears(vera, "Teh parcel")
    shop.put(edited_business_message={**told, "text": "The parcel", "edit_date": 1_795_000_100})
    assert Message.objects.get().text == "The parcel"
    reply = a_reply_by(anna, Ticket.objects.get(), "Wich?")
    inbox.work()
    call = inbox.owed()[-1]
    OutgoingCall.objects.filter(pk=call.pk).update(state=CallState.SENT)
    MessageLink.objects.create(
        bot_id=inbox.bot_id, chat_id=call.queue, telegram_message_id=77, message=reply.pk, direction="out"
    )
    edit_message(actor=acting(anna), message_id=reply.pk, text="Which?")
    inbox.work()
    edit = rendered(inbox.owed(method="editMessageText")[-1])
    assert edit.params["business_connection_id"] == "conn-1"
    assert (edit.params["chat_id"], edit.params["message_id"]) == (vera.telegram_id, 77)
    delete_message(actor=acting(anna), message_id=reply.pk)
    inbox.work()
    removal = rendered(inbox.owed(method="deleteMessage")[-1])
    assert removal == Request(
        method="deleteBusinessMessages", params={"business_connection_id": "conn-1", "message_ids": [77]}
    )


def test_what_the_customer_deletes_is_marked_and_its_text_is_kept(inbox: Inbox, shop: Shop, vera: User) -> None:
    told = shop.hears(vera, "My card is 1234")
    shop.hears(vera, "Never mind")
    shop.loses(vera, told["message_id"], 999)
    assert outcome() == "messages_deleted"
    first, second = Message.objects.order_by("sequence")
    assert first.deleted_at is not None
    assert first.text == "My card is 1234"
    assert second.deleted_at is None
    event = Ticket.objects.get().events.get(type="message_deleted")
    assert (event.actor_id, event.source) == (vera.pk, "business")
    shop.loses(vera, told["message_id"])
    assert outcome() == "ignored"


def test_an_album_is_deleted_with_its_last_picture(inbox: Inbox, shop: Shop, vera: User) -> None:
    photo = {"file_id": "f", "file_unique_id": "u", "width": 9, "height": 9, "file_size": 9}
    items = [shop.hears(vera, photo=[{**photo, "file_id": f"f{n}"}], media_group_id="album") for n in range(2)]
    message = Message.objects.get()
    shop.loses(vera, items[0]["message_id"])
    message.refresh_from_db()
    assert message.deleted_at is None
    shop.loses(vera, items[1]["message_id"])
    message.refresh_from_db()
    assert message.deleted_at is not None


@pytest.mark.parametrize(("hours", "reason"), [(23.9, None), (24.1, "reply_window_over")])
def test_a_day_after_the_customers_last_word_nothing_is_sent_and_staff_read_why(
    inbox: Inbox, shop: Shop, vera: User, anna: User, hours: float, reason: str | None
) -> None:
    shop.hears(vera, "Hello")
    a_reply_by(anna, Ticket.objects.get())
    inbox.work()
    found = rendered(inbox.owed()[-1], hours=hours)
    assert (found.code if isinstance(found, Failed) else None) == reason
    # an edit of what was written before opens no window
    told = inbox.message(vera, "Hello?", business_connection_id="conn-1", edit_date=1_795_090_000, date=1_795_090_000)
    shop.put(edited_business_message=told)
    assert shop.chat(vera).last_incoming_at == WRITTEN_AT
    shop.hears(vera, "Still there?", date=1_795_090_000)
    assert isinstance(rendered(inbox.owed()[-1], hours=hours), Request)


def test_without_the_right_to_answer_nothing_is_sent(inbox: Inbox, shop: Shop, vera: User, anna: User) -> None:
    shop.hears(vera, "Hello")
    a_reply_by(anna, Ticket.objects.get())
    inbox.work()
    shop.connect(can_reply=False)
    found = rendered(inbox.owed()[-1])
    assert isinstance(found, Failed)
    assert found.code == "reply_not_allowed"


def test_a_disconnected_account_makes_its_tickets_unreachable_until_it_is_back(
    inbox: Inbox, shop: Shop, vera: User, anna: User
) -> None:
    shop.hears(vera, "Hello")
    by_bot = a_ticket_of(vera)
    ticket = Ticket.objects.get(source="business")
    shop.connect(is_enabled=False)
    ticket.refresh_from_db()
    by_bot.refresh_from_db()
    assert (ticket.unreachable, by_bot.unreachable) == ("disconnected", "")
    message = a_reply_by(anna, ticket)
    inbox.work()
    call = OutgoingCall.objects.get(message=message.pk)
    found = rendered(call)
    assert isinstance(found, Failed)
    assert found.unreachable == "disconnected"
    OutgoingCall.objects.filter(pk=call.pk).update(state=CallState.FAILED, error_code="disconnected")
    report_call(call.pk)
    message.refresh_from_db()
    assert (message.delivery_state, message.delivery_reason) == ("blocked", "disconnected")
    shop.connect()
    ticket.refresh_from_db()
    assert ticket.unreachable == ""
    assert isinstance(rendered(OutgoingCall.objects.get(pk=call.pk)), Request)


def test_a_customer_who_blocks_the_bot_can_still_be_reached_through_the_account(
    inbox: Inbox, shop: Shop, vera: User
) -> None:
    shop.hears(vera, "Hello")
    inbox.says(vera, "/start")
    bot = {"id": inbox.bot_id, "is_bot": True, "first_name": "Desk"}
    change = {"chat": {"id": vera.telegram_id, "type": "private"}, "from": inbox.account(vera), "date": 1}
    for name, status in (("old_chat_member", "member"), ("new_chat_member", "kicked")):
        change[name] = {"user": bot, "status": status, **({"until_date": 0} if status == "kicked" else {})}
    shop.put(my_chat_member=change)
    assert Chat.objects.get(telegram_id=vera.telegram_id).unreachable == "blocked"
    assert Ticket.objects.get().unreachable == ""


def test_a_file_that_is_too_large_and_a_ban_are_met_with_silence(inbox: Inbox, shop: Shop, vera: User) -> None:
    document = {"file_id": "f", "file_unique_id": "u", "file_name": "big.zip", "file_size": 30 * 2**20}
    shop.hears(vera, document=document)
    assert not inbox.owed(vera)
    assert {call.method for call in inbox.owed()} <= {"getFile"}
    User.objects.filter(pk=vera.pk).update(is_active=False)
    shop.hears(vera, "Let me in")
    assert outcome() == "banned"
    assert Message.objects.count() == 1


def test_what_was_received_before_the_ban_reaches_its_ticket(inbox: Inbox, shop: Shop, vera: User, adam: User) -> None:
    message = inbox.message(vera, "Hello", business_connection_id=shop.connection)
    inbox.put(inbox.update(business_message=message))
    set_active(actor=acting(adam), user_id=vera.pk, is_active=False)
    inbox.work()
    assert Message.objects.get().text == "Hello"


def test_a_message_of_a_connection_that_nobody_told_of_waits_to_be_approved(
    inbox: Inbox, vera: User, adam: User
) -> None:
    Shop(inbox, "unknown").hears(vera, "Hello")
    assert not Ticket.objects.exists(), "it may be a stranger's"
    decide_account(actor=acting(adam), connection=BusinessConnection.objects.get().pk, approval=Approval.APPROVED)
    inbox.work()
    assert Ticket.objects.get().source == "business"


def test_keys_fit_the_tables_and_are_no_numbers_of_telegram() -> None:
    keys = {business_key(connection, chat) for connection in ("a", "b", "\ud800") for chat in (1, 2, 2**52)}
    assert len(keys) == 9
    assert all(2**62 <= key < 2**63 for key in keys)
    assert {"business_connection", "business_message", "edited_business_message", "deleted_business_messages"} <= set(
        ALLOWED_UPDATES
    )


def test_administrators_see_the_connected_accounts(client: Client, shop: Shop, vera: User, adam: User) -> None:
    shop.hears(vera, "Hello")
    client.force_login(adam)
    page = client.get("/admin/telegram_bot/businessconnection/").content.decode()
    assert "The Shop" in page
    ticket = Ticket.objects.get()
    page = client.get(f"/admin/tickets/ticket/{ticket.pk}/change/", headers={"Accept-Language": "en"}).content.decode()
    assert "through the company&#x27;s account" in page


def test_a_reaction_that_the_customer_would_not_see_is_refused_in_words(
    inbox: Inbox, shop: Shop, vera: User, anna: User
) -> None:
    shop.hears(vera, "My parcel?")
    question = Message.objects.get()
    with pytest.raises(NoReactionsHere):
        react_to_message(actor=acting(anna), message_id=question.pk, emoji="👍")
    MessageLink.objects.create(
        bot_id=inbox.bot_id, chat_id=anna.telegram_id, telegram_message_id=50, message=question.pk, direction="out"
    )
    reaction = {"type": "emoji", "emoji": "👍"}
    chat = {"id": anna.telegram_id, "type": "private"}
    told = {"chat": chat, "message_id": 50, "user": inbox.account(anna), "date": 1, "old_reaction": []}
    shop.put(message_reaction={**told, "new_reaction": [reaction]})
    assert "own account" in inbox.told(anna)[-1]
    assert react_to_message(actor=acting(vera), message_id=question.pk, emoji="👍").reactions, "the desk shows theirs"
    note = a_note_by(anna, Ticket.objects.get())
    assert react_to_message(actor=acting(anna), message_id=note.pk, emoji="👍").reactions, "among colleagues"


def test_staff_learn_that_a_removed_answer_is_still_there(inbox: Inbox, shop: Shop, vera: User, anna: User) -> None:
    shop.hears(vera, "My parcel?")
    reply = a_reply_by(anna, Ticket.objects.get(), "A secret")
    inbox.work()
    inbox.deliver()
    delete_message(actor=acting(anna), message_id=reply.pk)
    inbox.work()
    removal = inbox.owed(method="deleteMessage")[-1].pk
    for _time in range(2):
        OutgoingCall.objects.filter(pk=removal).update(
            state=CallState.FAILED, error_code="reply_not_allowed", reported_at=None
        )
        report_call(removal)
    [note] = Message.objects.filter(internal=True)
    assert (note.reply_to_id, note.author) == (reply.pk, None)
    assert "удалённый ответ" in note.text


def test_an_account_that_was_removed_and_connected_again_goes_on_where_it_was(
    inbox: Inbox, shop: Shop, vera: User, gleb: User, anna: User
) -> None:
    asked = shop.hears(vera, "Do you deliver?")
    shop.says(gleb, "Our new prices")
    ticket = Ticket.objects.get()
    shop.connect(is_enabled=False)
    message = a_reply_by(anna, ticket, "Tomorrow")
    inbox.work()
    call = OutgoingCall.objects.get(message=message.pk)
    OutgoingCall.objects.filter(pk=call.pk).update(state=CallState.FAILED, error_code="disconnected")
    report_call(call.pk)
    again = Shop(inbox, "conn-2")
    again.connect()
    ticket.refresh_from_db()
    assert ticket.unreachable == ""
    retry_message(actor=acting(anna), message_id=message.pk)
    inbox.work()
    call.refresh_from_db()
    assert (call.state, call.queue) == (CallState.PENDING, again.key(vera))
    assert rendered(call).params["business_connection_id"] == "conn-2"
    answer = again.hears(vera, "Any news?", reply_to_message=asked)
    assert [one.text for one in ticket.messages.order_by("sequence")] == ["Do you deliver?", "Tomorrow", "Any news?"]
    assert ticket.messages.latest("sequence").reply_to == ticket.messages.earliest("sequence"), "its number is known"
    again.loses(vera, answer["message_id"])
    assert ticket.messages.latest("sequence").deleted_at is not None
    again.hears(gleb, "Too high")
    words = Ticket.objects.get(customer=gleb).messages.order_by("sequence")
    assert [one.text for one in words] == ["Our new prices", "Too high"], "what its owner said before is kept"


def an_answer_under_way(inbox: Inbox, shop: Shop, customer: User, agent: User) -> OutgoingCall:
    """The account is removed and connected again while it is being sent, and another answer follows."""
    shop.hears(customer, "Do you deliver?")
    a_reply_by(agent, Ticket.objects.get(), "Tomorrow")
    inbox.work()
    (call,) = claim(current_bot_id(), free=0, queued=9, not_now=[])
    shop.connect(is_enabled=False)
    Shop(inbox, "conn-2").connect()
    a_reply_by(agent, Ticket.objects.get(), "At noon")
    inbox.work()
    assert not claim(current_bot_id(), free=0, queued=9, not_now=[]), "what follows waits for it"
    return call


GONE = judge(BadRequest("Bad Request: BUSINESS_CONNECTION_INVALID"))


@pytest.mark.parametrize("end", [GONE, None, Again(code="timed_out", delay=0.0)], ids=["gone", "unrendered", "again"])
def test_what_is_being_sent_while_the_account_is_connected_again_goes_out_by_the_new_connection(
    inbox: Inbox, shop: Shop, vera: User, anna: User, end: Again | Failed | None
) -> None:
    call = an_answer_under_way(inbox, shop, vera, anna)
    verdict = end or rendered(call)
    assert not isinstance(verdict, Request), "nothing goes to a chat that is no more"
    assert record_verdict(call, verdict, others_succeed=True)
    (again,) = claim(current_bot_id(), free=0, queued=9, not_now=[])
    assert (again.pk, again.attempts) == (call.pk, 0), "before what follows"
    assert rendered(again).params["business_connection_id"] == "conn-2"
    assert record_verdict(again, Sent(result={"message_id": 70}), others_succeed=True)
    assert not Message.objects.filter(delivery_state__in=("failed", "blocked")).exists()
    (following,) = claim(current_bot_id(), free=0, queued=9, not_now=[])
    assert rendered(following).params["text"] == "At noon"


def test_what_arrives_while_the_account_is_connected_again_is_known_there(
    inbox: Inbox, shop: Shop, vera: User, anna: User
) -> None:
    call = an_answer_under_way(inbox, shop, vera, anna)
    assert record_verdict(call, Sent(result={"message_id": 70}), others_succeed=True)
    edit_message(actor=acting(anna), message_id=Message.objects.get(text="Tomorrow").pk, text="On Monday")
    inbox.work()
    edit = rendered(inbox.owed(method="editMessageText")[-1])
    assert (edit.params["business_connection_id"], edit.params["message_id"]) == ("conn-2", 70)


def test_what_was_owed_to_the_former_connection_a_moment_too_late_goes_out_by_the_new_one(
    inbox: Inbox, shop: Shop, vera: User, anna: User
) -> None:
    shop.hears(vera, "Do you deliver?")
    a_reply_by(anna, Ticket.objects.get(), "Tomorrow")
    inbox.work()
    shop.connect(is_enabled=False)
    Shop(inbox, "conn-2").connect()
    OutgoingCall.objects.filter(method="sendMessage").update(queue=shop.key(vera))
    (call,) = claim(current_bot_id(), free=0, queued=9, not_now=[])
    assert record_verdict(call, rendered(call), others_succeed=True)
    (again,) = claim(current_bot_id(), free=0, queued=9, not_now=[])
    assert rendered(again).params["business_connection_id"] == "conn-2"


@pytest.mark.parametrize("late", ["the connection", "the message"])
def test_what_comes_late_around_a_new_connection_comes_into_the_same_conversation(
    inbox: Inbox, shop: Shop, vera: User, anna: User, late: str
) -> None:
    """Telegram's updates of a connection and of its chats are handled side by side."""
    again = Shop(inbox, "conn-2")
    shop.hears(vera, "Do you deliver?")
    shop.connect(is_enabled=False)
    if late == "the connection":
        again.hears(vera, "Hello?")
        again.connect()
    else:
        again.connect()
        shop.hears(vera, "Hello?")
    (chat,) = Chat.objects.filter(type="business")
    assert (chat.telegram_id, chat.business_connection) == (again.key(vera), "conn-2")
    newest = Ticket.objects.latest("number")
    again.hears(vera, "Any news?")
    assert newest.messages.filter(text="Any news?").exists()
    for ticket in Ticket.objects.all():
        message = a_reply_by(anna, ticket)
        inbox.work()
        assert rendered(OutgoingCall.objects.get(message=message.pk)).params["business_connection_id"] == "conn-2"


def test_late_words_of_the_owner_by_the_former_connection_begin_the_ticket_as_well(
    inbox: Inbox, shop: Shop, gleb: User
) -> None:
    shop.connect(is_enabled=False)
    again = Shop(inbox, "conn-2")
    again.connect()
    shop.says(gleb, "Our new prices")
    again.hears(gleb, "Too high")
    words = Ticket.objects.get(customer=gleb).messages.order_by("sequence")
    assert [one.text for one in words] == ["Our new prices", "Too high"]


def test_another_accounts_conversations_stay_where_they_are(inbox: Inbox, shop: Shop, vera: User) -> None:
    shop.hears(vera, "Do you deliver?")
    told = {"id": "conn-9", "user": {**OWNER, "id": 9001}, "user_chat_id": 9001, "date": 1_795_000_000}
    shop.put(business_connection={**told, "is_enabled": True, "rights": {"can_reply": True}})
    assert shop.chat(vera).business_connection == "conn-1"
