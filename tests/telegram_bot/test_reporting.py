"""What the desk learns of calls that fail: at once, or by the sweep where the process died in between."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from accounts import clock
from accounts.models import User
from telegram_bot.delivery.recording import record_verdict
from telegram_bot.models import CallState, Chat, OutgoingCall
from telegram_bot.outbox import CallDraft, claim, enqueue
from telegram_bot.outcomes.reporting import report_message, sweep_unreported
from telegram_bot.verdicts import Failed
from tests.support.desk import a_reply_by, a_ticket_of, acting
from tests.support.inbox import Inbox
from tests.telegram_bot.test_conversation import PHOTO
from tickets.events.delivery import run_due_deliveries
from tickets.models import Attachment, Message, MessageDeliveryState, Ticket
from tickets.services.conversation import delete_message, edit_message
from tickets.services.delivery import retry_message

pytestmark = pytest.mark.django_db


@pytest.fixture
def answer(inbox: Inbox, vera: User, anna: User) -> Message:
    answer = a_reply_by(anna, a_ticket_of(vera), "A secret")
    run_due_deliveries("telegram")
    inbox.deliver()
    OutgoingCall.objects.update(reported_at=clock.now())
    return answer


def fail(inbox: Inbox, method: str, verdict: Failed) -> OutgoingCall:
    """It is written down that this call failed, and nothing more: the process dies."""
    OutgoingCall.objects.filter(state=CallState.PENDING).exclude(method=method).delete()
    OutgoingCall.objects.update(next_attempt_at=clock.now() - timedelta(seconds=1))
    (call,) = claim(inbox.bot_id, free=9, files=9, queued=9, not_now=[])
    assert record_verdict(call, verdict, others_succeed=True)
    return call


def sweep(inbox: Inbox) -> list[str]:
    """The notes that there are after it has gone over twice; nothing is left to it."""
    sweep_unreported(inbox.bot_id)
    assert sweep_unreported(inbox.bot_id) == 0
    return list(Message.objects.filter(internal=True).values_list("text", flat=True))


def test_after_a_kill_staff_still_learn_that_an_answer_was_not_removed(
    inbox: Inbox, anna: User, answer: Message
) -> None:
    delete_message(actor=acting(anna), message_id=answer.pk)
    run_due_deliveries("telegram")
    fail(inbox, "deleteMessage", Failed(code="message_fixed"))
    (note,) = sweep(inbox)
    assert "удалённый ответ" in note


def test_after_a_kill_staff_still_learn_that_an_answer_reads_as_before(
    inbox: Inbox, anna: User, answer: Message
) -> None:
    edit_message(actor=acting(anna), message_id=answer.pk, text="No secret")
    run_due_deliveries("telegram")
    fail(inbox, "editMessageText", Failed(code="gave_up"))
    assert len(sweep(inbox)) == 1


def test_staff_learn_that_another_file_did_not_take_the_place_of_the_former(inbox: Inbox, answer: Message) -> None:
    exchange = {"@message": str(answer.pk), "@part": 100, "@attachment": str(answer.pk)}
    enqueue([CallDraft(method="editMessageMedia", params=exchange, queue=answer.ticket.customer.telegram_id)])
    fail(inbox, "editMessageMedia", Failed(code="file_too_big"))
    (note,) = sweep(inbox)
    assert "файл" in note


def test_a_refused_sign_and_a_button_that_nobody_waits_for_are_told_to_nobody(inbox: Inbox, answer: Message) -> None:
    sign = {"@message": str(answer.pk), "@reaction": True}
    enqueue([CallDraft(method="setMessageReaction", params=sign, queue=answer.ticket.customer.telegram_id)])
    fail(inbox, "setMessageReaction", Failed(code="refused"))
    enqueue([CallDraft(method="answerCallbackQuery", params={"callback_query_id": "1"})])
    fail(inbox, "answerCallbackQuery", Failed(code="expired"))
    assert sweep(inbox) == []


@pytest.mark.parametrize("has_written_since", [False, True])
def test_after_a_kill_the_tickets_still_say_that_nothing_arrives(
    inbox: Inbox, vera: User, answer: Message, has_written_since: bool
) -> None:
    enqueue([CallDraft(method="sendMessage", params={"text": "A notice"}, queue=vera.telegram_id)])
    fail(inbox, "sendMessage", Failed(code="forbidden", unreachable="blocked"))
    if has_written_since:
        Chat.objects.update(unreachable="")
    assert sweep(inbox) == []
    assert Ticket.objects.get().unreachable == ("" if has_written_since else "blocked")


def test_who_sent_a_file_without_its_size_learns_once_that_it_is_too_large(inbox: Inbox, vera: User) -> None:
    inbox.says(vera, document={"file_id": "f", "file_unique_id": "u", "file_name": "film.mkv"})
    call = fail(inbox, "getFile", Failed(code="file_too_big"))
    sweep(inbox)
    OutgoingCall.objects.filter(pk=call.pk).update(reported_at=None)
    sweep(inbox)
    assert Attachment.objects.get().failure == "too_large"
    (told,) = [text for text in inbox.told(vera) if "20 MB" in text]
    assert "film.mkv" in told


def test_a_sticker_whose_still_picture_cannot_be_fetched_is_fetched_as_ever(inbox: Inbox, vera: User) -> None:
    still = {"file_id": "s", "file_unique_id": "s", "width": 9, "height": 9}
    size = {"width": 9, "height": 9, "type": "regular", "is_animated": True, "is_video": False}
    inbox.says(vera, sticker={"file_id": "f", "file_unique_id": "u", **size, "thumbnail": still})
    call = OutgoingCall.objects.get(params__has_key="@preview")
    OutgoingCall.objects.filter(pk=call.pk).update(state=CallState.FAILED, error_code="file_unknown")
    sweep(inbox)
    assert Attachment.objects.get().state == "pending"
    assert not OutgoingCall.objects.filter(pk=call.pk, reported_at=None).exists()


def test_a_file_that_is_gone_is_not_called_too_large(inbox: Inbox, vera: User) -> None:
    inbox.says(vera, photo=[{name: value for name, value in PHOTO[0].items() if name != "file_size"}])
    fail(inbox, "getFile", Failed(code="file_unknown"))
    sweep(inbox)
    assert not [text for text in inbox.told(vera) if "20 MB" in text]


def test_a_message_that_the_former_bot_failed_to_send_is_owed_anew_by_the_present_one(
    inbox: Inbox, anna: User, answer: Message, settings: Settings
) -> None:
    OutgoingCall.objects.filter(message=answer.pk).update(state=CallState.FAILED, error_code="gave_up")
    settings.TELEGRAM_BOT_TOKEN = "424242:new"
    report_message(answer.pk)
    retry_message(actor=acting(anna), message_id=answer.pk)
    run_due_deliveries("telegram")
    states = OutgoingCall.objects.filter(message=answer.pk).order_by("id").values_list("bot_id", "state")
    assert list(states) == [(inbox.bot_id, CallState.FAILED), (424242, CallState.PENDING)]
    OutgoingCall.objects.filter(bot_id=424242).update(state=CallState.SENT)
    report_message(answer.pk)
    answer.refresh_from_db()
    assert answer.delivery_state == MessageDeliveryState.SENT
