"""What happens to a ticket, said in its customer's chat; and what staff are told in theirs."""

import pytest

from accounts.models import Language, User
from telegram_bot.models import OutgoingCall, TelegramFile
from tests.support.desk import a_note_by, a_reply_by, a_ticket_of, acting
from tests.support.inbox import Inbox
from tickets.events.delivery import run_due_deliveries
from tickets.models import Attachment, AttachmentFailure, Message
from tickets.services.attachments import give_up_reserved
from tickets.services.conversation import delete_message, edit_message
from tickets.services.delivery import retry_message
from tickets.services.reactions import react_to_message


def test_the_customer_reads_their_own_language(inbox: Inbox, vera: User) -> None:
    vera.language = Language.RUSSIAN
    vera.save()
    a_ticket_of(vera)
    inbox.work()
    assert len(inbox.told(vera)) == 1


def test_internal_notes_never_leave(inbox: Inbox, vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    a_note_by(anna, ticket, "He calls every week")
    inbox.work()
    assert not OutgoingCall.objects.filter(message__isnull=False).exists()
    assert "every week" not in str(list(OutgoingCall.objects.values_list("params", flat=True)))


def test_a_note_stays_inside_whatever_happens_to_it(inbox: Inbox, vera: User, anna: User) -> None:
    note = a_note_by(anna, a_ticket_of(vera), "He calls every week")
    inbox.work()
    inbox.deliver()
    react_to_message(actor=acting(anna), message_id=note.pk, emoji="👍")
    edit_message(actor=acting(anna), message_id=note.pk, text="He calls every day")
    inbox.work()
    assert [call.method for call in inbox.deliver(vera) if "calls" in str(call.params)] == []
    delete_message(actor=acting(anna), message_id=note.pk)
    inbox.work()
    assert not [call for call in inbox.owed(vera) if call.params.get("@message") == str(note.pk)]


def test_a_customers_own_message_from_the_app_is_not_sent_to_them(inbox: Inbox, vera: User) -> None:
    ticket = a_ticket_of(vera)
    a_reply_by(vera, ticket, "One more thing")
    inbox.work()
    assert not OutgoingCall.objects.filter(message__isnull=False).exists()


def test_with_several_tickets_an_answer_says_whose_it_is(inbox: Inbox, vera: User, anna: User) -> None:
    first, _second = a_ticket_of(vera, "First"), a_ticket_of(vera, "Second")
    message = a_reply_by(anna, first, "News")
    inbox.work()
    call = OutgoingCall.objects.get(message=message.pk)
    assert call.params["@header"] == f"#{first.number}"


def test_a_customer_without_telegram_is_left_in_peace(inbox: Inbox, vera: User, anna: User) -> None:
    vera.telegram_id = None
    vera.save()
    a_reply_by(anna, a_ticket_of(vera))
    inbox.work()
    assert not inbox.owed()


@pytest.mark.parametrize("is_known", [True, False])
def test_a_file_is_fetched_again_even_where_its_customer_has_no_chat_any_more(
    inbox: Inbox, vera: User, anna: User, is_known: bool
) -> None:
    inbox.says(vera, document={"file_id": "f", "file_unique_id": "u", "file_name": "a.txt", "file_size": 9})
    file = Attachment.objects.get()
    give_up_reserved(attachment_id=file.pk, failure=AttachmentFailure.UNAVAILABLE)
    vera.telegram_id = None
    vera.save()
    OutgoingCall.objects.all().delete()
    if not is_known:
        TelegramFile.objects.all().delete()
    retry_message(actor=acting(anna), message_id=Message.objects.get().pk)
    inbox.work()
    file.refresh_from_db()
    owed = [call.params for call in inbox.owed(method="getFile")]
    assert owed == ([{"@attachment": str(file.pk)}] if is_known else [])
    assert (file.state, file.failure) == (("pending", "") if is_known else ("failed", "gone"))


def test_agents_are_told_of_a_new_ticket_with_its_words(inbox: Inbox, vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera, "The printer <b>burns</b>")
    run_due_deliveries("notifications")
    told = inbox.told(anna)
    assert len(told) == 1
    assert f"#{ticket.number}" in told[0]
    assert "&lt;b&gt;burns" in told[0]
    assert list(inbox.last_buttons(anna)) == ["Take it"]


def test_agents_are_told_what_came_where_it_says_nothing(inbox: Inbox, vera: User, anna: User) -> None:
    sizes = [{"file_id": "small", "file_unique_id": "s", "width": 90, "height": 60, "file_size": 1000}]
    inbox.says(vera, photo=sizes)
    run_due_deliveries("notifications")
    assert "\n\nPhoto\n" in inbox.told(anna)[0]


def test_an_agent_answers_a_notification_by_replying(inbox: Inbox, vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    run_due_deliveries("notifications")
    inbox.arrived(anna, inbox.owed(anna, "sendMessage")[0], 900)
    chat = {"id": anna.telegram_id, "type": "private"}
    inbox.says(anna, "We are on it", reply_to_message={"message_id": 900, "date": 1, "chat": chat})
    assert ticket.messages.get(text="We are on it").author == anna


def test_whoever_wants_no_telegram_messages_gets_none(inbox: Inbox, vera: User, anna: User) -> None:
    anna.preferences = {"telegram": False}
    anna.save()
    a_ticket_of(vera)
    run_due_deliveries("notifications")
    assert not inbox.owed(anna)
