"""An agent's answer shows other words only where its customer may read them."""

import pytest

from accounts.models import User
from telegram_bot.identity import current_bot_id
from telegram_bot.models import Direction, MessageLink
from tests.support.desk import a_note_by, a_ticket_of
from tests.support.inbox import JSON, Inbox
from tests.support.staff_group import GROUP, a_topic_of
from tickets.models import Message, Ticket
from tickets.representations.audiences import Audience
from tickets.representations.messages import represent_message

pytestmark = pytest.mark.usefixtures("staff_group")
TOPIC: JSON = {
    "chat": {"id": GROUP, "type": "supergroup", "title": "Staff", "is_forum": True},
    "message_thread_id": 77,
    "is_topic_message": True,
}


@pytest.fixture
def ticket(vera: User) -> Ticket:
    ticket = a_ticket_of(vera, "The printer is on fire")
    a_topic_of(ticket, 77)
    return ticket


def stands(message: Message | None, ticket: Ticket, chat_id: int = GROUP) -> JSON:
    """What the bot has shown in that chat, of this message or of the ticket alone, as Telegram tells who answers it."""
    MessageLink.objects.create(
        bot_id=current_bot_id(), chat_id=chat_id, telegram_message_id=90, ticket=ticket.pk,
        message=None if message is None else message.pk, direction=Direction.OUTGOING,
    )  # fmt: skip
    return {
        "message_id": 90,
        "date": 1,
        **(TOPIC if chat_id == GROUP else {"chat": {"id": chat_id, "type": "private"}}),
    }


def answers(inbox: Inbox, agent: User, to: JSON, quote: str, **where: object) -> JSON:
    """What the customer is shown of this answer."""
    quoting = {"reply_to_message": to, "quote": {"text": quote, "position": 0}}
    inbox.says(agent, "We look into it", **quoting, **where)
    stored = Message.objects.get(text="We look into it", internal=False)
    return dict(represent_message(stored.pk, Audience.CUSTOMER))


def test_the_words_of_a_note_are_quoted_to_no_customer(inbox: Inbox, ticket: Ticket, anna: User) -> None:
    note = inbox.says(anna, "// He is a fraudster", **TOPIC)
    shown = answers(inbox, anna, note, "He is a fraudster", **TOPIC)
    assert (shown["content"], shown["reply_to"]) == ({}, None)


def test_nor_are_those_of_somebody_else_in_the_group(inbox: Inbox, ticket: Ticket, anna: User, gleb: User) -> None:
    word = inbox.says(gleb, "This client lies", **TOPIC)
    assert answers(inbox, anna, word, "client lies", **TOPIC)["content"] == {}


def test_nor_what_the_bot_tells_an_agent(inbox: Inbox, ticket: Ticket, anna: User) -> None:
    told = {**stands(None, ticket, anna.telegram_id or 0), "text": "New note by Boris: he is a fraudster"}
    assert answers(inbox, anna, told, "he is a fraudster")["content"] == {}


def test_nor_a_note_that_stands_in_one_message_with_the_answered_one(inbox: Inbox, ticket: Ticket, anna: User) -> None:
    a_note_by(anna, ticket, "He lies")
    asked = ticket.messages.get(internal=False)
    shown = answers(inbox, anna, stands(asked, ticket), "on fire\n\nHe lies", **TOPIC)
    assert (shown["content"], shown["reply_to"]) == ({}, asked.pk)


def test_nor_what_stands_in_another_chat(inbox: Inbox, ticket: Ticket, anna: User) -> None:
    elsewhere = {"origin": {"type": "hidden_user", "date": 1, "sender_user_name": "Gleb"}, "message_id": 5}
    inbox.says(anna, "As he says", external_reply=elsewhere, quote={"text": "my card is 4111", "position": 0}, **TOPIC)
    stored = Message.objects.get(text="As he says")
    assert represent_message(stored.pk, Audience.CUSTOMER)["content"] == {}


def test_whose_words_an_agent_forwards_is_told_to_no_customer(inbox: Inbox, ticket: Ticket, anna: User) -> None:
    origin = {"type": "hidden_user", "date": 1, "sender_user_name": "Gleb"}
    inbox.says(anna, "Ask for a new cable", forward_origin=origin, **TOPIC)
    stored = Message.objects.get(text="Ask for a new cable")
    assert represent_message(stored.pk, Audience.CUSTOMER)["forwarded_from"] is None


def test_a_note_keeps_what_it_is_about(inbox: Inbox, ticket: Ticket, anna: User) -> None:
    asked = stands(ticket.messages.get(), ticket)
    inbox.says(anna, "// Mind this", reply_to_message=asked, quote={"text": "on fire", "position": 0}, **TOPIC)
    note = Message.objects.get(internal=True)
    assert (note.text, note.content) == ("Mind this", {"quote": "on fire"})


def test_what_the_customer_said_is_quoted(inbox: Inbox, ticket: Ticket, anna: User) -> None:
    shown = answers(inbox, anna, stands(ticket.messages.get(), ticket), "on fire", **TOPIC)
    assert shown["content"] == {"quote": "on fire"}


def test_an_agent_quotes_what_they_like_in_a_ticket_of_their_own(inbox: Inbox, anna: User) -> None:
    own = a_ticket_of(anna, "My screen is dark")
    to = stands(own.messages.get(), own, anna.telegram_id or 0)
    inbox.says(anna, "It still is", reply_to_message=to, quote={"text": "screen", "position": 0})
    assert Message.objects.get(text="It still is").content == {"quote": "screen"}
