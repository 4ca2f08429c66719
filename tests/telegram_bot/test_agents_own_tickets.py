"""Who works at the desk may be its customer too: what they write without a reply is about their own tickets."""

import pytest

from accounts.models import User
from telegram_bot.models import MessageLink, UpdateState
from tests.support.desk import a_ticket_of
from tests.support.inbox import Inbox
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
HINT = "To answer a customer, reply to a message about their ticket"
PHOTO = [{"file_id": "p", "file_unique_id": "p", "width": 9, "height": 9, "file_size": 9}]


def texts_in(ticket: Ticket) -> list[str]:
    return list(ticket.messages.order_by("sequence").values_list("text", flat=True))


def test_of_several_they_are_asked_which_and_told_how_to_answer_customers(inbox: Inbox, anna: User) -> None:
    first, _second = a_ticket_of(anna, "My chair"), a_ticket_of(anna, "My lamp")
    inbox.work()
    inbox.says(anna, "It squeaks")
    assert inbox.rows()[-1].state == UpdateState.HELD
    assert HINT in inbox.told(anna)[-1]
    inbox.presses(anna, inbox.last_buttons(anna)[f"#{first.number} My chair"])
    assert texts_in(first) == ["My chair", "It squeaks"]


def test_with_one_they_are_told_once_where_their_words_went(inbox: Inbox, anna: User, vera: User) -> None:
    chair, customers = a_ticket_of(anna, "My chair"), a_ticket_of(vera, "The printer")
    inbox.work()

    def landings() -> list[str]:
        return [text for text in inbox.told(anna) if "This went into" in text]

    inbox.says(anna, "It squeaks")
    inbox.says(anna, "And wobbles")
    assert texts_in(chair) == ["My chair", "It squeaks", "And wobbles"]
    assert len(landings()) == 1
    MessageLink.objects.create(
        bot_id=inbox.bot_id, chat_id=anna.telegram_id, telegram_message_id=900, ticket=customers.pk, direction="out"
    )
    inbox.says(anna, "We are on it", reply_to_message=inbox.message(anna, "#1", message_id=900))
    inbox.says(anna, "Turn it off and on")
    assert texts_in(customers) == ["The printer", "We are on it"]
    assert len(landings()) == 2, "what was meant for a customer is seen to have gone elsewhere"


def test_an_album_to_nobody_costs_one_hint(inbox: Inbox, anna: User) -> None:
    for _part in range(3):
        inbox.says(anna, photo=PHOTO, media_group_id="77")
    assert len([text for text in inbox.told(anna) if HINT in text]) == 1
    inbox.deliver(anna)
    inbox.says(anna, photo=PHOTO, media_group_id="77")
    inbox.says(anna, "Hello?")
    inbox.says(anna, "Hello??")
    assert len([text for text in inbox.told(anna) if HINT in text]) == 3, "each message that stands alone has its own"
    assert not Ticket.objects.exists()
