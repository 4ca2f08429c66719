"""Reactions: one a person, from Telegram's own list, and nothing else of the ticket moves."""

from uuid import UUID

import pytest

from accounts.errors import InvalidInput, NotFound
from accounts.models import User
from telegram_bot.simulator.reactions import REACTIONS as OF_TELEGRAM
from tests.support.api import Api
from tests.support.desk import a_note_by, a_reply_by, a_ticket_of, acting, event_types
from tickets.errors import NotEditable
from tickets.events.replay import find_differences
from tickets.models import Message, Ticket, TicketStatus
from tickets.reactions import REACTIONS
from tickets.selectors.reactions import staff_reaction
from tickets.services.conversation import delete_message
from tickets.services.reactions import react_to_message
from tickets.services.workflow import change_status

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(vera: User) -> Ticket:
    return a_ticket_of(vera)


def react(user: User, message: UUID, emoji: str | None) -> Message:
    return react_to_message(actor=acting(user), message_id=message, emoji=emoji)


def test_the_signs_are_telegrams() -> None:
    assert frozenset(OF_TELEGRAM) == REACTIONS
    assert len(REACTIONS) == 73


def test_each_person_has_one_and_the_next_takes_its_place(vera: User, anna: User, boris: User, ticket: Ticket) -> None:
    answer = a_reply_by(anna, ticket)
    for user, emoji in ((vera, "👍"), (vera, "❤️"), (vera, "❤"), (boris, "🔥"), (anna, "👀"), (boris, None)):
        react(user, answer.pk, emoji)
    answer.refresh_from_db()
    expected = [
        {"emoji": "❤", "person": str(vera.pk), "side": "customer"},
        {"emoji": "👀", "person": str(anna.pk), "side": "staff"},
    ]
    assert answer.reactions == expected
    assert staff_reaction(answer) == "👀"
    assert Api(vera).get(f"tickets/{ticket.pk}/messages/")[1]["results"][-1]["reactions"] == expected
    assert event_types(ticket).count("message_reacted") == 5
    ticket.refresh_from_db()
    assert find_differences(ticket) == []


def test_it_neither_reopens_nor_edits(vera: User, anna: User, ticket: Ticket) -> None:
    answer = a_reply_by(anna, ticket)
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.CLOSED)
    react(vera, answer.pk, "🙏")
    ticket.refresh_from_db()
    answer.refresh_from_db()
    assert (ticket.status, answer.edited_at) == (TicketStatus.CLOSED, None)


def test_a_customer_neither_sees_nor_touches_what_is_internal(vera: User, anna: User, ticket: Ticket) -> None:
    note = a_note_by(anna, ticket)
    with pytest.raises(NotFound):
        react(vera, note.pk, "👍")
    before = Ticket.objects.get(pk=ticket.pk).public_sequence
    react(anna, note.pk, "👍")
    assert Ticket.objects.get(pk=ticket.pk).public_sequence == before


@pytest.mark.parametrize("emoji", ["", "🦷", "👍👍", "ok", "\x00", "👍🏽"])
def test_what_telegram_does_not_take_is_refused(vera: User, anna: User, ticket: Ticket, emoji: str) -> None:
    answer = a_reply_by(anna, ticket)
    with pytest.raises(InvalidInput):
        react(vera, answer.pk, emoji)
    assert Api(vera).post(f"messages/{answer.pk}/react/", emoji=emoji)[0] == 400


def test_a_removed_message_takes_none_and_shows_none(vera: User, anna: User, ticket: Ticket) -> None:
    answer = a_reply_by(anna, ticket)
    react(vera, answer.pk, "👍")
    delete_message(actor=acting(anna), message_id=answer.pk)
    with pytest.raises(NotEditable):
        react(vera, answer.pk, "🔥")
    assert Api(vera).get(f"tickets/{ticket.pk}/messages/")[1]["results"][-1]["reactions"] == []
