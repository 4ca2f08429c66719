"""What happens to an owed call at Telegram: each answer, and none."""

import asyncio
from uuid import UUID, uuid4

import httpx
import pytest
from django.core.files.base import ContentFile
from django.db import OperationalError
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut

from accounts.models import User
from telegram_bot import bridge
from telegram_bot.delivery import recording, sending
from telegram_bot.delivery.sending import MOST_FILES_AT_ONCE, MOST_LARGE_FILES_AT_ONCE, Sender
from telegram_bot.files import draft_fetching, owe_fetching
from telegram_bot.identity import current_bot_id
from telegram_bot.models import CallState, MessageLink, OutgoingCall, TelegramFile
from telegram_bot.outbox import CallDraft, enqueue
from telegram_bot.outcomes.reporting import sweep_unreported
from telegram_bot.verdicts import NotSent, ServerFailed
from tests.support.desk import a_reply_by, a_ticket_of, acting
from tests.support.inbox import Inbox
from tests.support.sending import hasten, until
from tests.support.telegram_stub import TelegramStub
from tickets.events.delivery import run_due_deliveries
from tickets.models import Attachment, Message, MessageDeliveryState, Ticket
from tickets.services.attachments import store_upload
from tickets.services.conversation import delete_message, edit_message, post_reply
from tickets.services.delivery import retry_delivery, retry_message
from tickets.services.drafts import MessageDraft

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("threads")]
BOT = current_bot_id()


def all_done() -> bool:
    """Nothing is owed, and what messages wait for is reported."""
    undone = OutgoingCall.objects.filter(state__in=("pending", "sending")).exists()
    return not undone and not OutgoingCall.objects.filter(message__isnull=False, reported_at=None).exists()


def owe(chat: int, *texts: str) -> None:
    enqueue([CallDraft(method="sendMessage", params={"text": text}, queue=chat) for text in texts])


def mirror() -> None:
    run_due_deliveries("telegram")
    # the ticket's card is not what these tests are about
    OutgoingCall.objects.filter(params__has_key="@ticket_card").delete()


@pytest.fixture
def ticket(vera: User, anna: User) -> Ticket:
    ticket = a_ticket_of(vera)
    mirror()
    return ticket


def reply(anna: User, ticket: Ticket, text: str = "We are on it") -> Message:
    message = a_reply_by(anna, ticket, text)
    mirror()
    return message


async def test_an_answer_is_sent_and_reported(
    sender: Sender, telegram: TelegramStub, vera: User, anna: User, ticket: Ticket
) -> None:
    message = await bridge.run(reply, anna, ticket)
    await until(sender, all_done)
    assert telegram.texts(vera.telegram_id) == ["We are on it"]
    await message.arefresh_from_db()
    assert (message.delivery_state, message.delivery_ambiguous) == (MessageDeliveryState.SENT, False)
    link = await MessageLink.objects.aget(message=message.pk)
    assert (link.chat_id, link.ticket) == (vera.telegram_id, ticket.pk)


async def test_a_chat_gets_its_messages_one_after_another(sender: Sender, telegram: TelegramStub) -> None:
    await bridge.run(owe, 1, "a", "b", "c")
    telegram.hold = asyncio.Event()
    for _step in range(5):
        await sender.step()
    assert telegram.texts(1) == ["a"], "the second waits for the first one's answer"
    telegram.hold.set()
    await until(sender, all_done)
    assert telegram.texts(1) == ["a", "b", "c"]


async def test_chats_do_not_wait_for_each_other(sender: Sender, telegram: TelegramStub) -> None:
    for chat in range(1, 6):
        await bridge.run(owe, chat, "x")
    telegram.hold = asyncio.Event()
    async with asyncio.timeout(5):
        while telegram.most_at_once < 5:
            await sender.step()
    telegram.hold.set()
    await until(sender, all_done)


async def test_429_is_obeyed_and_costs_no_try(sender: Sender, telegram: TelegramStub) -> None:
    telegram.answers["sendMessage"].append(RetryAfter(30))
    await bridge.run(owe, 1, "x")
    await until(sender, lambda: OutgoingCall.objects.get().error_code == "rate_limited")
    call = await OutgoingCall.objects.aget()
    assert (call.state, call.attempts, call.ambiguous) == (CallState.PENDING, 0, False)
    await bridge.run(owe, 2, "other chat")
    await until(sender, lambda: OutgoingCall.objects.get(queue=2).state == CallState.SENT)
    assert telegram.texts(1) == ["x"], "not asked again before the time"


async def test_a_refused_call_without_a_chat_holds_up_only_its_like(sender: Sender, telegram: TelegramStub) -> None:
    telegram.answers["setMyCommands"].append(RetryAfter(3000))
    await bridge.run(enqueue, [CallDraft(method="setMyCommands", params={"commands": []})])
    await until(sender, lambda: OutgoingCall.objects.get().error_code == "rate_limited")
    await bridge.run(enqueue, [CallDraft(method="answerCallbackQuery", params={"callback_query_id": "1"})])
    await bridge.run(owe, 1, "x")
    await until(sender, lambda: OutgoingCall.objects.get(queue=1).state == CallState.SENT)
    assert [method for method, _params in telegram.calls] == ["setMyCommands", "sendMessage"]


async def test_a_button_is_answered_while_files_are_fetched_and_while_they_are_refused(
    sender: Sender, telegram: TelegramStub
) -> None:
    def owe_files() -> None:
        for number in range(20):
            TelegramFile.objects.create(bot_id=current_bot_id(), attachment=UUID(int=number), file_id="x")
            enqueue([CallDraft(method="getFile", params={"@attachment": str(UUID(int=number))}, lane=1)])

    def press(number: int) -> None:
        enqueue([CallDraft(method="answerCallbackQuery", params={"callback_query_id": str(number)})])

    def answered() -> list[str]:
        return [params["callback_query_id"] for method, params in telegram.calls if method == "answerCallbackQuery"]

    telegram.hold = asyncio.Event()
    await bridge.run(owe_files)
    await until(sender, lambda: len(telegram.calls) == MOST_FILES_AT_ONCE)
    await bridge.run(press, 1)
    await until(sender, lambda: answered() == ["1"])
    telegram.answers["getFile"] += [RetryAfter(60)] * 20
    telegram.hold.set()
    await until(sender, lambda: OutgoingCall.objects.filter(error_code="rate_limited").count() == MOST_FILES_AT_ONCE)
    await bridge.run(press, 2)
    await until(sender, lambda: answered() == ["1", "2"])
    assert len(telegram.calls) == MOST_FILES_AT_ONCE + 2


async def test_a_small_file_waits_for_no_large_ones(sender: Sender, telegram: TelegramStub) -> None:
    """Each of these took a place for as long as it is fetched, so that a ninth person's photo waited."""

    def owe_file(number: int, size: int) -> None:
        owe_fetching(
            BOT, attachment_id=UUID(int=number), file_id=f"file-{number}", unique_id=str(number), kind="video",
            size=size, chat_id=number,
        )  # fmt: skip

    def asked() -> list[str]:
        return [params["file_id"] for method, params in telegram.calls if method == "getFile"]

    def owe_large_ones() -> None:
        for number in range(1, 9):
            owe_file(number, 19 * 2**20)

    telegram.hold = asyncio.Event()
    await bridge.run(owe_large_ones)
    await until(sender, lambda: len(asked()) == MOST_LARGE_FILES_AT_ONCE)
    for _step in range(3):
        await sender.step()
    assert len(asked()) == MOST_LARGE_FILES_AT_ONCE
    await bridge.run(owe_file, 9, 90_000)
    await until(sender, lambda: asked()[-1] == "file-9")
    telegram.answers["getFile"] += [BadRequest("Bad Request: invalid file")] * 9
    telegram.hold.set()
    await until(sender, all_done)
    assert len(asked()) == 9, "and the large ones follow"


def test_a_large_file_is_one_also_when_it_is_asked_for_again(inbox: Inbox, vera: User) -> None:
    for number, size in enumerate((6 * 2**20, 4 * 2**20)):
        document = {"file_id": str(number), "file_unique_id": str(number), "file_name": "a.pdf", "file_size": size}
        inbox.says(vera, document=document)
    assert [call.large for call in inbox.owed(method="getFile")] == [True, False]
    files = Attachment.objects.order_by("-size")
    assert [draft.large for file in files for draft in draft_fetching(file.pk)] == [True, False]


async def test_several_refused_chats_stop_all(sender: Sender, telegram: TelegramStub) -> None:
    telegram.answers["sendMessage"].extend([RetryAfter(30)] * 3)
    for chat in (1, 2, 3):
        await bridge.run(owe, chat, "x")
    await until(sender, lambda: OutgoingCall.objects.filter(error_code="rate_limited").count() == 3)
    assert sender.pace.wait() > 20


async def test_a_call_whose_turn_falls_into_a_pause_is_given_back_untried(
    sender: Sender, telegram: TelegramStub
) -> None:
    for chat in range(1, 6):
        await bridge.run(owe, chat, "x")
    await sender.step()
    sender.pace.pause(20)  # as a refusal of another call does, while some of these wait for their turns
    await asyncio.sleep(0.3)
    await until(sender, lambda: not OutgoingCall.objects.filter(state="sending").exists())
    waiting = await bridge.run(list, OutgoingCall.objects.filter(state="pending"))
    assert waiting
    assert {(call.error_code, call.attempts, call.ambiguous) for call in waiting} == {("paused", 0, False)}
    assert sum(len(telegram.texts(chat)) for chat in range(1, 6)) == 5 - len(waiting)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("Forbidden: bot was blocked by the user", "blocked"),
        ("Forbidden: user is deactivated", "deactivated"),
        ("Forbidden: bot can't initiate conversation with a user", "not_started"),
    ],
)
async def test_403_fails_at_once_and_staff_see_why(
    sender: Sender, telegram: TelegramStub, vera: User, anna: User, ticket: Ticket, words: str, reason: str
) -> None:
    telegram.answers["sendMessage"].append(Forbidden(words))
    message = await bridge.run(reply, anna, ticket)
    await until(sender, all_done)
    await message.arefresh_from_db()
    assert (message.delivery_state, message.delivery_reason) == (MessageDeliveryState.BLOCKED, reason)
    again = await bridge.run(reply, anna, ticket, "Are you there?")
    await until(sender, all_done)
    await again.arefresh_from_db()
    assert again.delivery_state == MessageDeliveryState.BLOCKED
    assert len(telegram.calls) == 1, "the next one fails without a call"


async def test_chat_not_found_is_the_same(sender: Sender, telegram: TelegramStub, anna: User, ticket: Ticket) -> None:
    telegram.answers["sendMessage"].append(BadRequest("Chat not found"))
    message = await bridge.run(reply, anna, ticket)
    await until(sender, all_done)
    await message.arefresh_from_db()
    assert message.delivery_state == MessageDeliveryState.BLOCKED


def timed_out() -> TimedOut:
    error = TimedOut()
    error.__cause__ = httpx.ReadTimeout("")
    return error


@pytest.mark.parametrize("error", [timed_out(), ServerFailed("Telegram answered 502"), NetworkError("httpx.ReadError")])
async def test_a_lost_answer_is_tried_again_and_marked(
    sender: Sender, telegram: TelegramStub, anna: User, ticket: Ticket, error: Exception
) -> None:
    telegram.answers["sendMessage"].append(error)
    message = await bridge.run(reply, anna, ticket)
    await until(sender, lambda: OutgoingCall.objects.get().attempts == 1)
    await bridge.run(hasten)
    await until(sender, all_done)
    await message.arefresh_from_db()
    assert (message.delivery_state, message.delivery_ambiguous) == (MessageDeliveryState.SENT, True)
    assert len(telegram.calls) == 2


async def test_what_never_left_is_tried_again_without_a_mark(
    sender: Sender, telegram: TelegramStub, anna: User, ticket: Ticket
) -> None:
    telegram.answers["sendMessage"].append(NotSent("no route"))
    message = await bridge.run(reply, anna, ticket)
    await until(sender, lambda: OutgoingCall.objects.get().error_code == "no_connection")
    assert (await OutgoingCall.objects.aget()).attempts == 0
    sender.pace.resume()
    await bridge.run(hasten)
    await until(sender, all_done)
    await message.arefresh_from_db()
    assert (message.delivery_state, message.delivery_ambiguous) == (MessageDeliveryState.SENT, False)


async def test_a_call_that_fails_by_itself_gives_up_after_five_tries(sender: Sender, telegram: TelegramStub) -> None:
    telegram.broken_chats[1] = ServerFailed("500")
    await bridge.run(owe, 1, "bad")
    await until(sender, lambda: OutgoingCall.objects.get(queue=1).attempts > 0)
    await bridge.run(owe, 2, "good")

    def is_given_up() -> bool:
        hasten()
        return OutgoingCall.objects.get(queue=1).state == CallState.FAILED

    await until(sender, is_given_up, seconds=15)
    call = await OutgoingCall.objects.aget(queue=1)
    assert (call.error_code, call.attempts) == ("gave_up", 5)


async def test_while_telegram_is_away_nothing_is_given_up(sender: Sender, telegram: TelegramStub) -> None:
    telegram.answers["sendMessage"].extend([ServerFailed("502")] * 7)
    await bridge.run(owe, 1, "patient")
    for attempt in range(1, 8):
        await until(sender, lambda attempt=attempt: OutgoingCall.objects.get().attempts == attempt)  # type: ignore[misc]
        await bridge.run(hasten)
    await until(sender, all_done)
    assert (await OutgoingCall.objects.aget()).state == CallState.SENT


async def test_when_telegram_answers_again_nobody_waits_longer(sender: Sender, telegram: TelegramStub) -> None:
    telegram.answers["sendMessage"].append(ServerFailed("502"))
    await bridge.run(owe, 1, "a")
    await until(sender, lambda: OutgoingCall.objects.get().attempts == 1)
    await bridge.run(OutgoingCall.objects.filter(queue=1).update, next_attempt_at="2100-01-01T00:00Z")
    await bridge.run(owe, 2, "b")
    await until(sender, all_done)


async def test_bad_entities_go_out_once_more_as_plain_text(sender: Sender, telegram: TelegramStub) -> None:
    telegram.answers["sendMessage"].append(BadRequest("Can't parse entities: unsupported start tag"))
    draft = CallDraft(method="sendMessage", params={"text": "<b>a &amp; b</b>", "parse_mode": "HTML"}, queue=1)
    await bridge.run(enqueue, [draft])
    await until(sender, all_done)
    assert telegram.calls[1][1] == {"text": "a & b", "chat_id": 1}


async def test_bad_entities_twice_end(sender: Sender, telegram: TelegramStub) -> None:
    telegram.answers["sendMessage"].extend([BadRequest("Can't parse entities: x")] * 2)
    await bridge.run(owe, 1, "x")
    await until(sender, all_done)
    assert (await OutgoingCall.objects.aget()).error_code == "bad_entities"


async def test_a_migrated_group_is_written_to_under_its_new_id(sender: Sender, telegram: TelegramStub) -> None:
    telegram.answers["sendMessage"].append(ChatMigrated(-1005))
    await bridge.run(owe, -5, "a", "b")
    await until(sender, all_done, seconds=12)
    assert telegram.texts(-1005) == ["a", "b"]


async def test_an_unknown_token_stops_all_and_costs_no_try(sender: Sender, telegram: TelegramStub) -> None:
    telegram.answers["sendMessage"].append(InvalidToken())
    await bridge.run(owe, 1, "x")
    await until(sender, lambda: OutgoingCall.objects.get().error_code == "token_refused")
    assert (await OutgoingCall.objects.aget()).attempts == 0
    assert sender.pace.wait() > 0


async def test_an_expired_call_is_not_made(sender: Sender, telegram: TelegramStub) -> None:
    draft = CallDraft(method="answerCallbackQuery", params={}, expires_at="2020-01-01T00:00Z")  # type: ignore[arg-type]
    await bridge.run(enqueue, [draft])
    await until(sender, all_done)
    assert not telegram.calls
    assert (await OutgoingCall.objects.aget()).error_code == "expired"


async def test_a_forgotten_press_is_not_answered_for_ever(sender: Sender, telegram: TelegramStub) -> None:
    telegram.answers["answerCallbackQuery"].append(BadRequest("Query is too old and response timeout expired"))
    await bridge.run(enqueue, [CallDraft(method="answerCallbackQuery", params={"callback_query_id": "1"})])
    await until(sender, all_done)
    assert (await OutgoingCall.objects.aget()).state == CallState.FAILED


async def test_an_edit_that_changes_nothing_is_fine(sender: Sender, telegram: TelegramStub) -> None:
    telegram.answers["editMessageText"].append(BadRequest("Message is not modified: specified new message content"))
    await bridge.run(enqueue, [CallDraft(method="editMessageText", params={"message_id": 5, "text": "x"}, queue=1)])
    await until(sender, all_done)
    assert (await OutgoingCall.objects.aget()).state == CallState.SENT


async def test_a_database_that_goes_after_the_call_does_not_double_the_message(
    sender: Sender, telegram: TelegramStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = iter([OperationalError("gone"), OperationalError("gone")])

    def fail_twice(*args: object, **more: object) -> bool:
        if error := next(failures, None):
            raise error
        return recording.record_verdict(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(sending, "record_verdict", fail_twice)
    await bridge.run(owe, 1, "once")
    await until(sender, all_done)
    assert telegram.texts(1) == ["once"]


async def test_a_process_that_dies_before_reporting_is_swept(
    sender: Sender, telegram: TelegramStub, anna: User, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "report_message", lambda _message_id: None)
    message = await bridge.run(reply, anna, ticket)
    await until(sender, lambda: OutgoingCall.objects.get().state == CallState.SENT)
    await sender.finish(5)
    await message.arefresh_from_db()
    assert message.delivery_state == MessageDeliveryState.QUEUED
    assert await bridge.run(sweep_unreported, BOT) == 1
    await message.arefresh_from_db()
    assert message.delivery_state == MessageDeliveryState.SENT
    assert await bridge.run(sweep_unreported, BOT) == 0


async def test_a_call_that_cannot_be_rendered_gives_up_and_lets_its_chat_go_on(
    sender: Sender, telegram: TelegramStub
) -> None:
    broken = CallDraft(method="sendDocument", params={"@attachment": "no id"}, queue=1)
    await bridge.run(enqueue, [broken])
    await bridge.run(owe, 1, "after it")
    for attempt in range(1, 6):
        await until(sender, lambda attempt=attempt: OutgoingCall.objects.earliest("id").attempts == attempt)  # type: ignore[misc]
        await bridge.run(hasten)
    await until(sender, all_done)
    call = await OutgoingCall.objects.order_by("id").afirst()
    assert call is not None
    assert (call.state, call.error_code, call.ambiguous) == (CallState.FAILED, "gave_up", False)
    assert telegram.texts(1) == ["after it"]


async def test_a_database_that_goes_before_the_call_costs_nothing(
    sender: Sender, telegram: TelegramStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_call: OutgoingCall) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(sending, "render_call", fail)
    await bridge.run(owe, 1, "once")
    await until(sender, lambda: OutgoingCall.objects.get().error_code == "database")
    monkeypatch.undo()
    await bridge.run(hasten)
    await until(sender, all_done)
    call = await OutgoingCall.objects.aget()
    assert (call.state, call.attempts, call.ambiguous) == (CallState.SENT, 1, False)


def write(anna: User, ticket: Ticket, text: str, *files: tuple[str, bytes]) -> Message:
    actor = acting(anna)
    ids = [store_upload(actor=actor, file=ContentFile(content), name=name).pk for name, content in files]
    draft = MessageDraft(id=uuid4(), text=text, attachments=ids)
    message = post_reply(actor=actor, ticket=ticket.pk, draft=draft).message
    mirror()
    return message


async def test_a_retry_sends_only_what_failed(
    sender: Sender, telegram: TelegramStub, vera: User, anna: User, ticket: Ticket
) -> None:
    telegram.answers["sendDocument"].append(BadRequest("file is too big"))
    message = await bridge.run(write, anna, ticket, "long " * 300, ("a.txt", b"aaa"))
    await until(sender, all_done)

    def ask_again() -> None:
        retry_delivery(actor=acting(anna), message_id=message.pk)
        run_due_deliveries("telegram")

    await bridge.run(ask_again)
    await until(sender, all_done)
    assert [method for method, _params in telegram.calls] == ["sendMessage", "sendDocument", "sendDocument"]
    await message.arefresh_from_db()
    assert (message.delivery_state, message.delivery_reason) == (MessageDeliveryState.SENT, "")


async def test_a_retry_tries_a_blocked_chat_again(
    sender: Sender, telegram: TelegramStub, vera: User, anna: User, ticket: Ticket
) -> None:
    telegram.answers["sendMessage"].append(Forbidden("Forbidden: bot was blocked by the user"))
    message = await bridge.run(reply, anna, ticket)
    await until(sender, all_done)

    def ask_again() -> None:
        retry_delivery(actor=acting(anna), message_id=message.pk)
        run_due_deliveries("telegram")

    await bridge.run(ask_again)
    await until(sender, all_done)
    await message.arefresh_from_db()
    assert message.delivery_state == MessageDeliveryState.SENT
    assert len(telegram.calls) == 2


@pytest.mark.parametrize(
    "refusal",
    ["Wrong file_id or the file is temporarily unavailable", "can't use file of type Photo as Document"],
)
async def test_a_file_sent_once_is_sent_again_by_its_id(
    sender: Sender, telegram: TelegramStub, anna: User, ticket: Ticket, refusal: str
) -> None:
    telegram.answers["sendDocument"].append({"message_id": 70, "document": {"file_id": "F", "file_unique_id": "U"}})
    await bridge.run(write, anna, ticket, "", ("a.txt", b"aaa"))
    await until(sender, all_done)
    known = await TelegramFile.objects.aget()
    assert known.file_id == "F"
    params = (await OutgoingCall.objects.aget()).params
    telegram.answers["sendDocument"].append(BadRequest(refusal))
    await bridge.run(enqueue, [CallDraft(method="sendDocument", params=params, queue=501)])
    await until(sender, all_done)
    by_id, uploaded = telegram.calls[1][1]["document"], telegram.calls[2][1]["document"]
    assert by_id == "F"
    assert uploaded.content == b"aaa"


async def test_a_long_answer_is_cut_and_its_edit_follows(
    sender: Sender, telegram: TelegramStub, vera: User, anna: User, ticket: Ticket
) -> None:
    message = await bridge.run(reply, anna, ticket, "🔥" * 2048)
    await until(sender, all_done)
    assert telegram.texts(vera.telegram_id) == ["🔥" * 2048]

    def edit() -> None:
        edit_message(actor=acting(anna), message_id=message.pk, text="Short")
        mirror()

    await bridge.run(edit)
    await until(sender, all_done)
    assert telegram.calls[-1][0] == "editMessageText"
    assert telegram.texts(vera.telegram_id)[-1] == "Short"


async def test_a_removed_answer_is_removed_in_telegram(
    sender: Sender, telegram: TelegramStub, anna: User, ticket: Ticket
) -> None:
    message = await bridge.run(reply, anna, ticket)
    await until(sender, all_done)
    link = await MessageLink.objects.aget(message=message.pk)

    def remove() -> None:
        delete_message(actor=acting(anna), message_id=message.pk)
        mirror()

    await bridge.run(remove)
    await until(sender, all_done)
    assert telegram.calls[-1] == ("deleteMessage", {"chat_id": 501, "message_id": link.telegram_message_id})
    assert not await MessageLink.objects.filter(message=message.pk).aexists()


async def test_a_text_that_shrinks_and_grows_again_is_whole(
    sender: Sender, telegram: TelegramStub, vera: User, anna: User, ticket: Ticket
) -> None:
    message = await bridge.run(reply, anna, ticket, "a" * 4096 + "b")
    await until(sender, all_done)
    assert telegram.texts(vera.telegram_id) == ["a" * 4096, "b"]

    def edit(text: str) -> None:
        telegram.calls.clear()
        edit_message(actor=acting(anna), message_id=message.pk, text=text)
        mirror()

    for text, methods in (("Short", "deleteMessage"), ("a" * 4096 + "c", "sendMessage")):
        await bridge.run(edit, text)
        await until(sender, all_done)
        assert [method for method, _params in telegram.calls] == ["editMessageText", methods]
    assert telegram.texts(vera.telegram_id) == ["a" * 4096, "c"]


async def test_an_answer_removed_before_it_went_out_is_never_sent(
    sender: Sender, telegram: TelegramStub, anna: User, ticket: Ticket
) -> None:
    def remove_at_once() -> None:
        message = reply(anna, ticket)
        delete_message(actor=acting(anna), message_id=message.pk)
        mirror()

    await bridge.run(remove_at_once)
    await until(sender, all_done)
    assert telegram.calls == []


async def test_a_customers_file_is_fetched_into_its_message(sender: Sender, telegram: TelegramStub, vera: User) -> None:
    from tests.support.inbox import Inbox

    telegram.files["doc"] = b"plain words"

    def receive() -> None:
        document = {"file_id": "doc", "file_unique_id": "u", "file_name": "a.txt", "file_size": 11}
        Inbox().says(vera, document=document, caption="See")

    await bridge.run(receive)
    await until(sender, lambda: Attachment.objects.get().state == "ready")
    attachment = await Attachment.objects.aget()
    assert (attachment.content_type, attachment.size) == ("text/plain", 11)


@pytest.mark.parametrize(
    ("refusals", "failure"),
    [
        ([BadRequest("file is too big")], "too_large"),
        ([BadRequest("wrong file_id or the file is temporarily unavailable")] * 2, "gone"),
        ([BadRequest("something new")], "unavailable"),
    ],
)
async def test_a_file_that_telegram_does_not_give_is_marked_failed_with_the_reason(
    refusals: list[Exception], failure: str, sender: Sender, telegram: TelegramStub, vera: User, anna: User
) -> None:
    from tests.support.inbox import Inbox

    telegram.answers["getFile"] += refusals

    def receive() -> None:
        Inbox().says(vera, document={"file_id": "doc", "file_unique_id": "u"})

    await bridge.run(receive)
    await until(sender, lambda: Attachment.objects.get().state == "failed")
    assert (await Attachment.objects.aget()).failure == failure

    def ask_again() -> None:
        retry_message(actor=acting(anna), message_id=Message.objects.get().pk)
        run_due_deliveries("telegram")

    if failure != "too_large":
        telegram.files["doc"] = b"plain words"
        await bridge.run(ask_again)
        await until(sender, lambda: Attachment.objects.get().state == "ready")
