"""Thanks neither reopen a ticket nor begin one; anything that might be a wish does."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from pytest_django import Settings

from accounts import clock
from accounts.actors import Source
from accounts.models import User
from tests.support.desk import a_reply_by, a_ticket_of, acting
from tests.support.inbox import Inbox
from tickets.errors import TicketClosed
from tickets.events.delivery import run_due_deliveries
from tickets.events.replay import find_differences
from tickets.models import Message, MessageKind, Notification, Ticket, TicketStatus
from tickets.services.assignment import assign_ticket
from tickets.services.conversation import post_reply
from tickets.services.drafts import MessageDraft
from tickets.services.workflow import change_status
from tickets.thanks import is_only_thanks

THANKS = [
    "спасибо", "Спасибо!", "Спасибо большое)))", "СПАСИБО ВАМ ОГРОМНОЕ ЗА ПОМОЩЬ 🙏", "всё работает, спасибо", "+",
    "Понятно, благодарю.", "ок", "thanks", "Thank you so much!", "thx", "OK", "Great, that helped — thanks a lot 👍🏽",
    "👍", "❤️", "🙏🙏", "Спс", "Хорошо, спасибо. Доброго дня!", "ty :)",
]  # fmt: skip
WISHES = [
    "", "спасибо, но не работает", "Спасибо, а когда?", "спасибо?", "да", "yes", "Спасибо, ещё вопрос", "ok, but when",
    "не помогло", "+7 900 123-45-67", "thanks for nothing, refund me", "🤬", "👎", "спасибо https://example.com", "1",
    "Все работает", "good", "Спасибо. " * 30, "Здравствуйте",
]  # fmt: skip


@pytest.mark.parametrize("text", THANKS)
def test_it_is_only_thanks(text: str) -> None:
    assert is_only_thanks(MessageKind.TEXT, text)


@pytest.mark.parametrize("text", WISHES)
def test_it_is_more_than_thanks(text: str) -> None:
    assert not is_only_thanks(MessageKind.TEXT, text)


def test_a_lone_sticker_is_thanks_and_a_picture_is_not() -> None:
    assert is_only_thanks(MessageKind.STICKER, "", has_files=True)
    assert not is_only_thanks(MessageKind.PHOTO, "спасибо", has_files=True)
    assert not is_only_thanks(MessageKind.TEXT, "спасибо", has_files=True)


@pytest.mark.django_db
@pytest.mark.parametrize("status", [TicketStatus.RESOLVED, TicketStatus.CLOSED])
def test_thanks_to_the_bot_are_kept_and_change_nothing(
    inbox: Inbox, vera: User, anna: User, status: TicketStatus
) -> None:
    ticket = a_ticket_of(vera)
    change_status(actor=acting(anna), ticket=ticket.pk, status=status)
    inbox.says(vera, "Спасибо большое!")
    sticker = {"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 9, "height": 9, "emoji": "👍"}
    inbox.says(vera, sticker={**sticker, "is_animated": False, "is_video": False})
    ticket.refresh_from_db()
    assert ticket.status == status
    assert list(ticket.messages.order_by("sequence").values_list("kind", flat=True))[1:] == ["text", "sticker"]
    inbox.says(vera, "Спасибо, но он опять горит")
    newest = Ticket.objects.order_by("number").last()
    assert newest is not None
    if status == TicketStatus.RESOLVED:
        assert (newest, newest.status) == (ticket, TicketStatus.OPEN)
    else:
        assert (newest.continues, Ticket.objects.count()) == (ticket, 2)


@pytest.mark.django_db
def test_with_two_resolved_tickets_thanks_go_to_the_later_without_a_question(
    inbox: Inbox, vera: User, anna: User
) -> None:
    tickets = [a_ticket_of(vera), a_ticket_of(vera)]
    for ticket in reversed(tickets):
        change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.RESOLVED)
    inbox.says(vera, "👍")
    assert Message.objects.get(text="👍").ticket == tickets[0]


@pytest.mark.django_db
@pytest.mark.parametrize("answered_since", [False, True])
def test_thanks_go_to_what_was_resolved_last_and_start_no_clock_elsewhere(
    inbox: Inbox, vera: User, anna: User, answered_since: bool
) -> None:
    done, waiting = a_ticket_of(vera, "The printer"), a_ticket_of(vera, "The lift")
    change_status(actor=acting(anna), ticket=waiting.pk, status=TicketStatus.PENDING)
    change_status(actor=acting(anna), ticket=done.pk, status=TicketStatus.RESOLVED)
    if answered_since:
        a_reply_by(anna, waiting, "We come tomorrow")
    inbox.says(vera, "Спасибо большое!")
    waiting.refresh_from_db()
    thanked = waiting if answered_since else done
    assert Message.objects.get(text="Спасибо большое!").ticket == thanked
    assert answered_since or waiting.status == TicketStatus.PENDING


@pytest.mark.django_db
@pytest.mark.parametrize(("setting", "words"), [("reopen", "the ticket opens again"), ("new", "a new ticket")])
def test_with_other_tickets_it_says_to_reply(
    inbox: Inbox, vera: User, anna: User, settings: Settings, setting: str, words: str
) -> None:
    settings.AFTER_RESOLVED = setting
    ticket, _other = a_ticket_of(vera), a_ticket_of(vera, "The lift")
    a_reply_by(anna, ticket)
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.RESOLVED)
    run_due_deliveries("telegram")
    said = [text for text in inbox.told(vera) if "something is still open" in text]
    assert len(said) == 2, "the question and the card"
    assert all(f"reply to this message: {words}" in text for text in said)


@pytest.mark.django_db
def test_by_setting_a_resolved_ticket_is_not_reopened_but_goes_on_in_a_new_one(
    inbox: Inbox, vera: User, anna: User, settings: Settings
) -> None:
    settings.AFTER_RESOLVED = "new"
    ticket = a_ticket_of(vera)
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.RESOLVED)
    inbox.says(vera, "Спасибо!")
    inbox.says(vera, "Он опять горит")
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.RESOLVED
    assert Ticket.objects.exclude(pk=ticket.pk).get().continues == ticket
    with pytest.raises(TicketClosed):
        write(vera, ticket, "And from the Mini App?", Source.API)


@pytest.mark.django_db
@pytest.mark.parametrize(("setting", "words"), [("reopen", "the ticket opens again"), ("new", "a new ticket")])
def test_a_resolved_ticket_says_what_a_further_message_does(
    inbox: Inbox, vera: User, anna: User, settings: Settings, setting: str, words: str
) -> None:
    settings.AFTER_RESOLVED = setting
    ticket = a_ticket_of(vera)
    a_reply_by(anna, ticket)
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.RESOLVED)
    run_due_deliveries("telegram")
    said = [text for text in inbox.told(vera) if "just write" in text]
    assert len(said) == 2, "the question and the card"
    assert all(f"just write: {words}" in text for text in said)


@pytest.mark.django_db
def test_thanks_that_are_edited_into_a_wish_open_the_ticket_again_and_its_agent_is_told_once(
    inbox: Inbox, vera: User, anna: User
) -> None:
    ticket = a_ticket_of(vera)
    assign_ticket(actor=acting(anna), ticket=ticket.pk, assignee_id=anna.pk)
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.RESOLVED)
    thanks = inbox.says(vera, "ок")
    run_due_deliveries("notifications")
    Notification.objects.all().delete()
    inbox.edits(vera, thanks, "ок!")
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.RESOLVED
    for text in ("ок, но он всё ещё не печатает", "ок, но он всё ещё не печатает!"):
        inbox.edits(vera, thanks, text)
    run_due_deliveries("notifications")
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.OPEN
    assert list(Notification.objects.values_list("user", "kind")) == [(anna.pk, "message_received")]
    assert find_differences(ticket) == []


@pytest.mark.django_db
@pytest.mark.parametrize("over", ["closed", "resolved"])
def test_where_the_ticket_is_over_such_an_edit_is_refused_in_words(
    inbox: Inbox, vera: User, anna: User, settings: Settings, over: str
) -> None:
    settings.AFTER_RESOLVED = "new"
    ticket = a_ticket_of(vera)
    thanks = inbox.says(vera, "ок")
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus(over))
    inbox.edits(vera, thanks, "ок, но он всё ещё не печатает")
    ticket.refresh_from_db()
    assert ticket.status == over
    assert inbox.told(vera)[-1] == "This ticket is done. Write what is to be done as a new message."
    assert Message.objects.filter(ticket=ticket, text="ок").exists()


@pytest.mark.django_db
def test_thanks_stay_with_the_last_ticket_however_old(inbox: Inbox, vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.CLOSED)
    with time_machine.travel(clock.now() + timedelta(days=60), tick=True):
        inbox.says(vera, "Спасибо!")
        assert (Ticket.objects.count(), ticket.messages.count()) == (1, 2)


@pytest.mark.django_db
def test_the_api_keeps_a_closed_ticket_closed_even_to_thanks(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.CLOSED)
    with pytest.raises(TicketClosed):
        write(vera, ticket, "Thanks", Source.API)
    assert write(vera, ticket, "Thanks", Source.TELEGRAM).ticket_id == ticket.pk


def write(user: User, ticket: Ticket, text: str, source: Source) -> Message:
    draft = MessageDraft(id=uuid4(), text=text)
    return post_reply(actor=acting(user, source), ticket=ticket.pk, draft=draft).message
