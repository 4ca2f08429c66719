"""What is left to a bot that the desk had before its token became another bot's, and an administrator's way out."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from accounts import clock
from accounts.actors import Actor, Source
from accounts.errors import PermissionDenied
from accounts.models import User
from telegram_bot.channel_check.findings import Level
from telegram_bot.channel_check.looking import look_at_channel
from telegram_bot.channel_check.tables import read_desk
from telegram_bot.delivery.rendering import render_call
from telegram_bot.former_bots import Settled, settle_former_bots, survey_former_bots
from telegram_bot.models import BotLease, CallState, OutgoingCall, Update, UpdateState
from telegram_bot.outbox import CallDraft, enqueue
from telegram_bot.outcomes.reporting import report_call
from telegram_bot.verdicts import Failed
from tests.support.desk import a_reply_by, a_ticket_of, acting
from tests.support.inbox import Inbox
from tests.support.shop import Shop
from tests.support.staff_group import GROUP, a_topic_of
from tests.telegram_bot.test_conversation import PHOTO, texts_in
from tickets.events.delivery import run_due_deliveries
from tickets.models import Attachment, Message, MessageDeliveryState, Ticket
from tickets.services.delivery import retry_message

NEW = 424242


def change_token(settings: Settings) -> None:
    settings.TELEGRAM_BOT_TOKEN = f"{NEW}:new"


def settle() -> Settled:
    return settle_former_bots(actor=Actor.system(Source.COMMAND))


def arrive(inbox: Inbox, user: User, *texts: str, **fields: object) -> None:
    inbox.put(*(inbox.update(message=inbox.message(user, text, **fields)) for text in texts))


def are_ambiguous(answers: list[Message]) -> list[bool]:
    return [Message.objects.get(pk=one.pk).delivery_ambiguous for one in answers]


def test_an_answer_owed_by_the_former_bot_fails_with_its_reason_and_is_sent_again_by_the_present_one(
    inbox: Inbox, vera: User, anna: User, settings: Settings
) -> None:
    answer = a_reply_by(anna, a_ticket_of(vera))
    run_due_deliveries("telegram")
    change_token(settings)
    settle()
    answer.refresh_from_db()
    assert (answer.delivery_state, answer.delivery_reason) == (MessageDeliveryState.FAILED, "former_bot")
    assert not survey_former_bots()
    retry_message(actor=acting(anna), message_id=answer.pk)
    run_due_deliveries("telegram")
    states = OutgoingCall.objects.filter(message=answer.pk).order_by("id").values_list("bot_id", "state")
    assert list(states) == [(inbox.bot_id, CallState.FAILED), (NEW, CallState.PENDING)]


def test_only_an_answer_that_was_being_sent_may_have_arrived(
    inbox: Inbox, vera: User, anna: User, settings: Settings
) -> None:
    ticket = a_ticket_of(vera)
    answers = [a_reply_by(anna, ticket, "First"), a_reply_by(anna, ticket, "Second")]
    run_due_deliveries("telegram")
    OutgoingCall.objects.filter(message=answers[0].pk).update(state=CallState.SENDING)
    change_token(settings)
    settle()
    assert are_ambiguous(answers) == [True, False]
    for answer in answers:
        retry_message(actor=acting(anna), message_id=answer.pk)
    run_due_deliveries("telegram")
    for call in OutgoingCall.objects.filter(bot_id=NEW, message__isnull=False):
        OutgoingCall.objects.filter(pk=call.pk).update(state=CallState.SENT)
        report_call(call.pk)
    assert Message.objects.get(pk=answers[0].pk).delivery_state == MessageDeliveryState.SENT
    assert are_ambiguous(answers) == [True, False], "what the former bot may have delivered has come twice"


def test_what_an_earlier_run_left_untold_is_told(inbox: Inbox, vera: User, anna: User, settings: Settings) -> None:
    first, second = a_reply_by(anna, a_ticket_of(vera)), a_reply_by(anna, a_ticket_of(vera))
    run_due_deliveries("telegram")
    OutgoingCall.objects.filter(message=first.pk).update(state=CallState.FAILED, error_code="former_bot")
    change_token(settings)
    assert OutgoingCall.objects.filter(message=second.pk, state=CallState.PENDING).exists()
    settle()
    first.refresh_from_db()
    assert first.delivery_reason == "former_bot"


def test_what_customers_wrote_reaches_its_tickets_as_if_that_bot_were_there(
    inbox: Inbox, vera: User, gleb: User, anna: User, settings: Settings
) -> None:
    ticket = a_ticket_of(vera, "Printer")
    arrive(inbox, vera, "It burns", "It still burns")
    arrive(inbox, gleb, "Hello")
    change_token(settings)
    assert settle() == Settled(calls=OutgoingCall.objects.filter(bot_id=inbox.bot_id).count(), handled=3)
    assert texts_in(ticket) == ["Printer", "It burns", "It still burns"]
    assert texts_in(Ticket.objects.get(customer=gleb)) == ["Hello"]
    run_due_deliveries("telegram")
    owed_since = OutgoingCall.objects.filter(queue=gleb.telegram_id, state=CallState.PENDING)
    assert {*owed_since.values_list("bot_id", flat=True)} == {NEW}, "and is told so by the present bot"
    assert not survey_former_bots()


def test_what_came_to_a_companys_own_account_reaches_its_ticket_with_its_edit_and_its_deletion(
    inbox: Inbox, shop: Shop, vera: User, settings: Settings
) -> None:
    shop.hears(vera, "Is it open?")
    ticket = Ticket.objects.get()
    asked, gone = (inbox.message(vera, text, business_connection_id=shop.connection) for text in ("Today", "Or not"))
    edited = {**asked, "text": "Today?", "edit_date": 1_795_000_100}
    chat = {"id": vera.telegram_id, "type": "private"}
    lost = {"business_connection_id": shop.connection, "chat": chat, "message_ids": [gone["message_id"]]}
    inbox.put(*(inbox.update(business_message=one) for one in (asked, gone)))
    inbox.put(inbox.update(edited_business_message=edited), inbox.update(deleted_business_messages=lost))
    change_token(settings)
    assert settle().handled == 4
    said = [(one.text, one.deleted_at is None) for one in ticket.messages.order_by("sequence")]
    assert said == [("Is it open?", True), ("Today?", True), ("Or not", False)]


def test_an_answer_in_a_companys_own_account_is_not_owed_to_the_former_bot_again(
    inbox: Inbox, shop: Shop, vera: User, anna: User, settings: Settings
) -> None:
    """Whose connection it was; the present one may not write there before the account is connected to it."""
    shop.hears(vera, "Is it open?")
    answer = a_reply_by(anna, Ticket.objects.get(), "Until nine")
    run_due_deliveries("telegram")
    change_token(settings)
    settle()
    retry_message(actor=acting(anna), message_id=answer.pk)
    run_due_deliveries("telegram")
    assert not survey_former_bots()
    owed = OutgoingCall.objects.get(bot_id=NEW, message=answer.pk)
    assert render_call(owed) == Failed(code="unreachable", unreachable="disconnected")


@pytest.mark.usefixtures("staff_group")
def test_what_an_agent_answered_in_the_group_reaches_the_customer_through_the_present_bot(
    inbox: Inbox, vera: User, anna: User, settings: Settings
) -> None:
    ticket = a_ticket_of(vera)
    a_topic_of(ticket, 7)
    place = {"chat": {"id": GROUP, "type": "supergroup", "is_forum": True}, "message_thread_id": 7}
    arrive(inbox, anna, "Turn it off", is_topic_message=True, **place)
    change_token(settings)
    settle()
    run_due_deliveries("telegram")
    answer = ticket.messages.get(author=anna)
    assert OutgoingCall.objects.get(message=answer.pk).bot_id == NEW


def test_what_may_be_about_several_tickets_goes_to_the_newest_and_nobody_is_asked(
    inbox: Inbox, vera: User, settings: Settings
) -> None:
    _first, second = a_ticket_of(vera, "First"), a_ticket_of(vera, "Second")
    inbox.says(vera, "Which one am I?")
    assert [row.state for row in inbox.rows()] == [UpdateState.HELD]
    asked = len(inbox.told(vera))
    arrive(inbox, vera, "And I?")
    change_token(settings)
    settle()
    assert texts_in(second) == ["Second", "Which one am I?", "And I?"]
    assert not [text for text in inbox.told(vera)[asked:] if "Which one is this about" in text]


def test_words_that_nobody_was_asked_about_yet_go_to_the_newest_too(
    inbox: Inbox, vera: User, settings: Settings
) -> None:
    _first, second = a_ticket_of(vera, "First"), a_ticket_of(vera, "Second")
    arrive(inbox, vera, "Which one am I?", "And I?")
    change_token(settings)
    assert settle().handled == 2
    assert texts_in(second) == ["Second", "Which one am I?", "And I?"]
    assert not [text for text in inbox.told(vera) if "Which one is this about" in text]


def test_presses_are_set_aside_and_do_nothing(inbox: Inbox, vera: User, settings: Settings) -> None:
    ticket = a_ticket_of(vera)
    press = {"id": "1", "from": inbox.account(vera), "chat_instance": "1", "data": f"close:{ticket.pk}"}
    inbox.put(inbox.update(callback_query=press))
    change_token(settings)
    assert settle().set_aside == 1
    assert Update.objects.values_list("state", "outcome").get() == (UpdateState.DONE, "former_bot")
    ticket.refresh_from_db()
    assert not ticket.is_closed


def test_an_update_that_cannot_be_handled_is_given_up_and_the_others_go_on(
    inbox: Inbox, vera: User, settings: Settings
) -> None:
    inbox.put(inbox.update(message={"message_id": 7, "chat": {"id": vera.telegram_id, "type": "private"}, "from": 5}))
    arrive(inbox, vera, "Hello")
    change_token(settings)
    done = settle()
    assert (done.handled, done.dead) == (1, 1)
    assert texts_in(Ticket.objects.get()) == ["Hello"]


def test_a_file_that_only_the_former_bot_could_fetch_is_named_as_gone(
    inbox: Inbox, vera: User, settings: Settings
) -> None:
    inbox.says(vera, photo=PHOTO)
    change_token(settings)
    settle()
    assert [one.failure for one in Attachment.objects.all()] == ["unavailable"]


@pytest.mark.usefixtures("staff_group")
def test_no_message_of_the_former_bots_chat_is_copied_into_the_group(
    inbox: Inbox, vera: User, settings: Settings
) -> None:
    """In the chat with the present bot its number is another message's."""
    arrive(inbox, vera, None, photo=PHOTO)  # type: ignore[arg-type]
    change_token(settings)
    settle()
    run_due_deliveries("staff_group")
    into_group = OutgoingCall.objects.filter(bot_id=NEW, queue=GROUP)
    assert into_group.exists()
    assert not into_group.filter(method__startswith="copy").exists()


@pytest.mark.usefixtures("staff_group")
def test_what_was_to_be_removed_from_the_group_the_present_bot_removes(inbox: Inbox, settings: Settings) -> None:
    enqueue([CallDraft(method="deleteForumTopic", params={"message_thread_id": 7}, queue=GROUP)])
    change_token(settings)
    settle()
    removal = OutgoingCall.objects.get(bot_id=NEW)
    assert (removal.method, removal.params, removal.state) == (
        "deleteForumTopic", {"message_thread_id": 7}, CallState.PENDING,
    )  # fmt: skip


def test_a_bot_that_a_process_serves_is_left_alone(inbox: Inbox, vera: User, settings: Settings) -> None:
    arrive(inbox, vera, "Hello")
    BotLease.objects.create(bot_id=inbox.bot_id, held_until=clock.now() + timedelta(seconds=10))
    change_token(settings)
    assert settle() == Settled()
    assert [bot.is_served for bot in survey_former_bots()] == [True]


@pytest.mark.parametrize("token", ["", "no token:at all"])
def test_without_a_token_nothing_is_a_former_bots(
    client: Client, inbox: Inbox, vera: User, anna: User, adam: User, settings: Settings, token: str
) -> None:
    """It was lost from the settings: what is owed and what has come is the bot's that will be there again."""
    a_reply_by(anna, a_ticket_of(vera))
    run_due_deliveries("telegram")
    arrive(inbox, vera, "Hello")
    owed = [*OutgoingCall.objects.order_by("id").values_list("pk", "state", "error_code")]
    settings.TELEGRAM_BOT_TOKEN = token
    assert not survey_former_bots()
    assert read_desk().left_to_other_bots == 0
    assert settle() == Settled()
    client.force_login(adam)
    client.post("/admin/telegram_bot/botlease/former/")
    assert owed
    assert survey_without_token(client) == len(owed) + 1
    assert [*OutgoingCall.objects.order_by("id").values_list("pk", "state", "error_code")] == owed
    assert Update.objects.get().state == UpdateState.RECEIVED


def survey_without_token(client: Client) -> int:
    """What the page, the check and the two commands say alike."""
    check, settling = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("check_channel", "--json", "--language", "en", stdout=check)
    assert ended.value.code == 2
    found = {finding["code"]: finding for finding in json.loads(check.getvalue())}
    assert found["no_token"]["level"] == "fault"
    counted = int(found["left_without_token"]["what"].rpartition(" ")[2])
    with pytest.raises(CommandError, match=f"is not set. Calls and updates .*: {counted}\\."):
        call_command("settle_former_bots", stdout=settling)
    page = client.get("/admin/telegram_bot/botlease/check/").content.decode()
    with translation.override("ru"):
        words = [finding.what for finding in look_at_channel() if finding.code in ("no_token", "left_without_token")]
    assert len(words) == 2
    assert all(line in page for line in words)
    return counted


@pytest.mark.django_db
def test_without_a_token_and_with_nothing_left_the_check_says_so(settings: Settings) -> None:
    settings.TELEGRAM_BOT_TOKEN = ""
    levels = {finding.code: finding.level for finding in look_at_channel()}
    assert (levels["no_token"], levels["left_without_token"]) == (Level.FAULT, Level.RIGHT)
    with pytest.raises(CommandError, match=r"is not set\.$"):
        call_command("settle_former_bots", stdout=io.StringIO())


def test_only_who_runs_the_desk_may(mila: User) -> None:
    with pytest.raises(PermissionDenied):
        settle_former_bots(actor=acting(mila))


# --- the command and the page ---
def run_command(*arguments: str) -> str:
    out = io.StringIO()
    call_command("settle_former_bots", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_changes_nothing_before_it_is_confirmed(inbox: Inbox, vera: User, settings: Settings) -> None:
    arrive(inbox, vera, "Hello")
    change_token(settings)
    assert "1 updates with what people wrote" in run_command()
    assert not Ticket.objects.exists()
    assert "Updates handled: 1," in run_command("--yes")
    assert Ticket.objects.get().customer == vera
    assert "Nothing is left" in run_command("--yes")


def test_the_page_shows_what_is_left_and_ends_it(
    client: Client, inbox: Inbox, vera: User, adam: User, mila: User, settings: Settings
) -> None:
    arrive(inbox, vera, "Hello")
    change_token(settings)
    address = "/admin/telegram_bot/botlease/former/"
    client.force_login(mila)
    assert (client.get(address).status_code, client.post(address).status_code) == (403, 403)
    client.force_login(adam)
    assert str(inbox.bot_id) in client.get(address).content.decode()
    assert not Ticket.objects.exists(), "to look changes nothing"
    assert client.post(address, headers={"Accept-Language": "en"}).status_code == 302
    assert Ticket.objects.get().customer == vera
    page = client.get(address, headers={"Accept-Language": "en"}).content.decode()
    assert "Updates handled: 1," in page
    assert "Nothing is left to a bot that the desk had before" in page
