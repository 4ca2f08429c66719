"""An answer's text and files at Telegram: captions, albums, what happens if a part is refused, edits, removal."""

import asyncio
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from telegram.error import BadRequest, Forbidden

from accounts.models import User
from telegram_bot import bridge
from telegram_bot.answering.file_messages import group_files
from telegram_bot.delivery.sending import Sender
from telegram_bot.models import MessageLink, OutgoingCall
from telegram_bot.verdicts import ServerFailed
from tests.support.desk import a_ticket_of, acting
from tests.support.simulator_control import picture
from tests.support.telegram_stub import TelegramStub
from tickets.events.delivery import run_due_deliveries
from tickets.models import Attachment, Message, MessageDeliveryState, MessageKind, Ticket
from tickets.services.attachments import store_upload
from tickets.services.conversation import delete_message, edit_message, post_reply
from tickets.services.delivery import retry_delivery
from tickets.services.drafts import MessageDraft

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("threads")]
OGG = b"OggS\x00\x02" + bytes(22) + b"OpusHead" + bytes(40)
SOUND = b"\x00\x00\x00\x24moov\x00\x00\x00\x1chdlr" + bytes(8) + b"soun" + bytes(8)
M4A = b"\x00\x00\x00\x14ftypisom" + bytes(4) + b"isom" + SOUND
A, B, C = ("a.txt", b"aaa"), ("b.txt", b"bbb"), ("c.txt", b"ccc")
LONG = "long " * 300


@pytest.fixture
def ticket(vera: User) -> Ticket:
    ticket = a_ticket_of(vera)
    run_due_deliveries("telegram")
    OutgoingCall.objects.all().delete()
    return ticket


async def until(sender: Sender, check: Callable[[], bool], seconds: float = 12) -> None:
    async with asyncio.timeout(seconds):
        while not await bridge.run(check):
            await sender.step()
            await asyncio.sleep(0.01)


def all_done() -> bool:
    undone = OutgoingCall.objects.filter(state__in=("pending", "sending")).exists()
    return not undone and not OutgoingCall.objects.filter(message__isnull=False, reported_at=None).exists()


def hasten() -> None:
    OutgoingCall.objects.filter(state="pending").update(next_attempt_at="2000-01-01T00:00Z")


def write(
    anna: User, ticket: Ticket, text: str, *files: tuple[str, bytes], kind: MessageKind = MessageKind.TEXT
) -> Message:
    actor = acting(anna)
    ids = [store_upload(actor=actor, file=ContentFile(content), name=name).pk for name, content in files]
    draft = MessageDraft(id=uuid4(), text=text, attachments=ids, kind=kind)
    message = post_reply(actor=actor, ticket=ticket.pk, draft=draft).message
    run_due_deliveries("telegram")
    OutgoingCall.objects.filter(message=None).delete()
    return message


def calls(telegram: TelegramStub) -> list[tuple[str, dict[str, Any]]]:
    """Without those of the ticket's card, which alone has buttons here."""
    return [(method, params) for method, params in telegram.calls if "reply_markup" not in params]


def methods(telegram: TelegramStub) -> list[str]:
    return [method for method, _params in calls(telegram)]


async def test_a_short_text_is_the_caption_of_its_file(
    sender: Sender, telegram: TelegramStub, anna: User, ticket: Ticket
) -> None:
    await bridge.run(write, anna, ticket, "The terms", A)
    await until(sender, all_done)
    ((method, params),) = telegram.calls
    assert (method, params["caption"]) == ("sendDocument", "The terms")


async def test_a_text_too_long_for_a_caption_goes_first(
    sender: Sender, telegram: TelegramStub, anna: User, ticket: Ticket
) -> None:
    await bridge.run(write, anna, ticket, LONG, A)
    await until(sender, all_done)
    assert methods(telegram) == ["sendMessage", "sendDocument"]
    assert "caption" not in telegram.calls[1][1]


async def test_an_answer_of_any_length_goes_in_pieces_and_only_a_refused_piece_goes_again(
    sender: Sender, telegram: TelegramStub, vera: User, anna: User, ticket: Ticket
) -> None:
    words = [f"word{number}" for number in range(3000)]
    message_ids = [{"message_id": number, "date": 1} for number in (51, 52)]
    telegram.answers["sendMessage"].extend([*message_ids, BadRequest("message is not good")])
    message = await bridge.run(write, anna, ticket, " ".join(words))
    await until(sender, all_done)
    pieces = telegram.texts(vera.telegram_id)
    assert " ".join(pieces).split() == words
    assert len(pieces) > 4
    assert max(map(len, pieces)) <= 4096
    await message.arefresh_from_db()
    assert message.delivery_state == MessageDeliveryState.FAILED

    def ask_again() -> None:
        retry_delivery(actor=acting(anna), message_id=message.pk)
        run_due_deliveries("telegram")

    await bridge.run(ask_again)
    await until(sender, all_done)
    assert telegram.texts(vera.telegram_id)[len(pieces) :] == [pieces[2]]
    await message.arefresh_from_db()
    assert message.delivery_state == MessageDeliveryState.SENT


async def test_a_refusal_for_good_marks_all_open_tickets_of_the_customer(
    sender: Sender, telegram: TelegramStub, vera: User, anna: User, ticket: Ticket
) -> None:
    assert vera.telegram_id is not None
    telegram.broken_chats[vera.telegram_id] = Forbidden("bot was blocked by the user")
    other = await bridge.run(a_ticket_of, vera)
    await bridge.run(write, anna, ticket, "Are you there?")
    marks = Ticket.objects.filter(pk__in=[ticket.pk, other.pk]).values_list("unreachable", flat=True)
    await until(sender, lambda: list(marks.all()) == ["blocked", "blocked"])


async def test_files_of_one_sort_are_an_album_with_the_text_at_its_first(
    sender: Sender, telegram: TelegramStub, anna: User, ticket: Ticket
) -> None:
    files = [("1.jpg", picture()), A, ("2.jpg", picture(80)), B]
    message = await bridge.run(write, anna, ticket, "All of them", *files)
    await until(sender, all_done)
    assert methods(telegram) == ["sendMediaGroup", "sendMediaGroup"]
    pictures, documents = (params["media"] for _method, params in telegram.calls)
    assert [(item["type"], item.get("caption")) for item in pictures] == [("photo", "All of them"), ("photo", None)]
    assert [item["type"] for item in documents] == ["document", "document"]
    links = [link.part async for link in MessageLink.objects.filter(message=message.pk).order_by("part")]
    assert links == [100, 101, 102, 103]
    await message.arefresh_from_db()
    assert message.delivery_state == MessageDeliveryState.SENT


async def test_one_file_of_an_album_refused_loses_no_other(
    sender: Sender, telegram: TelegramStub, vera: User, anna: User, ticket: Ticket
) -> None:
    telegram.answers["sendMediaGroup"].append(BadRequest("file is too big"))
    telegram.answers["sendDocument"].extend(
        [{"message_id": 51, "date": 1}, BadRequest("file is too big"), {"message_id": 53, "date": 1}]
    )

    def write_two() -> Message:
        first = write(anna, ticket, "Three files", A, B, C)
        write(anna, ticket, "The next answer")
        return first

    message = await bridge.run(write_two)
    await until(sender, all_done, seconds=20)
    assert methods(telegram) == ["sendMediaGroup", *["sendDocument"] * 3, "sendMessage"]
    assert [params.get("caption") for _method, params in telegram.calls[1:4]] == ["Three files", None, None]
    await message.arefresh_from_db()
    assert (message.delivery_state, message.delivery_reason) == (MessageDeliveryState.FAILED, "file_too_big")

    def ask_again() -> None:
        retry_delivery(actor=acting(anna), message_id=message.pk)
        run_due_deliveries("telegram")

    await bridge.run(ask_again)
    await until(sender, all_done)
    again = telegram.calls[5:]
    assert [(method, params["document"].name) for method, params in again] == [("sendDocument", "b.txt")]
    await message.arefresh_from_db()
    assert message.delivery_state == MessageDeliveryState.SENT


async def test_a_refused_file_does_not_take_its_caption_along(
    sender: Sender, telegram: TelegramStub, vera: User, anna: User, ticket: Ticket
) -> None:
    telegram.answers["sendDocument"].extend([BadRequest("file is too big")] * 2)
    message = await bridge.run(write, anna, ticket, "Here it is", A)
    await until(sender, all_done)
    assert methods(telegram) == ["sendDocument", "sendMessage"]
    assert telegram.texts(vera.telegram_id) == ["Here it is"]

    def ask_again() -> None:
        retry_delivery(actor=acting(anna), message_id=message.pk)
        run_due_deliveries("telegram")

    await bridge.run(ask_again)
    await until(sender, all_done)
    assert methods(telegram) == ["sendDocument", "sendMessage", "sendDocument"], "the text is not sent again"
    assert "caption" not in telegram.calls[-1][1]


async def test_a_lost_answer_about_an_album_marks_the_message(
    sender: Sender, telegram: TelegramStub, anna: User, ticket: Ticket
) -> None:
    telegram.answers["sendMediaGroup"].append(ServerFailed("502"))
    message = await bridge.run(write, anna, ticket, "", A, B)
    await until(sender, lambda: OutgoingCall.objects.get().attempts == 1)
    await bridge.run(hasten)
    await until(sender, all_done)
    await message.arefresh_from_db()
    assert (message.delivery_state, message.delivery_ambiguous) == (MessageDeliveryState.SENT, True)


async def test_a_voice_goes_as_a_bubble_and_as_a_file_to_whoever_forbids_them(
    sender: Sender, telegram: TelegramStub, anna: User, ticket: Ticket
) -> None:
    telegram.answers["sendVoice"].append(BadRequest("VOICE_MESSAGES_FORBIDDEN"))
    message = await bridge.run(write, anna, ticket, "Listen", ("word.ogg", OGG))
    await until(sender, all_done)
    assert methods(telegram) == ["sendVoice", "sendDocument"]
    assert telegram.calls[1][1]["caption"] == "Listen"
    await message.arefresh_from_db()
    assert message.delivery_state == MessageDeliveryState.SENT


async def test_what_an_app_records_is_a_voice_and_what_is_picked_is_music(
    sender: Sender, telegram: TelegramStub, anna: User, ticket: Ticket
) -> None:
    recorded = ("voice.m4a", M4A)
    await bridge.run(lambda: write(anna, ticket, "", recorded, kind=MessageKind.VOICE))
    await bridge.run(write, anna, ticket, "", recorded)
    await until(sender, all_done)
    assert methods(telegram) == ["sendVoice", "sendAudio"]


async def test_telegram_is_told_how_long_a_recording_is(
    sender: Sender, telegram: TelegramStub, anna: User, ticket: Ticket
) -> None:
    def send() -> None:
        actor = acting(anna)
        file = store_upload(actor=actor, file=ContentFile(OGG), name="voice.ogg", duration=65)
        draft = MessageDraft(id=uuid4(), text="", attachments=[file.pk], kind=MessageKind.VOICE)
        post_reply(actor=actor, ticket=ticket.pk, draft=draft)
        run_due_deliveries("telegram")
        OutgoingCall.objects.filter(message=None).delete()

    await bridge.run(send)
    await until(sender, all_done)
    ((method, params),) = calls(telegram)
    assert (method, params["duration"]) == ("sendVoice", 65)


async def test_an_edit_changes_the_caption_and_says_what_does_not_fit_below(
    sender: Sender, telegram: TelegramStub, vera: User, anna: User, ticket: Ticket
) -> None:
    message = await bridge.run(write, anna, ticket, "Two files", A, B)
    await until(sender, all_done)
    link = await MessageLink.objects.aget(message=message.pk, part=100)

    def edit(text: str) -> None:
        edit_message(actor=acting(anna), message_id=message.pk, text=text)
        run_due_deliveries("telegram")

    await bridge.run(edit, "Both files")
    await until(sender, all_done)
    assert calls(telegram)[-1] == (
        "editMessageCaption",
        {"chat_id": 501, "message_id": link.telegram_message_id, "caption": "Both files"},
    )
    await bridge.run(edit, LONG)
    await until(sender, all_done)
    assert methods(telegram)[-2:] == ["editMessageCaption", "sendMessage"]
    await bridge.run(edit, "Short again")
    await until(sender, all_done)
    assert methods(telegram)[-2:] == ["editMessageCaption", "deleteMessage"]


async def test_a_removed_album_is_removed_whole(
    sender: Sender, telegram: TelegramStub, anna: User, ticket: Ticket
) -> None:
    message = await bridge.run(write, anna, ticket, "", A, B)
    await until(sender, all_done)

    def remove() -> None:
        delete_message(actor=acting(anna), message_id=message.pk)
        run_due_deliveries("telegram")

    await bridge.run(remove)
    await until(sender, all_done)
    assert methods(telegram)[-2:] == ["deleteMessage", "deleteMessage"]


def test_eleven_pictures_are_two_albums_and_animations_stand_alone() -> None:
    files = [Attachment(content_type="image/png", width=9, height=9, size=1) for _number in range(11)]
    files += [Attachment(content_type="image/gif", width=9, height=9, size=1) for _number in range(2)]
    assert [len(group) for group in group_files(files)] == [10, 1, 1, 1]


def test_an_album_is_no_larger_than_a_request_may_be() -> None:
    files = [Attachment(content_type="application/pdf", size=20 * 2**20) for _number in range(3)]
    assert [len(group) for group in group_files(files)] == [2, 1]


async def test_a_text_cut_by_the_line_above_it_loses_nothing(
    sender: Sender, telegram: TelegramStub, vera: User, anna: User, ticket: Ticket
) -> None:
    text = "x" * 4094  # fits alone, but not below the ticket's number

    def work() -> None:
        a_ticket_of(vera, "Another")
        draft = MessageDraft(id=uuid4(), text=text)
        post_reply(actor=acting(anna), ticket=ticket.pk, draft=draft)
        run_due_deliveries("telegram")

    await bridge.run(work)
    await until(sender, lambda: not OutgoingCall.objects.filter(state__in=("pending", "sending")).exists())
    pieces = [one for one in telegram.texts(vera.telegram_id) if re.fullmatch(r"(#\d+\n)?x+", one)]
    assert "".join(pieces).count("x") == len(text)
