"""What a company's own account says by itself: its greeting, its away message, and what its schedule sends."""

import pytest

from accounts.models import User
from telegram_bot.models import OutgoingCall
from telegram_bot.staff_group.texts import name_author
from tests.support.desk import acting
from tests.support.inbox import Inbox
from tests.support.shop import OWNER, Shop
from tickets.models import Message, Notification, Ticket, TicketStatus
from tickets.representations.audiences import Audience
from tickets.representations.messages import represent_messages
from tickets.representations.tickets import represent_ticket
from tickets.selectors.conversation import find_last_answer
from tickets.selectors.hours import list_first_answers
from tickets.selectors.inbox import waiting_for_an_answer
from tickets.selectors.rating import can_be_rated
from tickets.services.workflow import change_status

pytestmark = pytest.mark.django_db


def conversation() -> list[tuple[str, str]]:
    """Who said what, over all tickets: on which side, and the words."""
    return list(Message.objects.order_by("ticket__number", "sequence").values_list("author_role", "text"))


def waits(ticket: Ticket) -> bool:
    return represent_ticket(ticket.pk, Audience.STAFF)["waiting_since"] is not None


def test_automatic_words_are_no_answer(inbox: Inbox, shop: Shop, vera: User, anna: User) -> None:
    """Greeting and away message come within a second: who waits goes on waiting, and no figure counts them."""
    User.objects.filter(pk=anna.pk).update(telegram_id=OWNER["id"])  # in whose name they come makes no difference
    for question, said in (("Where is my order?", "Welcome!"), ("Hello?", "We are away")):
        shop.hears(vera, question)
        told = shop.says(vera, said, is_from_offline=True)
    ticket = Ticket.objects.get()
    assert conversation() == [
        ("customer", "Where is my order?"),
        ("system", "Welcome!"),
        ("customer", "Hello?"),
        ("system", "We are away"),
    ]
    pictures = represent_messages(ticket.messages.order_by("sequence"), Audience.CUSTOMER)
    assert [one["content"].get("automatic", False) for one in pictures] == [False, True, False, True]
    assert {one["author"] and one["author"]["role"] for one in pictures} == {"customer", None}
    assert ticket.status == TicketStatus.NEW
    assert ticket.last_public_message is not None
    assert ticket.last_public_message.text == "Hello?"
    assert waits(ticket)
    assert list(waiting_for_an_answer(Ticket.objects.all())) == [ticket]
    [first] = list_first_answers(Ticket.objects.all())
    assert first.answered_at is None
    assert find_last_answer(ticket) is None
    assert not OutgoingCall.objects.exists()
    assert "🤖" in name_author(Message.objects.get(text="Welcome!")), "in the staff's group"
    assert not Notification.objects.filter(user=vera).exists()
    reply = {**told, "chat": {"id": vera.telegram_id, "type": "private"}}
    shop.hears(vera, "Until when?", reply_to_message=reply)
    assert Message.objects.get(text="Until when?").reply_to == Message.objects.get(text="We are away")
    shop.put(edited_business_message={**told, "text": "We are away until nine", "edit_date": 1_795_000_100})
    assert conversation()[3] == ("system", "We are away until nine")
    assert waits(ticket)
    shop.says(vera, "Tomorrow")
    assert (list_first_answers(Ticket.objects.all())[0].answered_at is None, waits(ticket)) == (False, False)


def test_automatic_words_end_nothing_that_waits_or_is_done(inbox: Inbox, shop: Shop, vera: User, anna: User) -> None:
    shop.hears(vera, "Where is my order?")
    ticket = Ticket.objects.get()
    for status in (TicketStatus.PENDING, TicketStatus.RESOLVED):
        change_status(actor=acting(anna), ticket=ticket.pk, status=status)
        shop.says(vera, "We are away", is_from_offline=True)
        ticket.refresh_from_db()
        assert ticket.status == status
    assert not can_be_rated(ticket), "nobody has answered"


def test_words_of_the_schedule_that_come_first_begin_the_ticket_and_it_waits(
    inbox: Inbox, shop: Shop, vera: User
) -> None:
    shop.says(vera, "Your parcel is here", is_from_offline=True)
    shop.hears(vera, "When can I come?")
    assert conversation() == [("system", "Your parcel is here"), ("customer", "When can I come?")]
    assert waits(Ticket.objects.get())


def test_what_a_customer_wrote_before_and_sends_by_a_schedule_is_their_question(
    inbox: Inbox, shop: Shop, vera: User
) -> None:
    shop.hears(vera, "Good morning", is_from_offline=True)
    assert conversation() == [("customer", "Good morning")]
    assert waits(Ticket.objects.get())
