"""The staff's group: what is said in a ticket comes into its topic, whatever people do to topics."""

import asyncio
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from pytest_django import Settings
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError, TimedOut

from accounts import clock
from accounts.actors import Actor, Source
from accounts.models import User
from telegram_bot import bridge, outbox
from telegram_bot.answering import answers
from telegram_bot.coalescing import seal
from telegram_bot.delivery.pace import Pace
from telegram_bot.delivery.sending import Sender
from telegram_bot.forgetting import forget_person
from telegram_bot.identity import current_bot_id
from telegram_bot.models import CallState, Chat, MessageLink, OutgoingCall, StaffTopic
from telegram_bot.models.outgoing_call import UNDONE
from telegram_bot.staff_group import scene
from telegram_bot.staff_group.chat import find_staff_chat_id
from telegram_bot.staff_group.membership import GROUP_UNREACHABLE
from telegram_bot.staff_group.topics import draft_in_topic, owe_in_topic
from tests.support.desk import a_note_by, a_reply_by, a_ticket_of, acting
from tests.support.inbox import Inbox
from tests.support.sending import hasten, until
from tests.support.shop import Shop, let_in
from tests.support.staff_group import GROUP, OTHER_GROUP
from tests.support.telegram_stub import TelegramStub
from tickets.events.delivery import run_due_deliveries
from tickets.models import Message, MessageKind, Ticket
from tickets.services.assignment import assign_ticket
from tickets.services.conversation import delete_message, edit_message, post_reply
from tickets.services.drafts import MessageDraft
from tickets.services.erasure import erase_customer
from tickets.services.reactions import react_to_message

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("threads", "staff_group")]
PHOTO = [{"file_id": "photo", "file_unique_id": "u1", "width": 90, "height": 60, "file_size": 900}]


class UnlimitedPace(Pace):
    """What is tested here is not how long a minute is."""

    def not_now(self) -> list[int]:
        return []


@pytest.fixture
def sender(sender: Sender) -> Sender:
    sender.pace = UnlimitedPace()
    return sender


def mirror() -> None:
    run_due_deliveries("staff_group")


def group_is_served() -> bool:
    return not OutgoingCall.objects.filter(queue__lt=0, state__in=("pending", "sending")).exists()


def is_group_waiting() -> bool:
    return OutgoingCall.objects.filter(error_code=GROUP_UNREACHABLE, state="pending").exists()


def in_group(telegram: TelegramStub, chat: int = GROUP) -> list[tuple[str, object, str]]:
    """What Telegram was asked for in the group: method, topic, text."""
    return [
        (method, params.get("message_thread_id"), str(params.get("text", "")))
        for method, params in telegram.calls
        if params.get("chat_id") == chat
    ]


def said(telegram: TelegramStub, chat: int = GROUP) -> list[str]:
    """The texts in the group besides the cards."""
    return [text for text in telegram.texts(chat) if "Status:" not in text]


async def test_a_ticket_gets_its_topic_its_card_and_its_words(
    sender: Sender, telegram: TelegramStub, vera: User
) -> None:
    ticket = await bridge.run(a_ticket_of, vera, "The printer is on fire")
    await bridge.run(mirror)
    await until(sender, group_is_served)
    methods = [call for call in telegram.calls if call[1].get("chat_id") == GROUP]
    assert [method for method, _params in methods] == ["createForumTopic", "sendMessage", "sendMessage"]
    assert methods[0][1]["name"] == f"#{ticket.number} The printer is on fire"
    assert said(telegram) == ["👤 Vera\nThe printer is on fire"]
    topic = await StaffTopic.objects.aget(ticket=ticket.pk)
    assert {params["message_thread_id"] for _method, params in methods[1:]} == {topic.thread_id}


async def test_a_burst_is_one_message_and_loses_nothing(sender: Sender, telegram: TelegramStub, vera: User) -> None:
    def burst() -> None:
        ticket = a_ticket_of(vera, "word 0")
        for number in range(1, 40):
            a_reply_by(vera, ticket, f"word {number}")
        mirror()

    await bridge.run(burst)
    await until(sender, group_is_served)
    texts = said(telegram)
    assert len(texts) == 1
    assert [line for line in texts[0].split("\n") if line.startswith("word")] == [f"word {n}" for n in range(40)]


async def test_a_burst_that_is_too_long_for_one_message_is_several(
    sender: Sender, telegram: TelegramStub, vera: User
) -> None:
    def burst() -> None:
        ticket = a_ticket_of(vera, "a" * 2000)
        for letter in "bc":
            a_reply_by(vera, ticket, letter * 2000)
        a_reply_by(vera, ticket, "d" * 4090)
        a_reply_by(vera, ticket, "end")
        mirror()

    await bridge.run(burst)
    await until(sender, group_is_served)
    assert all(len(text) <= 4096 for text in said(telegram))
    letters = "".join(said(telegram)).replace("👤 Vera", "").replace("\n", "")
    assert letters == "a" * 2000 + "b" * 2000 + "c" * 2000 + "d" * 4090 + "end"


async def test_answers_and_notes_from_elsewhere_come_with_their_author(
    sender: Sender, telegram: TelegramStub, vera: User, anna: User
) -> None:
    def work() -> None:
        ticket = a_ticket_of(vera, "Help")
        a_reply_by(anna, ticket, "We are on it")
        a_note_by(anna, ticket, "He calls every week")
        mirror()

    await bridge.run(work)
    await until(sender, group_is_served)
    assert said(telegram) == ["👤 Vera\nHelp\n\n💬 Anna\nWe are on it\n\n📝 Anna, internal note\nHe calls every week"]
    assert not await OutgoingCall.objects.filter(queue=GROUP, message__isnull=False).aexists()  # reports no delivery


async def test_a_picture_from_the_chat_is_copied_in_its_place(
    sender: Sender, telegram: TelegramStub, inbox: Inbox, vera: User
) -> None:
    telegram.answers["copyMessage"] += [{"message_id": 900}]

    def work() -> int:
        inbox.says(vera, "before")
        picture = inbox.says(vera, photo=PHOTO, caption="the fire")
        inbox.says(vera, "after")
        mirror()
        return int(picture["message_id"])

    message_id = await bridge.run(work)
    await until(sender, group_is_served)
    copies = [params for method, params in telegram.calls if method == "copyMessage"]
    assert [(one["from_chat_id"], one["message_id"]) for one in copies] == [(vera.telegram_id, message_id)]
    kinds = [method for method, _topic, text in in_group(telegram) if "Status:" not in text]
    assert kinds == ["createForumTopic", "sendMessage", "copyMessage", "sendMessage"]


async def test_what_cannot_be_copied_is_described(
    sender: Sender, telegram: TelegramStub, inbox: Inbox, vera: User
) -> None:
    telegram.answers["copyMessage"] += [BadRequest("Message to copy not found")]
    await bridge.run(inbox.says, vera, None, photo=PHOTO, caption="the fire")
    await bridge.run(mirror)
    await until(sender, group_is_served)
    assert said(telegram) == ["👤 Vera\n[Photo]\nthe fire"]


async def test_a_copy_whose_answer_was_lost_is_marked_as_possibly_doubled(
    sender: Sender, telegram: TelegramStub, inbox: Inbox, vera: User
) -> None:
    telegram.answers["copyMessage"] += [TimedOut()]
    await bridge.run(inbox.says, vera, None, photo=PHOTO)
    await bridge.run(mirror)
    await until(sender, lambda: OutgoingCall.objects.filter(method="copyMessage", attempts=1).exists())
    await bridge.run(hasten)
    await until(sender, group_is_served)
    call = await OutgoingCall.objects.aget(method="copyMessage")
    assert (call.state, call.ambiguous) == (CallState.SENT, True), "as the outbox in the admin shows"


@pytest.mark.parametrize("refusal", ["Some refusal of tomorrow", "wrong file_id specified", "CHAT_RESTRICTED"])
async def test_whatever_refuses_a_copy_its_words_come_in_as_many_messages_as_they_need(
    sender: Sender, telegram: TelegramStub, inbox: Inbox, vera: User, refusal: str
) -> None:
    telegram.answers["copyMessage"] += [BadRequest(refusal)] * 2
    caption, bold = "🔥" * 2000 + " " + "b" * 90, [{"type": "bold", "offset": 4001, "length": 90}]

    def work() -> int:
        first = inbox.says(vera, "Look")
        inbox.says(vera, photo=PHOTO, caption=caption, caption_entities=bold, reply_to_message=first)
        mirror()
        return int(first["message_id"])

    await bridge.run(work)
    await until(sender, group_is_served)
    copies = [params for method, params in telegram.calls if method == "copyMessage"]
    assert ["reply_parameters" in params for params in copies] == [True, False]
    _looked, *pieces = [params for method, params in telegram.calls if method == "sendMessage"][-3:]
    assert " ".join(one["text"] for one in pieces) == f"👤 Vera\n[Photo]\n{caption}"
    assert [(one["type"], one["length"]) for one in pieces[1]["entities"]] == [("bold", 90)]
    message = await Message.objects.aget(kind=MessageKind.PHOTO)
    links = MessageLink.objects.filter(chat_id=GROUP, message=message.pk, ticket=message.ticket_id)
    assert await links.acount() == 2, "an answer to either answers the message"


async def test_a_copy_that_is_refused_in_words_of_tomorrow_comes_in_words_in_its_topic(
    sender: Sender, telegram: TelegramStub, inbox: Inbox, vera: User
) -> None:
    """Whatever they mean, the topic is not doubted for them."""

    def write() -> None:
        inbox.says(vera, photo=PHOTO, caption="the fire")
        mirror()

    await bridge.run(a_ticket_of, vera, "Help")
    await bridge.run(mirror)
    await until(sender, group_is_served)
    telegram.calls.clear()
    telegram.answers["copyMessage"] += [Forbidden("Forbidden: some refusal of tomorrow")]
    telegram.answers["getChatMember"] += [INSIDE[0]]
    await bridge.run(write)
    await until(sender, group_is_served)
    topic = await StaffTopic.objects.aget()
    copied, *_others = [params for method, params in telegram.calls if method == "copyMessage"]
    assert copied["message_thread_id"] == topic.thread_id
    assert "getChatMember" not in [method for method, _params in telegram.calls]
    assert (said(telegram)[-1], topic.is_closed) == ("👤 Vera\n[Photo]\nthe fire", False)


async def test_the_card_follows_the_ticket_and_waits_as_one(
    sender: Sender, telegram: TelegramStub, vera: User, anna: User, boris: User
) -> None:
    def work() -> None:
        ticket = a_ticket_of(vera, "Help")
        for agent in (anna, boris):
            ticket.refresh_from_db()
            assign_ticket(
                actor=acting(agent), ticket=ticket.pk, assignee_id=agent.pk, expected_sequence=ticket.sequence
            )
        mirror()

    await bridge.run(work)
    assert await OutgoingCall.objects.filter(queue=GROUP).acount() == 2
    await until(sender, group_is_served)
    cards = [text for text in telegram.texts(GROUP) if "Status:" in text]
    assert len(cards) == 1
    assert "Agent: Boris" in cards[0]


@pytest.mark.parametrize("words", ["Message thread not found", "TOPIC_DELETED"])
async def test_a_deleted_topic_is_made_again(sender: Sender, telegram: TelegramStub, vera: User, words: str) -> None:
    ticket = await bridge.run(a_ticket_of, vera, "Help")
    await bridge.run(mirror)
    await until(sender, group_is_served)
    first = await StaffTopic.objects.aget(ticket=ticket.pk)
    telegram.calls.clear()
    telegram.answers["sendMessage"] += [BadRequest(words)]
    await bridge.run(a_reply_by, vera, ticket, "Still there?")
    await bridge.run(mirror)
    await until(sender, group_is_served)
    second = await StaffTopic.objects.aget(ticket=ticket.pk)
    assert second.thread_id not in (None, first.thread_id)
    last = telegram.calls[-1][1]
    assert (last["text"], last["message_thread_id"]) == ("👤 Vera\nStill there?", second.thread_id)
    assert [method for method, _params in telegram.calls] == [
        "sendMessage",
        "createForumTopic",
        "sendMessage",  # the card
        "sendMessage",
    ]


async def test_a_closed_topic_is_opened_again(sender: Sender, telegram: TelegramStub, vera: User) -> None:
    ticket = await bridge.run(a_ticket_of, vera, "Help")
    await bridge.run(mirror)
    await until(sender, group_is_served)
    telegram.calls.clear()
    telegram.answers["sendMessage"] += [BadRequest("TOPIC_CLOSED")]
    await bridge.run(a_reply_by, vera, ticket, "Still there?")
    await bridge.run(mirror)
    await until(sender, group_is_served)
    assert [method for method, _params in telegram.calls] == ["sendMessage", "reopenForumTopic", "sendMessage"]
    assert said(telegram)[-1] == "👤 Vera\nStill there?"


async def test_what_comes_into_a_topic_that_the_bot_may_not_open_goes_to_general(
    sender: Sender, telegram: TelegramStub, inbox: Inbox, vera: User, anna: User
) -> None:
    ticket = await bridge.run(a_ticket_of, vera, "Help")
    await bridge.run(mirror)
    await until(sender, group_is_served)
    old = (await StaffTopic.objects.aget()).thread_id
    assert old is not None
    telegram.calls.clear()
    telegram.answers["sendMessage"] += [BadRequest("TOPIC_CLOSED")]
    telegram.answers["reopenForumTopic"] += [BadRequest("Not enough rights to close or open the topic")]
    await bridge.run(a_reply_by, vera, ticket, "Still there?")
    await bridge.run(mirror)
    await until(sender, group_is_served)
    assert [method for method, _params in telegram.calls] == ["sendMessage", "reopenForumTopic", *["sendMessage"] * 2]
    topic = await StaffTopic.objects.aget()
    last = telegram.calls[-1][1]
    assert (topic.thread_id, last["reply_parameters"]["message_id"]) == (0, topic.card_message_id)
    assert (last["text"], "message_thread_id" in last) == ("👤 Vera\nStill there?", False)
    in_old_topic = {"chat": {"id": GROUP, "type": "supergroup"}, "message_thread_id": old, "is_topic_message": True}
    await bridge.run(partial(inbox.says, anna, "Yes", **in_old_topic))
    assert await ticket.messages.filter(text="Yes", internal=False).acount() == 1, "whoever goes on there is heard"
    await bridge.run(partial(inbox.says, anna, "Lunch?", **{**in_old_topic, "message_thread_id": old + 500}))
    assert not await ticket.messages.filter(text="Lunch?").aexists()


@pytest.mark.parametrize("words", ["The chat is not a forum", "Not enough rights to manage topics"])
async def test_without_topics_all_goes_to_general_below_its_card(
    sender: Sender, telegram: TelegramStub, vera: User, words: str
) -> None:
    telegram.answers["createForumTopic"] += [BadRequest(words)]
    await bridge.run(a_ticket_of, vera, "Help")
    await bridge.run(mirror)
    await until(sender, group_is_served)
    card, text = [params for method, params in telegram.calls if method == "sendMessage"]
    assert "message_thread_id" not in {**card, **text}
    topic = await StaffTopic.objects.aget()
    assert (topic.thread_id, text["reply_parameters"]["message_id"]) == (0, topic.card_message_id)


async def test_a_deleted_card_is_sent_anew(sender: Sender, telegram: TelegramStub, vera: User, anna: User) -> None:
    ticket = await bridge.run(a_ticket_of, vera, "Help")
    await bridge.run(mirror)
    await until(sender, group_is_served)
    telegram.answers["editMessageText"] += [BadRequest("Message to edit not found")]
    await bridge.run(lambda: assign_ticket(actor=acting(anna), ticket=ticket.pk, assignee_id=anna.pk))
    await bridge.run(mirror)
    await until(sender, group_is_served)
    method, params = telegram.calls[-1]
    assert method == "sendMessage"
    assert "Agent: Anna" in params["text"]


async def test_a_group_that_moved_is_followed_for_ever(sender: Sender, telegram: TelegramStub, vera: User) -> None:
    moved = -1_002_000_000_002
    telegram.answers["createForumTopic"] += [ChatMigrated(moved)]
    ticket: Ticket = await bridge.run(a_ticket_of, vera, "Help")
    await bridge.run(mirror)
    await until(sender, group_is_served)
    assert said(telegram, moved) == ["👤 Vera\nHelp"]
    assert await bridge.run(find_staff_chat_id) == moved
    await bridge.run(a_reply_by, vera, ticket, "More")
    await bridge.run(mirror)
    await until(sender, group_is_served)
    assert said(telegram, moved)[-1] == "👤 Vera\nMore"
    assert said(telegram) == []


@pytest.mark.parametrize("is_out", [True, False])
async def test_another_group_gets_what_the_former_one_was_still_owed_and_a_topic_for_it(
    sender: Sender, telegram: TelegramStub, vera: User, gleb: User, settings: Settings, is_out: bool
) -> None:
    ticket = await bridge.run(a_ticket_of, vera, "Help")
    other = await bridge.run(a_ticket_of, gleb, "Mine")
    await bridge.run(mirror)
    await until(sender, group_is_served)
    former = await StaffTopic.objects.aget(ticket=ticket.pk)
    telegram.calls.clear()

    def owe() -> None:
        owe_in_topic(former, "Write the note behind // or /note.", reply_to=5)
        a_reply_by(vera, ticket, "owed to the former group")
        a_reply_by(gleb, other, "and this")
        mirror()

    await bridge.run(owe)
    if is_out:
        telegram.broken_chats[GROUP] = Forbidden("Forbidden: bot was kicked from the supergroup chat")
        await until(sender, is_group_waiting)
    settings.TELEGRAM_STAFF_CHAT_ID = OTHER_GROUP
    await bridge.run(a_reply_by, vera, ticket, "and after the change")
    await bridge.run(mirror)
    await until(sender, lambda: not OutgoingCall.objects.filter(queue=OTHER_GROUP, state__in=UNDONE).exists())
    telegram.broken_chats.clear()
    await bridge.run(hasten)
    await until(sender, group_is_served)
    topics = {topic.ticket: topic async for topic in StaffTopic.objects.filter(chat_id=OTHER_GROUP)}
    texts = {text: thread for _method, thread, text in in_group(telegram, OTHER_GROUP) if "Status:" not in text}
    assert texts == {
        "": None,  # the making of the topics
        "👤 Vera\nowed to the former group\n\n👤 Vera\nand after the change": topics[ticket.pk].thread_id,
        "👤 Gleb\nand this": topics[other.pk].thread_id,
    }
    left = {(thread, text) for method, thread, text in in_group(telegram) if method != "getChatMember"}
    assert left == {(former.thread_id, "Write the note behind // or /note.")}, "what is about its own messages"


@pytest.mark.parametrize("answer", [None, TimedOut(), BadRequest("Message thread not found")])
async def test_what_is_under_way_while_another_group_is_set_is_said_once(
    sender: Sender, telegram: TelegramStub, vera: User, settings: Settings, answer: Exception | None
) -> None:
    ticket = await bridge.run(a_ticket_of, vera, "Help")
    await bridge.run(mirror)
    await until(sender, group_is_served)
    if answer is not None:
        telegram.answers["sendMessage"].append(answer)
    await bridge.run(a_reply_by, vera, ticket, "under way")
    await bridge.run(mirror)
    telegram.calls.clear()
    telegram.hold = asyncio.Event()
    await until(sender, lambda: bool(telegram.calls))
    settings.TELEGRAM_STAFF_CHAT_ID = OTHER_GROUP
    await bridge.run(a_reply_by, vera, ticket, "and then")
    await bridge.run(mirror)
    telegram.hold.set()
    await until(sender, group_is_served)
    words = ["👤 Vera\nand then"] if answer is None else ["👤 Vera\nunder way", "👤 Vera\nand then"]
    assert said(telegram, OTHER_GROUP) == words
    topic = await StaffTopic.objects.aget(ticket=ticket.pk)
    methods = [method for method, _thread, _text in in_group(telegram, OTHER_GROUP)]
    assert methods.count("createForumTopic") == 1
    assert {thread for method, thread, _text in in_group(telegram, OTHER_GROUP) if method == "sendMessage"} == {
        topic.thread_id
    }


@pytest.mark.parametrize("answer", [None, BadRequest("Not enough rights to manage topics")])
async def test_a_topic_that_is_being_made_while_another_group_is_set_is_none_there(
    sender: Sender, telegram: TelegramStub, vera: User, settings: Settings, answer: Exception | None
) -> None:
    if answer is not None:
        telegram.answers["createForumTopic"].append(answer)
    ticket = await bridge.run(a_ticket_of, vera, "Help")
    await bridge.run(mirror)
    telegram.hold = asyncio.Event()
    await until(sender, lambda: bool(telegram.calls))
    settings.TELEGRAM_STAFF_CHAT_ID = OTHER_GROUP
    await bridge.run(a_reply_by, vera, ticket, "More")
    await bridge.run(mirror)
    telegram.hold.set()
    await until(sender, group_is_served)
    assert [method for method, _thread, _text in in_group(telegram)] == ["createForumTopic"]
    assert said(telegram, OTHER_GROUP) == ["👤 Vera\nHelp\n\n👤 Vera\nMore"]
    topic = await StaffTopic.objects.aget(ticket=ticket.pk)
    assert {params.get("message_thread_id") for method, params in telegram.calls if method == "sendMessage"} == {
        topic.thread_id
    }


async def test_a_group_without_the_bot_loses_nothing(sender: Sender, telegram: TelegramStub, vera: User) -> None:
    telegram.answers["createForumTopic"] += [Forbidden("Forbidden: bot was kicked from the supergroup chat")]
    await bridge.run(a_ticket_of, vera, "Help")
    await bridge.run(mirror)
    await until(sender, is_group_waiting)
    await bridge.run(hasten)
    await until(sender, group_is_served)
    assert said(telegram) == ["👤 Vera\nHelp"]


LOCKED = "Forbidden: bot was kicked from the supergroup chat"  # so Telegram may answer in a topic that is locked
INSIDE = [{"status": "member"}, {"status": "administrator"}, {"status": "restricted", "is_member": True}]
OUTSIDE = [{"status": "left"}, {"status": "kicked"}, {"status": "restricted", "is_member": False}]


@pytest.mark.parametrize("member", INSIDE)
async def test_a_locked_topic_that_reads_like_a_group_without_the_bot_holds_up_no_other(
    sender: Sender, telegram: TelegramStub, vera: User, gleb: User, member: dict[str, object]
) -> None:
    ticket = await bridge.run(a_ticket_of, vera, "Help")
    await bridge.run(mirror)
    await until(sender, group_is_served)
    telegram.calls.clear()
    telegram.answers["sendMessage"] += [Forbidden(LOCKED)]
    telegram.answers["getChatMember"] += [member]
    telegram.answers["reopenForumTopic"] += [Forbidden(LOCKED)]
    telegram.answers["getChatMember"] += [member]
    await bridge.run(a_reply_by, vera, ticket, "Still there?")
    await bridge.run(a_ticket_of, gleb, "And mine?")
    await bridge.run(mirror)
    await until(sender, group_is_served)
    assert [method for method, _params in telegram.calls][:4] == [
        "sendMessage",
        "getChatMember",
        "reopenForumTopic",
        "getChatMember",
    ]
    assert telegram.calls[1][1] == {"chat_id": GROUP, "user_id": current_bot_id()}
    locked = await StaffTopic.objects.aget(ticket=ticket.pk)
    other = await StaffTopic.objects.aget(thread_id__gt=0)
    assert locked.thread_id == 0, "nobody may open it, so General has to do"
    told = {params["text"]: params.get("message_thread_id") for method, params in telegram.calls if "text" in params}
    assert (told["👤 Vera\nStill there?"], told["👤 Gleb\nAnd mine?"]) == (None, other.thread_id)
    assert not await OutgoingCall.objects.filter(state="failed").aexists()


async def test_a_locked_topic_that_its_maker_may_open_is_opened(
    sender: Sender, telegram: TelegramStub, vera: User
) -> None:
    ticket = await bridge.run(a_ticket_of, vera, "Help")
    await bridge.run(mirror)
    await until(sender, group_is_served)
    telegram.calls.clear()
    telegram.answers["sendMessage"] += [Forbidden(LOCKED)]
    telegram.answers["getChatMember"] += [INSIDE[0]]
    await bridge.run(a_reply_by, vera, ticket, "Still there?")
    await bridge.run(mirror)
    await until(sender, group_is_served)
    assert [method for method, _params in telegram.calls] == [
        "sendMessage",
        "getChatMember",
        "reopenForumTopic",
        "sendMessage",
    ]
    assert telegram.calls[0][1] == telegram.calls[-1][1]


@pytest.mark.parametrize("member", [*OUTSIDE, Forbidden(LOCKED), BadRequest("Bad Request: chat not found")])
async def test_a_group_that_the_bot_is_in_no_more_keeps_its_topics_and_loses_nothing(
    sender: Sender, telegram: TelegramStub, vera: User, member: object
) -> None:
    ticket = await bridge.run(a_ticket_of, vera, "Help")
    await bridge.run(mirror)
    await until(sender, group_is_served)
    before = await StaffTopic.objects.aget()
    telegram.calls.clear()
    telegram.answers["sendMessage"] += [Forbidden(LOCKED)]
    telegram.answers["getChatMember"] += [member]
    await bridge.run(a_reply_by, vera, ticket, "Still there?")
    await bridge.run(mirror)
    await until(sender, is_group_waiting)
    assert [method for method, _params in telegram.calls] == ["sendMessage", "getChatMember"]
    await bridge.run(hasten)
    await until(sender, group_is_served)
    topic = await StaffTopic.objects.aget()
    assert (topic.thread_id, topic.card_message_id, topic.is_closed) == (
        before.thread_id,
        before.card_message_id,
        False,
    )
    assert telegram.calls[2:] == telegram.calls[:1], "tried anew as it was, and asked no second time"


async def test_what_stands_in_a_locked_topic_is_changed_below_and_a_sign_there_holds_nobody_up(
    sender: Sender, telegram: TelegramStub, vera: User, gleb: User, anna: User
) -> None:
    ticket = await bridge.run(a_ticket_of, vera, "Help")
    await bridge.run(mirror)
    await until(sender, group_is_served)
    message = await Message.objects.aget(text="Help")
    telegram.calls.clear()
    telegram.answers["editMessageText"] += [Forbidden(LOCKED)]
    telegram.answers["getChatMember"] += [INSIDE[0]] * 3
    telegram.answers["reopenForumTopic"] += [Forbidden(LOCKED)]
    await bridge.run(lambda: edit_message(actor=acting(vera), message_id=message.pk, text="Help me"))
    await bridge.run(mirror)
    await until(sender, group_is_served)
    assert said(telegram)[-1] == "✏️ Edited:\n\n👤 Vera\nHelp me"
    assert (await StaffTopic.objects.aget()).thread_id == 0
    telegram.answers["setMessageReaction"] += [Forbidden(LOCKED)]
    await bridge.run(lambda: enqueue_sign(ticket, message))
    await bridge.run(a_ticket_of, gleb, "And mine?")
    await bridge.run(mirror)
    await until(sender, group_is_served)
    assert said(telegram)[-1] == "👤 Gleb\nAnd mine?"
    assert [call.method async for call in OutgoingCall.objects.filter(state="failed")] == ["setMessageReaction"]


def enqueue_sign(ticket: Ticket, message: Message) -> None:
    topic = StaffTopic.objects.get(ticket=ticket.pk)
    outbox.enqueue([draft_in_topic(topic, "setMessageReaction", {"@message": str(message.pk), "@sign": "👍"})])


async def test_words_about_no_ticket_into_a_locked_topic_hold_nobody_up(
    sender: Sender, telegram: TelegramStub, vera: User
) -> None:
    telegram.answers["sendMessage"] += [Forbidden(LOCKED)]
    telegram.answers["getChatMember"] += [INSIDE[0]]
    hint = outbox.CallDraft(method="sendMessage", params={"text": "Who?", "message_thread_id": 77}, queue=GROUP)
    await bridge.run(lambda: outbox.enqueue([hint]))
    await bridge.run(a_ticket_of, vera, "Help")
    await bridge.run(mirror)
    await until(sender, group_is_served)
    assert said(telegram)[-1] == "👤 Vera\nHelp"
    assert not await Chat.objects.exclude(unreachable="").aexists()


async def test_erasing_somebody_while_the_bot_is_out_of_the_group_silences_it_no_longer_than_that(
    sender: Sender, telegram: TelegramStub, vera: User, gleb: User, adam: User
) -> None:
    """The removal is a call of the group that is about no ticket any more."""
    await bridge.run(a_ticket_of, vera, "Quokka")
    await bridge.run(mirror)
    await until(sender, group_is_served)
    telegram.broken_chats[GROUP] = Forbidden("Forbidden: bot was kicked from the supergroup chat")
    await bridge.run(lambda: erase_customer(actor=acting(adam), user_id=vera.pk))
    await bridge.run(forget_person, vera.pk)
    await until(sender, is_group_waiting)
    assert not await Chat.objects.exclude(unreachable="").aexists()
    await bridge.run(a_ticket_of, gleb, "And mine?")
    await bridge.run(mirror)
    telegram.broken_chats.clear()
    telegram.calls.clear()
    await bridge.run(hasten)
    await until(sender, group_is_served)
    assert telegram.calls[0][0] == "deleteForumTopic"
    assert said(telegram) == ["👤 Gleb\nAnd mine?"]


@pytest.mark.parametrize(
    "refusal",
    [
        BadRequest("Bad Request: not enough rights to send text messages to the chat"),
        BadRequest("Bad Request: have no rights to send a message"),
        BadRequest("Bad Request: CHAT_WRITE_FORBIDDEN"),
        Forbidden("Forbidden: CHAT_WRITE_FORBIDDEN"),
        Forbidden("Forbidden: some refusal of tomorrow"),
    ],
)
async def test_while_the_group_does_not_let_the_bot_write_nothing_is_lost(
    sender: Sender, telegram: TelegramStub, vera: User, refusal: TelegramError
) -> None:
    ticket = await bridge.run(a_ticket_of, vera, "Help")
    await bridge.run(mirror)
    await until(sender, group_is_served)
    telegram.calls.clear()
    telegram.answers["sendMessage"] += [refusal]
    telegram.answers["getChatMember"] += [INSIDE[0]]
    await bridge.run(a_reply_by, vera, ticket, "Still there?")
    await bridge.run(mirror)
    await until(sender, is_group_waiting)
    await bridge.run(hasten)
    await until(sender, group_is_served)
    topic = await StaffTopic.objects.aget()
    assert in_group(telegram) == [("sendMessage", topic.thread_id, "👤 Vera\nStill there?")] * 2
    assert not topic.is_closed
    assert not await OutgoingCall.objects.filter(state="failed").aexists()


async def test_a_picture_that_came_while_the_bot_was_muted_is_shown_as_one_and_named_where_only_pictures_are_forbidden(
    sender: Sender, telegram: TelegramStub, inbox: Inbox, vera: User
) -> None:
    def write(caption: str) -> None:
        inbox.says(vera, photo=PHOTO, caption=caption)
        mirror()

    no_photos = BadRequest("Bad Request: not enough rights to send photos to the chat")
    no_texts = BadRequest("Bad Request: not enough rights to send text messages to the chat")
    await bridge.run(write, "the fire")
    await until(sender, group_is_served)
    telegram.calls.clear()
    telegram.answers["copyMessage"] += [no_photos]
    telegram.answers["sendMessage"] += [no_texts]
    await bridge.run(write, "the smoke")
    await until(sender, is_group_waiting)
    await bridge.run(hasten)
    await until(sender, group_is_served)
    methods = [method for method, _params in telegram.calls if method != "getFile"]
    assert methods == ["copyMessage", "sendMessage", "copyMessage"]
    telegram.answers["copyMessage"] += [no_photos]
    await bridge.run(write, "the ash")
    await until(sender, group_is_served)
    assert said(telegram)[-1].endswith("the ash")


async def test_a_refusal_for_the_pace_loses_nothing(sender: Sender, telegram: TelegramStub, vera: User) -> None:
    ticket = await bridge.run(a_ticket_of, vera, "Help")
    await bridge.run(mirror)
    await until(sender, group_is_served)
    telegram.answers["sendMessage"] += [RetryAfter(1)]
    await bridge.run(a_reply_by, vera, ticket, "one")
    await bridge.run(mirror)

    def is_refused() -> bool:
        return OutgoingCall.objects.filter(error_code="rate_limited").exists()

    await until(sender, is_refused)
    await bridge.run(a_reply_by, vera, ticket, "two")
    await bridge.run(mirror)
    await until(sender, group_is_served)
    assert said(telegram)[-1] == "👤 Vera\none\n\n👤 Vera\ntwo"


def test_what_comes_back_from_the_sender_while_more_comes_keeps_its_words(
    vera: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sender gives a text back between the look at what waits and the writing of the next."""

    def texts() -> list[OutgoingCall]:
        return list(OutgoingCall.objects.filter(queue=GROUP, params__has_key="@messages").order_by("pk"))

    def give_back_after(bot_id: int, key: str) -> None:
        seal(bot_id, key)
        claimed = texts()[0]
        assert outbox.postpone(claimed, delay=60, error_code="rate_limited", error_text="", counts=False)

    ticket = a_ticket_of(vera, "one")
    mirror()
    (card,) = outbox.claim(current_bot_id(), free=0, queued=9, not_now=[])
    assert outbox.finish(card, state=CallState.SENT)
    assert outbox.claim(current_bot_id(), free=0, queued=9, not_now=[]) == texts()
    monkeypatch.setattr(scene, "seal", give_back_after)
    a_reply_by(vera, ticket, "two")
    mirror()
    words = [Message.objects.get(pk=pk).text for call in texts() for pk in call.params["@messages"]]
    assert words == ["one", "two"]


async def test_an_album_is_copied_whole(sender: Sender, telegram: TelegramStub, inbox: Inbox, vera: User) -> None:
    def album() -> list[int]:
        items = [inbox.says(vera, photo=PHOTO, media_group_id="9", caption=f"picture {n}") for n in range(3)]
        mirror()
        return [int(item["message_id"]) for item in items]

    ids = await bridge.run(album)
    await until(sender, group_is_served)
    assert [params["message_ids"] for method, params in telegram.calls if method == "copyMessages"] == [ids]


def test_an_album_that_comes_item_by_item_waits_for_its_rest_but_for_nothing_else(
    inbox: Inbox, vera: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "ALBUM_SETTLES", 60.0)

    def copies() -> list[OutgoingCall]:
        return list(OutgoingCall.objects.filter(queue=GROUP, method__startswith="copy"))

    for number in range(3):
        inbox.says(vera, photo=PHOTO, media_group_id="9")
        mirror()
        (copy,) = copies()
        assert (len(copy.params["@places"]), copy.next_attempt_at > clock.now()) == (number + 1, True)
    inbox.says(vera, "Which one is it?")
    mirror()
    (copy,) = copies()
    assert copy.next_attempt_at <= clock.now() + timedelta(seconds=0.5), "nothing overtakes it"


async def test_an_edit_and_a_removal_are_carried(
    sender: Sender, telegram: TelegramStub, inbox: Inbox, vera: User, anna: User
) -> None:
    message = await bridge.run(inbox.says, vera, "The printr burns")
    await bridge.run(mirror)
    await until(sender, group_is_served)
    await bridge.run(inbox.edits, vera, message, "The printer burns")
    await bridge.run(mirror)
    await until(sender, group_is_served)
    method, params = telegram.calls[-1]
    assert (method, params["text"]) == ("editMessageText", "👤 Vera\nThe printer burns")

    def answer_and_regret() -> int:
        ticket = Ticket.objects.get()
        reply = a_reply_by(anna, ticket, "Oops")
        mirror()
        delete_message(actor=acting(anna), message_id=reply.pk)
        return a_reply_by(anna, ticket, "Right").sequence

    await bridge.run(answer_and_regret)
    await bridge.run(mirror)
    await until(sender, group_is_served)
    assert "Oops" not in str(telegram.calls[-2:])
    assert said(telegram)[-1] == "💬 Anna\nRight"


async def test_an_edited_caption_is_changed_at_its_own_copy_whole_and_with_its_formatting(
    sender: Sender, telegram: TelegramStub, inbox: Inbox, vera: User
) -> None:
    bold = [{"type": "bold", "offset": 0, "length": 4}]

    def album() -> list[dict[str, Any]]:
        items = [inbox.says(vera, photo=PHOTO, caption=f"Item {n}", media_group_id="9") for n in range(3)]
        mirror()
        hasten()
        return items

    items = await bridge.run(album)
    await until(sender, group_is_served)
    message = await Message.objects.aget()
    links = MessageLink.objects.filter(chat_id=GROUP, message=message.pk).order_by("part")
    copies = await bridge.run(lambda: list(links.values_list("telegram_message_id", flat=True)))

    def edit(caption: str) -> None:
        changed = {**items[1], "caption": caption, "caption_entities": bold, "edit_date": 5}
        inbox.put(inbox.update(edited_message=changed))
        inbox.work()
        mirror()

    def last_in_group() -> tuple[str, dict[str, Any]]:
        return [(method, params) for method, params in telegram.calls if params.get("chat_id") == GROUP][-1]

    await bridge.run(edit, "Item one")
    await until(sender, group_is_served)
    method, params = last_in_group()
    assert (method, params["message_id"], params["caption"]) == ("editMessageCaption", copies[1], "Item one")
    assert [(one["type"], one["length"]) for one in params["caption_entities"]] == [("bold", 4)]
    await bridge.run(edit, "Item " + "🔥" * 600)  # more than a bot's caption holds
    await until(sender, group_is_served)
    method, params = last_in_group()
    assert (method, "🔥" * 600 in params["text"]) == ("sendMessage", True)


async def test_each_part_of_a_copied_album_is_the_message_and_all_go_with_it(
    sender: Sender, telegram: TelegramStub, inbox: Inbox, vera: User, anna: User
) -> None:
    def album() -> Message:
        for _item in range(3):
            inbox.says(vera, photo=PHOTO, media_group_id="9")
        mirror()
        hasten()
        return Message.objects.get()

    message = await bridge.run(album)
    await until(sender, group_is_served)
    links = MessageLink.objects.filter(chat_id=GROUP, message=message.pk).order_by("part")
    copies = await bridge.run(lambda: list(links.values_list("telegram_message_id", flat=True)))
    assert len(copies) == 3
    topic = await StaffTopic.objects.aget()
    place = {"chat": {"id": GROUP, "type": "supergroup", "title": "Staff"}, "message_thread_id": topic.thread_id}
    second = {"message_id": copies[1], "date": 1, **place}
    await bridge.run(partial(inbox.says, anna, "This one?", is_topic_message=True, reply_to_message=second, **place))
    answer = await Message.objects.aget(text="This one?")
    assert answer.reply_to_id == message.pk
    asked = {one.params["text"]: one.params for one in await bridge.run(inbox.deliver, vera) if "text" in one.params}
    first = await MessageLink.objects.filter(chat_id=vera.telegram_id, message=message.pk).order_by("id").afirst()
    assert first is not None
    assert asked["This one?"]["reply_parameters"]["message_id"] == first.telegram_message_id
    await bridge.run(lambda: delete_message(actor=acting(vera), message_id=message.pk))
    await bridge.run(mirror)
    await until(sender, group_is_served)
    assert [params["message_ids"] for method, params in telegram.calls if method == "deleteMessages"] == [copies]
    assert not await links.aexists()


async def test_what_a_customer_answers_is_answered_in_the_topic_too(
    sender: Sender, telegram: TelegramStub, inbox: Inbox, vera: User, anna: User
) -> None:
    def converse() -> list[UUID]:
        ticket = a_ticket_of(vera, "Help")
        answers = [a_reply_by(anna, ticket, text).pk for text in ("a" * 4096 + "b", "Which floor?")]
        inbox.work()
        inbox.deliver(vera)
        mirror()
        return answers

    long, short = await bridge.run(converse)
    await until(sender, group_is_served)

    def reply_to(message: UUID, part: int, text: str) -> int:
        link = MessageLink.objects.get(chat_id=vera.telegram_id, message=message, part=part)
        answered = {"message_id": link.telegram_message_id, "date": 1, "chat": {"id": 501, "type": "private"}}
        inbox.says(vera, text, reply_to_message=answered)
        assert Message.objects.get(text=text).reply_to_id == message
        mirror()
        there = MessageLink.objects.filter(chat_id=GROUP, message=message).order_by("part").first()
        return there.telegram_message_id if there is not None else 0

    expected = [
        await bridge.run(reply_to, long, 1, "The end of it?"),
        await bridge.run(reply_to, short, 0, "The third"),
    ]
    await until(sender, group_is_served)
    asked = [params.get("reply_parameters", {}).get("message_id") for _method, params in telegram.calls[-2:]]
    assert asked == expected


async def test_an_edit_of_one_among_several_stands_below(
    sender: Sender, telegram: TelegramStub, inbox: Inbox, vera: User
) -> None:
    first = await bridge.run(inbox.says, vera, "one")
    await bridge.run(inbox.says, vera, "two")
    await bridge.run(mirror)
    await until(sender, group_is_served)
    await bridge.run(inbox.edits, vera, first, "uno")
    await bridge.run(mirror)
    await until(sender, group_is_served)
    assert said(telegram)[-2:] == ["👤 Vera\none\n\n👤 Vera\ntwo", "✏️ Edited:\n\n👤 Vera\nuno"]


async def test_a_customers_reaction_stands_at_the_answer(
    sender: Sender, telegram: TelegramStub, vera: User, anna: User
) -> None:
    def work() -> Ticket:
        ticket = a_ticket_of(vera, "Help")
        mirror()
        return ticket

    ticket = await bridge.run(work)
    await until(sender, group_is_served)
    reply = await bridge.run(a_reply_by, anna, ticket, "Done")
    await bridge.run(mirror)
    await until(sender, group_is_served)
    await bridge.run(lambda: react_to_message(actor=acting(vera), message_id=reply.pk, emoji="👍"))
    await bridge.run(mirror)
    await until(sender, group_is_served)
    method, params = telegram.calls[-1]
    assert (method, params["reaction"]) == ("setMessageReaction", [{"type": "emoji", "emoji": "👍"}])
    place = params["message_id"]
    await bridge.run(lambda: react_to_message(actor=Actor.of(vera, Source.TELEGRAM), message_id=reply.pk, emoji="⭐"))
    await bridge.run(mirror)
    await until(sender, group_is_served)
    (_method, taken), (_other, told) = telegram.calls[-2:]
    assert taken["reaction"] == [], "no bot can give this one"
    assert (told["text"], told["reply_parameters"]["message_id"]) == ("Vera reacted with ⭐", place)


async def test_what_is_quoted_and_what_telegram_does_not_copy_is_written_out(
    sender: Sender, telegram: TelegramStub, vera: User
) -> None:
    def write() -> None:
        ticket = a_ticket_of(vera, "Help")
        elsewhere = {"type": "channel", "name": "Shop", "date": "2026-11-20T00:00:00+00:00", "kind": ""}
        quoting = {"quote": "half\nprice", "external_reply": elsewhere}
        for draft in (
            MessageDraft(id=uuid4(), text="Is it so?", content=quoting),
            MessageDraft(id=uuid4(), text="Here?", content={"external_reply": {**elsewhere, "type": "same_chat"}}),
            MessageDraft(id=uuid4(), text="", kind=MessageKind.DICE, content={"emoji": "🎲", "value": 4}),
        ):
            post_reply(actor=acting(vera), ticket=ticket.pk, draft=draft)
        chat = Chat.objects.create(bot_id=current_bot_id(), telegram_id=7, type="business", business_connection="c")
        MessageLink.objects.create(
            bot_id=chat.bot_id, chat_id=7, telegram_message_id=1, message=draft.id, ticket=ticket.pk, direction="in"
        )
        mirror()

    await bridge.run(write)
    await until(sender, group_is_served)
    assert "👤 Vera\n↪ Shop in another chat\n❝ half price\nIs it so?" in "\n".join(said(telegram))
    assert "👤 Vera\n↪ Shop\nHere?" in "\n".join(said(telegram))
    assert said(telegram)[-1] == "👤 Vera\n[Dice]\n🎲 4"


async def test_erasing_a_person_removes_their_topic_with_all_that_stands_in_it(
    sender: Sender, telegram: TelegramStub, vera: User, gleb: User, adam: User
) -> None:
    ticket = await bridge.run(a_ticket_of, vera, "Quokka")
    other = await bridge.run(a_ticket_of, gleb, "Mine")
    await bridge.run(mirror)
    await until(sender, group_is_served)
    topic = await StaffTopic.objects.aget(ticket=ticket.pk)
    telegram.calls.clear()
    await bridge.run(lambda: erase_customer(actor=acting(adam), user_id=vera.pk))
    await bridge.run(forget_person, vera.pk)
    await bridge.run(mirror)
    await until(sender, group_is_served)
    assert in_group(telegram) == [("deleteForumTopic", topic.thread_id, "")], "and nothing is said of it any more"
    left = await bridge.run(lambda: list(StaffTopic.objects.values_list("ticket", flat=True)))
    assert left == [other.pk]
    assert not await MessageLink.objects.filter(ticket=ticket.pk).aexists()


@pytest.mark.parametrize("has_topics", [True, False])
async def test_what_is_made_while_a_person_is_erased_is_removed_again(
    sender: Sender, telegram: TelegramStub, vera: User, adam: User, has_topics: bool
) -> None:
    await bridge.run(a_ticket_of, vera, "Quokka")
    await bridge.run(mirror)
    if not has_topics:
        await StaffTopic.objects.aupdate(thread_id=0)
    telegram.hold = asyncio.Event()
    await until(sender, lambda: any(params.get("chat_id") == GROUP for _method, params in telegram.calls))
    assert "Quokka" in str(telegram.calls[-1])
    await bridge.run(lambda: erase_customer(actor=acting(adam), user_id=vera.pk))
    await bridge.run(forget_person, vera.pk)
    assert not await StaffTopic.objects.aexists()
    telegram.hold.set()
    await until(sender, lambda: group_is_served() and "delete" in telegram.calls[-1][0])
    what = ("deleteForumTopic", "message_thread_id", 1) if has_topics else ("deleteMessages", "message_ids", [1])
    assert telegram.calls[-1] == (what[0], {"chat_id": GROUP, what[1]: what[2]})
    assert not await StaffTopic.objects.aexists()


async def test_in_general_the_messages_of_an_erased_person_are_removed(
    sender: Sender, telegram: TelegramStub, vera: User, adam: User
) -> None:
    telegram.answers["createForumTopic"].append(BadRequest("Bad Request: the chat is not a forum"))
    ticket = await bridge.run(a_ticket_of, vera, "Quokka")
    await bridge.run(mirror)
    await until(sender, group_is_served)
    links = MessageLink.objects.filter(chat_id=GROUP, ticket=ticket.pk).order_by("telegram_message_id")
    messages = await bridge.run(lambda: list(links.values_list("telegram_message_id", flat=True)))
    assert len(messages) == 2, "the card and the text"
    await bridge.run(lambda: erase_customer(actor=acting(adam), user_id=vera.pk))
    await bridge.run(forget_person, vera.pk)
    await until(sender, group_is_served)
    removed = [params["message_ids"] for method, params in telegram.calls if method == "deleteMessages"]
    assert removed == [messages]


async def test_a_photo_of_the_companys_own_account_is_sent_by_its_id_and_named_where_telegram_refuses_it(
    sender: Sender, telegram: TelegramStub, inbox: Inbox, vera: User
) -> None:
    def connect() -> None:
        let_in()
        Shop(inbox).connect()

    def write(**content: Any) -> dict[str, Any]:
        message = inbox.message(vera, business_connection_id="conn-1", **content)
        inbox.put(inbox.update(business_message=message))
        inbox.work()
        mirror()
        return message

    await bridge.run(connect)
    first = await bridge.run(lambda: write(photo=PHOTO, caption="the fire"))
    await until(sender, group_is_served)
    sent = [(method, params) for method, params in telegram.calls if "photo" in params]
    assert [(method, params["photo"], params["caption"]) for method, params in sent] == [
        ("sendPhoto", "photo", "👤 Vera\nthe fire")
    ]

    def exchange() -> None:
        other = [{**PHOTO[0], "file_id": "other", "file_unique_id": "u2"}]
        inbox.put(inbox.update(edited_business_message={**first, "photo": other, "edit_date": 1_795_000_100}))
        inbox.work()
        mirror()

    await bridge.run(exchange)
    await until(sender, group_is_served)
    former = await MessageLink.objects.filter(chat_id=GROUP, message__isnull=False).afirst()
    assert former is not None
    anew = telegram.calls[-1][1]
    assert (anew["photo"], anew["reply_parameters"]["message_id"]) == ("other", former.telegram_message_id)

    telegram.answers["sendDocument"].append(BadRequest("wrong file"))
    document = {"file_id": "d", "file_unique_id": "u3", "file_name": "bill.pdf", "file_size": 9}
    await bridge.run(lambda: write(document=document, caption="My bill"))
    await until(sender, group_is_served)
    assert said(telegram)[-1] == "👤 Vera\n[File]\nMy bill"
