"""The card: one message for a ticket in its customer's chat, edited in place, and asked for only when it differs."""

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.db.models.functions import Now
from pytest_django import Settings

from accounts import clock
from accounts.models import User
from telegram_bot.bot_api import Request
from telegram_bot.customer_chat.choices import forget_old_choices
from telegram_bot.delivery.recording import record_verdict
from telegram_bot.delivery.rendering import render_call
from telegram_bot.models import CallState, Chat, OutgoingCall, TicketCard
from telegram_bot.outbox import claim
from telegram_bot.speech.callback_data import Action, build
from telegram_bot.verdicts import Failed, Sent
from tests.support.desk import a_note_by, a_reply_by, a_ticket_of, acting
from tests.support.inbox import Inbox
from tickets.models import Category, Priority, Ticket, TicketStatus
from tickets.services.assignment import assign_ticket
from tickets.services.conversation import delete_message
from tickets.services.labelling import TicketChanges, update_ticket
from tickets.services.workflow import change_status

pytestmark = pytest.mark.django_db
MEMBERSHIPS = {"old": {"status": "kicked", "until_date": 0}, "new": {"status": "member"}}


@pytest.fixture(autouse=True)
def address(settings: Settings) -> None:
    """One that Telegram does not open as a Mini App."""
    settings.USE_SIMULATOR, settings.PUBLIC_URL = False, "http://localhost"


@pytest.fixture
def ticket(inbox: Inbox, vera: User) -> Ticket:
    """With its card in the chat."""
    ticket = a_ticket_of(vera)
    inbox.work()
    inbox.deliver()
    return ticket


def asked(inbox: Inbox, vera: User) -> list[Request]:
    inbox.work()
    return inbox.deliver(vera)


def only(requests: list[Request]) -> Request:
    (request,) = requests
    return request


def buttons(request: Request) -> list[list[str]]:
    return [[one["text"] for one in row] for row in request.params["reply_markup"]["inline_keyboard"]]


def card_id(ticket: Ticket) -> int:
    return TicketCard.objects.get(ticket=ticket.pk).telegram_message_id or 0


def test_a_ticket_shows_itself_once_and_is_edited_in_place(
    inbox: Inbox, vera: User, anna: User, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://desk.example.com"
    ticket = a_ticket_of(vera, "The printer <b>burns</b>")
    shown = only(asked(inbox, vera))
    assert shown.method == "sendMessage"
    assert f"<b>#{ticket.number}</b> The printer &lt;b&gt;burns&lt;/b&gt;\nStatus: Received" in shown.params["text"]
    assert buttons(shown) == [["Write here", "Open in the app"], ["Close the ticket"]]
    assign_ticket(actor=acting(anna), ticket=ticket.pk, assignee_id=anna.pk)
    edit = only(asked(inbox, vera))
    assert (edit.method, edit.params["message_id"]) == ("editMessageText", card_id(ticket))
    assert "Status: In progress\nAgent: Anna" in edit.params["text"]
    assert not [name for name in edit.params if name.startswith("@")]


def test_what_changes_nothing_on_it_asks_nothing(inbox: Inbox, vera: User, anna: User, ticket: Ticket) -> None:
    a_note_by(anna, ticket, "Calls every week")
    a_reply_by(vera, ticket, "And it smells")
    update_ticket(actor=acting(anna), ticket=ticket.pk, changes=TicketChanges(priority=Priority.HIGH))
    assert asked(inbox, vera) == []
    update_ticket(actor=acting(anna), ticket=ticket.pk, changes=TicketChanges(subject="A fire"))
    update_ticket(actor=acting(anna), ticket=ticket.pk, changes=TicketChanges(subject=ticket.subject))
    assert asked(inbox, vera) == [], "there and back again"


def test_many_changes_in_a_short_time_are_one_edit_behind_the_answers(
    inbox: Inbox, vera: User, anna: User, ticket: Ticket
) -> None:
    assign_ticket(actor=acting(anna), ticket=ticket.pk, assignee_id=anna.pk)
    for number in range(3):
        a_reply_by(anna, ticket, f"Answer {number}")
        inbox.work()
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.PENDING)
    inbox.work()
    # as if all this had been quicker than the card's moment
    OutgoingCall.objects.filter(params__has_key="@ticket_card").update(next_attempt_at="2100-01-01T00:00Z")
    assert [call.params.get("@part") for call in claim(inbox.bot_id, free=0, queued=9, not_now=[])] == [0]
    OutgoingCall.objects.filter(state=CallState.SENDING).update(state=CallState.PENDING)
    texts = [request.params["text"] for request in asked(inbox, vera)]
    edits = [text for text in texts if not text.startswith("Answer")]
    assert len(texts) == 4
    assert len(edits) == 1
    assert "Waiting for your answer" in edits[0]
    assert "Last answer:\n<blockquote>Answer 2</blockquote>" in edits[0]


def test_a_removed_answer_leaves_it(inbox: Inbox, vera: User, anna: User, ticket: Ticket) -> None:
    message = a_reply_by(anna, ticket, "A" * 300)
    assert "A" * 119 + "…</blockquote>" in asked(inbox, vera)[-1].params["text"]
    delete_message(actor=acting(anna), message_id=message.pk)
    assert "AAA" not in asked(inbox, vera)[-1].params["text"]


def test_the_end_is_shown_and_only_the_rating_is_asked_by_a_message(
    inbox: Inbox, vera: User, anna: User, ticket: Ticket
) -> None:
    a_reply_by(anna, ticket, "Try now")
    asked(inbox, vera)
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.RESOLVED)
    question, card = asked(inbox, vera)
    assert question.method == "sendMessage"
    assert "How did you like our help?" in question.params["text"]
    assert "just write: the ticket opens again" in card.params["text"]
    assert buttons(card) == [["Write here"], ["1", "2", "3", "4", "5"]]
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.CLOSED)
    closed = only(asked(inbox, vera))
    assert (closed.method, buttons(closed)) == ("editMessageText", [])
    assert "It is closed" in closed.params["text"]


def test_its_stars_rate_and_it_stays_a_card(inbox: Inbox, vera: User, anna: User, ticket: Ticket) -> None:
    a_reply_by(anna, ticket, "Try now")
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.RESOLVED)
    asked(inbox, vera)
    inbox.presses(vera, build(Action.RATE, ticket.pk, word="4"), message_id=card_id(ticket))
    card = only(asked(inbox, vera))
    assert "Status: Resolved" in card.params["text"]
    assert buttons(card)[1:] == [["1", "2", "3", "★ 4", "5"], ["Add a few words"]]


def test_write_here_leads_the_next_messages_and_the_cards_say_so(
    inbox: Inbox, vera: User, anna: User, ticket: Ticket
) -> None:
    other = a_ticket_of(vera, "Another matter")
    asked(inbox, vera)
    inbox.presses(vera, build(Action.CHOOSE_TICKET, ticket.pk), message_id=card_id(ticket))
    assert "goes into this ticket" in inbox.owed(method="answerCallbackQuery")[-1].params["text"]
    assert buttons(only(asked(inbox, vera)))[0] == ["✓ Writing here"]
    inbox.says(vera, "To the first")
    assert ticket.messages.filter(text="To the first").exists()
    inbox.presses(vera, build(Action.CHOOSE_TICKET, other.pk), message_id=card_id(other))
    cards = {request.params["message_id"]: buttons(request)[0] for request in asked(inbox, vera)}
    assert cards == {card_id(ticket): ["Write here"], card_id(other): ["✓ Writing here"]}


def test_a_choice_that_is_over_is_taken_from_the_card(inbox: Inbox, vera: User, ticket: Ticket) -> None:
    inbox.presses(vera, build(Action.CHOOSE_TICKET, ticket.pk), message_id=card_id(ticket))
    asked(inbox, vera)
    assert forget_old_choices(inbox.bot_id) == 0
    with time_machine.travel(clock.now() + timedelta(hours=13)):
        assert forget_old_choices(inbox.bot_id) == 1
    assert Chat.objects.get(person=vera).chosen_ticket is None
    assert buttons(only(asked(inbox, vera)))[0] == ["Write here"]


def test_close_on_it_ends_the_ticket_and_it_stays_where_it_is(inbox: Inbox, vera: User, ticket: Ticket) -> None:
    inbox.presses(vera, build(Action.CLOSE_TICKET, ticket.pk), message_id=card_id(ticket))
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.RESOLVED
    assert "marked as done" in inbox.owed(method="answerCallbackQuery")[-1].params["text"]
    card = only(asked(inbox, vera))
    assert (card.method, buttons(card)) == ("editMessageText", [["Write here"]])


def test_asked_for_it_moves_to_the_end_of_the_chat(inbox: Inbox, vera: User, ticket: Ticket) -> None:
    before = card_id(ticket)
    inbox.says(vera, f"/ticket {ticket.number}")
    anew, removal = asked(inbox, vera)[-2:]
    assert (anew.method, removal.method, removal.params["message_id"]) == ("sendMessage", "deleteMessage", before)
    assert "What you write now goes into this ticket." in anew.params["text"]
    now = card_id(ticket)
    assert now != before
    with time_machine.travel(clock.now() + timedelta(hours=48)):
        inbox.says(vera, f"/ticket {ticket.number}")
        removal = asked(inbox, vera)[-1]
    assert (removal.method, removal.params["message_id"]) == ("editMessageReplyMarkup", now)


def end(inbox: Inbox, verdict: Failed | Sent) -> OutgoingCall:
    """The card's call, which is due, ends like this."""
    OutgoingCall.objects.filter(state=CallState.PENDING).update(next_attempt_at="2000-01-01T00:00Z")
    (call,) = claim(inbox.bot_id, free=0, queued=9, not_now=[])
    render_call(call)
    record_verdict(call, verdict, others_succeed=True)
    return call


@pytest.mark.parametrize("code", ["message_gone", "message_fixed"])
def test_where_the_person_deleted_it_a_new_one_comes_without_a_sound(
    inbox: Inbox, vera: User, anna: User, ticket: Ticket, code: str
) -> None:
    gone = card_id(ticket)
    assign_ticket(actor=acting(anna), ticket=ticket.pk, assignee_id=anna.pk)
    inbox.work()
    end(inbox, Failed(code=code))
    new = only(asked(inbox, vera))
    assert (new.method, new.params["disable_notification"]) == ("sendMessage", True)
    assert card_id(ticket) != gone


def test_a_deleted_card_of_a_closed_ticket_stays_away(inbox: Inbox, vera: User, anna: User, ticket: Ticket) -> None:
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.CLOSED)
    inbox.work()
    end(inbox, Failed(code="message_gone"))
    assert asked(inbox, vera) == []
    assert not OutgoingCall.objects.filter(state=CallState.FAILED).exists()


def test_what_telegram_calls_not_modified_is_not_asked_again(
    inbox: Inbox, vera: User, anna: User, ticket: Ticket
) -> None:
    shown = card_id(ticket)
    assign_ticket(actor=acting(anna), ticket=ticket.pk, assignee_id=anna.pk)
    inbox.work()
    end(inbox, Sent(result=True))
    a_note_by(anna, ticket, "Nothing for Vera")
    a_reply_by(vera, ticket, "Thank you")
    assert asked(inbox, vera) == []
    assert card_id(ticket) == shown


def test_a_ticket_from_before_gets_its_card_with_the_next_change(
    inbox: Inbox, vera: User, anna: User, ticket: Ticket
) -> None:
    TicketCard.objects.all().delete()
    assign_ticket(actor=acting(anna), ticket=ticket.pk, assignee_id=anna.pk)
    assert only(asked(inbox, vera)).method == "sendMessage"


def test_the_topics_stand_on_it_until_one_is_chosen(inbox: Inbox, vera: User) -> None:
    printers = Category.objects.create(name_ru="Принтеры", name_en="Printers")
    ticket = a_ticket_of(vera)
    shown = only(asked(inbox, vera))
    assert buttons(shown)[0] == ["Printers"]
    assert "What is it about?" in shown.params["text"]
    inbox.presses(vera, build(Action.SET_CATEGORY, ticket.pk, printers.pk), message_id=card_id(ticket))
    card = only(asked(inbox, vera))
    assert "Topic: Printers" in card.params["text"]
    assert ["Printers"] not in buttons(card)


def test_a_forged_press_on_it_does_nothing(inbox: Inbox, vera: User, gleb: User, ticket: Ticket) -> None:
    for action in (Action.CHOOSE_TICKET, Action.CLOSE_TICKET):
        inbox.presses(gleb, build(action, ticket.pk), message_id=card_id(ticket))
        inbox.presses(vera, build(action, UUID(int=1)), message_id=card_id(ticket))
    assert asked(inbox, vera) == []
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.NEW


def test_a_reply_to_it_goes_into_its_ticket(inbox: Inbox, vera: User, ticket: Ticket) -> None:
    a_ticket_of(vera, "Another matter")
    asked(inbox, vera)
    chat = {"id": vera.telegram_id, "type": "private"}
    inbox.says(vera, "It still burns", reply_to_message={"message_id": card_id(ticket), "date": 1, "chat": chat})
    assert ticket.messages.filter(text="It still burns").exists()


@pytest.mark.parametrize("end", [TicketStatus.RESOLVED, TicketStatus.CLOSED])
@pytest.mark.parametrize("sign", ["member", "/start"])
def test_who_comes_back_sees_what_happened_while_the_bot_was_blocked(
    inbox: Inbox, vera: User, anna: User, ticket: Ticket, end: TicketStatus, sign: str
) -> None:
    Chat.objects.filter(telegram_id=vera.telegram_id).update(unreachable="blocked")
    a_reply_by(anna, ticket, "Done")
    change_status(actor=acting(anna), ticket=ticket.pk, status=end)
    inbox.work()
    OutgoingCall.objects.update(next_attempt_at=Now())
    while calls := claim(inbox.bot_id, free=0, queued=9, not_now=[]):
        for call in calls:
            record_verdict(call, render_call(call), others_succeed=True)  # type: ignore[arg-type]
    if sign == "member":
        account = inbox.account(vera)
        states = {f"{age}_chat_member": {**state, "user": account} for age, state in MEMBERSHIPS.items()}
        chat = {"id": vera.telegram_id, "type": "private"}
        inbox.put(inbox.update(my_chat_member={"chat": chat, "from": account, "date": 1, **states}))
    else:
        inbox.says(vera, sign)
    edits = [one for one in asked(inbox, vera) if one.method == "editMessageText"]
    assert "<blockquote>Done</blockquote>" in only(edits).params["text"]
    assert only(edits).params["message_id"] == card_id(ticket)
