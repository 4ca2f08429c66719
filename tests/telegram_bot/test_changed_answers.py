"""An answer that is changed before it arrived, or after it was refused: once, and as it reads now."""

import pytest

from accounts import clock
from accounts.models import User
from telegram_bot.answering.answers import draft_answer, draft_grown_album
from telegram_bot.bot_api import Request
from telegram_bot.models import CallState, Chat, OutgoingCall
from telegram_bot.outbox import enqueue
from telegram_bot.outcomes.reporting import report_message
from telegram_bot.outcomes.retrying import make_again
from tests.support.desk import a_reply_by, a_ticket_of, acting
from tests.support.inbox import Inbox
from tests.telegram_bot.test_conversation import PHOTO
from tickets.models import Message, MessageDeliveryState, Ticket
from tickets.services.conversation import edit_message
from tickets.services.delivery import retry_delivery

pytestmark = pytest.mark.django_db
LONG = "word " * 1200  # two pieces


@pytest.fixture
def ticket(inbox: Inbox, vera: User) -> Ticket:
    inbox.says(vera, "Help")
    inbox.deliver()
    return Ticket.objects.get()


def fail_all(inbox: Inbox, message: Message) -> None:
    """Telegram refuses what is owed of the answer."""
    inbox.work()
    calls = OutgoingCall.objects.filter(message=message.pk, state=CallState.PENDING)
    calls.update(state=CallState.FAILED, error_code="refused")
    report_message(message.pk)


def texts(requests: list[Request]) -> list[str]:
    return [request.params["text"] for request in requests if request.method in ("sendMessage", "editMessageText")
            and "reply_markup" not in request.params]  # fmt: skip


def test_what_was_refused_is_not_sent_by_its_change_but_when_it_is_tried_again(
    inbox: Inbox, vera: User, anna: User, ticket: Ticket
) -> None:
    answer = a_reply_by(anna, ticket, "Commng")
    fail_all(inbox, answer)
    edit_message(actor=acting(anna), message_id=answer.pk, text="Coming")
    inbox.work()
    assert texts(inbox.deliver(vera)) == []
    answer.refresh_from_db()
    assert answer.delivery_state == MessageDeliveryState.FAILED
    retry_delivery(actor=acting(anna), message_id=answer.pk)
    inbox.work()
    assert texts(inbox.deliver(vera)) == ["Coming"]


def test_a_text_that_grows_by_a_piece_reports_that_piece(inbox: Inbox, vera: User, anna: User, ticket: Ticket) -> None:
    answer = a_reply_by(anna, ticket, "Short")
    inbox.work()
    inbox.deliver()
    edit_message(actor=acting(anna), message_id=answer.pk, text=LONG)
    inbox.work()
    grown = OutgoingCall.objects.get(message=answer.pk, state=CallState.PENDING)
    assert (grown.method, grown.params["@part"]) == ("sendMessage", 1)
    assert " ".join(texts(inbox.deliver(vera))).split() == LONG.split()
    for text in ("Short again", LONG):
        edit_message(actor=acting(anna), message_id=answer.pk, text=text)
        inbox.work()
    assert " ".join(texts(inbox.deliver(vera))[-2:]).split() == LONG.split(), "a piece that was taken back comes anew"


def test_a_retry_into_a_chat_that_was_blocked_clears_the_mark_of_all_its_tickets(
    inbox: Inbox, vera: User, anna: User, ticket: Ticket
) -> None:
    answer, other = a_reply_by(anna, ticket), a_ticket_of(vera, "Another")
    fail_all(inbox, answer)
    Chat.objects.filter(person=vera).update(unreachable="blocked")
    Ticket.objects.update(unreachable="blocked")
    make_again(OutgoingCall.objects.get(message=answer.pk))
    marks = Ticket.objects.filter(pk__in=[ticket.pk, other.pk])
    assert {one.unreachable for one in marks} == {""}


def in_agents_chat(inbox: Inbox, anna: User, ticket: Ticket) -> dict[str, object]:
    """Where Anna answers from: a reply to what the bot showed her of the ticket."""
    inbox.says(anna, f"/ticket {ticket.number}")
    inbox.arrived(anna, inbox.owed(anna, "sendMessage")[-1], 900)
    chat = {"id": anna.telegram_id, "type": "private"}
    return {"reply_to_message": {"message_id": 900, "date": 1, "chat": chat}}


@pytest.mark.parametrize("is_refused", [False, True])
def test_another_file_before_the_first_arrived_takes_its_place_in_the_call(
    inbox: Inbox, vera: User, anna: User, ticket: Ticket, is_refused: bool
) -> None:
    sent = inbox.says(anna, photo=PHOTO, caption="The plan", **in_agents_chat(inbox, anna, ticket))
    message = Message.objects.get(text="The plan")
    if is_refused:
        fail_all(inbox, message)
    document = {"file_id": "d", "file_unique_id": "d", "file_name": "plan.pdf", "file_size": 5}
    other = {name: value for name, value in sent.items() if name != "photo"} | {"document": document}
    inbox.put(inbox.update(edited_message={**other, "edit_date": 1_795_000_100}))
    inbox.work()
    files = [one for one in inbox.deliver(vera) if one.method in ("sendPhoto", "sendDocument", "editMessageMedia")]
    assert [(one.method, one.params["document"], one.params["caption"]) for one in files] == [
        ("sendDocument", "d", "The plan")
    ]
    message.refresh_from_db()
    report_message(message.pk)
    assert Message.objects.get(pk=message.pk).delivery_state == MessageDeliveryState.SENT


def test_an_item_that_the_first_call_has_already_is_not_sent_again(
    inbox: Inbox, vera: User, anna: User, ticket: Ticket
) -> None:
    """The album's event was handled when its second item had come already."""
    place = in_agents_chat(inbox, anna, ticket)
    for number in (1, 2):
        item = inbox.message(anna, photo=PHOTO, media_group_id="9", caption=f"{number}", **place)
        inbox.put(inbox.update(message=item))
    inbox.handle_all()
    message = Message.objects.filter(author=anna).get()
    calls = draft_answer(message, chat_id=vera.telegram_id or 0, header="")
    enqueue(calls)
    OutgoingCall.objects.filter(message=message.pk).update(first_attempt_at=clock.now())
    last = message.attachments.order_by("position").last()
    assert last is not None
    assert draft_grown_album(message, last, chat_id=vera.telegram_id or 0, header="") == []


def test_an_album_that_grows_is_not_put_behind_the_next_answer(
    inbox: Inbox, vera: User, anna: User, ticket: Ticket
) -> None:
    place = in_agents_chat(inbox, anna, ticket)
    inbox.says(anna, photo=PHOTO, media_group_id="9", caption="Like these", **place)
    a_reply_by(anna, ticket, "Which one?")
    inbox.work()
    inbox.says(anna, photo=PHOTO, media_group_id="9", **place)
    asked = [one.method for one in inbox.deliver(vera) if "reply_markup" not in one.params]
    assert asked == ["sendPhoto", "sendMessage", "sendPhoto"]
