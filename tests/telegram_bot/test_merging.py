"""A merged ticket in Telegram: whatever its customer does with it leads to the other one; its topic is closed."""

import pytest
from pytest_django import Settings

from accounts.actors import Source
from accounts.models import User
from telegram_bot.identity import current_bot_id
from telegram_bot.models import Chat, MessageLink, StaffTopic, TicketCard, TicketTopic
from telegram_bot.speech.callback_data import Action, build
from tests.support.api import Api
from tests.support.desk import a_reply_by, a_ticket_of, acting
from tests.support.inbox import JSON, Inbox
from tests.support.staff_group import GROUP, a_topic_of
from tickets.events.delivery import run_due_deliveries
from tickets.models import Message, Ticket, TicketStatus
from tickets.services.merging import merge_ticket
from tickets.services.workflow import change_status

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def address(settings: Settings) -> None:
    """One that Telegram does not open as a Mini App."""
    settings.USE_SIMULATOR, settings.PUBLIC_URL = False, "http://localhost"


@pytest.fixture
def pair(inbox: Inbox, vera: User) -> tuple[Ticket, Ticket]:
    """With their cards in the chat."""
    pair = a_ticket_of(vera, "First"), a_ticket_of(vera, "Second")
    inbox.work()
    inbox.deliver()
    return pair


def merge(inbox: Inbox, anna: User, pair: tuple[Ticket, Ticket]) -> tuple[Ticket, Ticket]:
    merge_ticket(actor=acting(anna), ticket=pair[0].pk, into=pair[1].pk)
    inbox.work()
    return pair


def texts_in(ticket: Ticket) -> list[str]:
    return list(Message.objects.filter(ticket=ticket).order_by("sequence").values_list("text", flat=True))


def to(message_id: int) -> JSON:
    return {"reply_to_message": {"message_id": message_id, "date": 1, "chat": {"id": 501, "type": "private"}}}


def test_its_card_says_where_it_goes_on_and_leads_there(
    inbox: Inbox, pair: tuple[Ticket, Ticket], anna: User, vera: User
) -> None:
    source, target = merge(inbox, anna, pair)
    card = TicketCard.objects.get(ticket=source.pk).telegram_message_id
    (edit,) = [one for one in inbox.deliver(vera) if one.params.get("message_id") == card]
    assert f"merged into your ticket <b>#{target.number}</b>" in edit.params["text"]
    ((button,),) = edit.params["reply_markup"]["inline_keyboard"]
    assert button["text"] == f"Go on in #{target.number}"
    inbox.presses(vera, button["callback_data"], message_id=card or 0)
    assert f"<b>#{target.number}</b> Second" in inbox.told(vera)[-1]
    assert Chat.objects.get(telegram_id=vera.telegram_id or 0).chosen_ticket == target.pk


def test_what_is_written_to_it_comes_into_the_other(
    inbox: Inbox, pair: tuple[Ticket, Ticket], anna: User, vera: User
) -> None:
    answer = a_reply_by(anna, pair[0], "About the first")
    inbox.work()
    MessageLink.objects.create(
        bot_id=current_bot_id(), chat_id=vera.telegram_id or 0, telegram_message_id=900, message=answer.pk,
        ticket=pair[0].pk, direction="out",
    )  # fmt: skip
    TicketTopic.objects.create(bot_id=current_bot_id(), chat_id=vera.telegram_id or 0, ticket=pair[0].pk, thread_id=7)
    source, target = merge(inbox, anna, pair)
    inbox.says(vera, "An answer to it", **to(900))
    inbox.says(vera, "In its topic", message_thread_id=7, is_topic_message=True)
    inbox.says(vera, "Thanks!", **to(900))
    inbox.says(vera, "x" * 5000, **to(900))
    assert texts_in(source) == ["First", "About the first"]
    assert texts_in(target) == ["Second", "An answer to it", "In its topic", "Thanks!", "x" * 5000]
    assert Message.objects.get(text="An answer to it").reply_to == answer
    change_status(actor=acting(anna), ticket=target.pk, status=TicketStatus.CLOSED)
    inbox.says(vera, "And after that?", **to(900))
    assert Ticket.objects.get(continues=target.pk).subject == "And after that?"


def test_who_had_chosen_it_goes_on_in_the_other_and_so_does_an_old_button(
    inbox: Inbox, pair: tuple[Ticket, Ticket], anna: User, vera: User
) -> None:
    third = a_ticket_of(vera, "Third")
    inbox.presses(vera, build(Action.CHOOSE_TICKET, pair[0].pk))
    source, target = merge(inbox, anna, pair)
    inbox.says(vera, "Chosen before")
    inbox.presses(vera, build(Action.CHOOSE_TICKET, third.pk))
    card = TicketCard.objects.get(ticket=source.pk).telegram_message_id
    inbox.presses(vera, build(Action.CHOOSE_TICKET, source.pk), message_id=card or 0)
    inbox.says(vera, "Chosen by its old card")
    assert texts_in(target) == ["Second", "Chosen before", "Chosen by its old card"]
    (pressed,) = inbox.owed(method="answerCallbackQuery")[-1:]
    assert pressed.params["text"] == f"What you write now goes into ticket #{target.number}."


def test_what_would_change_it_is_refused_with_the_way_to_the_other(
    inbox: Inbox, pair: tuple[Ticket, Ticket], anna: User, vera: User
) -> None:
    source, target = merge(inbox, anna, pair)
    for button in (build(Action.RATE, source.pk, word="5"), build(Action.CLOSE_TICKET, source.pk)):
        inbox.presses(vera, button)
        (pressed,) = inbox.owed(method="answerCallbackQuery")[-1:]
        assert f"was merged into #{target.number}" in pressed.params["text"]
    source.refresh_from_db()
    assert (source.status, source.rating_score) == (TicketStatus.CLOSED, None)


def test_a_ticket_of_the_companys_own_account_is_not_merged_with_one_of_the_bot(
    pair: tuple[Ticket, Ticket], anna: User
) -> None:
    Ticket.objects.filter(pk=pair[0].pk).update(source=Source.BUSINESS)
    for source, target in (pair, pair[::-1]):
        status, refused = Api(anna).post(f"tickets/{source.pk}/merge/", into=target.number)
        assert (status, refused["error"]["code"]) == (409, "other_channel")


@pytest.mark.usefixtures("staff_group")
def test_both_topics_of_the_staffs_group_name_each_other_and_the_one_is_closed(
    inbox: Inbox, pair: tuple[Ticket, Ticket], anna: User, vera: User
) -> None:
    for ticket, thread in zip(pair, (70, 80), strict=True):
        a_topic_of(ticket, thread)
    source, target = merge(inbox, anna, pair)
    run_due_deliveries("staff_group")
    asked = [one for one in inbox.deliver() if one.params["chat_id"] == GROUP]
    words = {one.params["message_thread_id"]: one.params["text"] for one in asked if one.method == "sendMessage"}
    assert words == {
        70: f"🔒 Merged into #{target.number}.\nhttps://t.me/c/1000000001/80",
        80: f"#{source.number} was merged into this.\nhttps://t.me/c/1000000001/70",
    }
    closed = [one.params for one in asked if one.method == "closeForumTopic"]
    assert closed == [{"chat_id": GROUP, "message_thread_id": 70}]
    cards = [one.params for one in asked if one.params.get("message_id") == 71]
    assert [len(card["reply_markup"]["inline_keyboard"]) for card in cards] == [0], "no buttons that would be refused"
    inbox.says(anna, "Too late", chat={"id": GROUP, "type": "supergroup", "is_forum": True},
               message_thread_id=70, is_topic_message=True)  # fmt: skip
    assert texts_in(source) == ["First"]
    (refused,) = [one for one in inbox.owed(method="sendMessage") if "Go on there" in one.params.get("text", "")]
    assert refused.params["@topic"] == str(source.pk)


@pytest.mark.usefixtures("staff_group")
@pytest.mark.parametrize(("is_deleted", "opened"), [(False, "reopenForumTopic"), (True, "createForumTopic")])
def test_its_topic_is_closed_again_after_an_edit(
    inbox: Inbox, pair: tuple[Ticket, Ticket], anna: User, vera: User, is_deleted: bool, opened: str
) -> None:
    """It is opened for that, or made anew where somebody had deleted it."""
    asked = inbox.says(vera, "My parcel?", **to(TicketCard.objects.get(ticket=pair[0].pk).telegram_message_id or 0))
    merge(inbox, anna, pair)
    run_due_deliveries("staff_group")
    inbox.deliver()
    topics = StaffTopic.objects.filter(ticket=pair[0].pk)
    topics.update(is_closed=True, **({"thread_id": None} if is_deleted else {}))
    inbox.edits(vera, asked, "My parcel, please?")
    run_due_deliveries("staff_group")
    methods = [one.method for one in inbox.deliver() if one.params["chat_id"] == GROUP]
    assert (methods[0], methods[-1]) == (opened, "closeForumTopic")
    topics.update(is_closed=True)  # as Telegram tells
    run_due_deliveries("staff_group")
    assert not [one for one in inbox.deliver() if one.params["chat_id"] == GROUP], "and that is the end of it"
