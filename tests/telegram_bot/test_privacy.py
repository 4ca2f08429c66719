"""/privacy, and that an erased person is found in no table any more."""

import io
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts import clock
from accounts.actors import Actor
from accounts.errors import HelpDeskError
from accounts.models import Language, Role, User
from telegram_bot import forgetting
from telegram_bot.customer_chat.menus import keep_commands_current
from telegram_bot.forgetting import forget_erased_people
from telegram_bot.housekeeping import keep_house
from telegram_bot.models import CallState, Chat, ErasedChat, OutgoingCall
from telegram_bot.models.outgoing_call import FAREWELL
from telegram_bot.outbox import CallDraft, enqueue
from telegram_bot.speech.callback_data import Action, build
from tests.support.desk import a_note_by, a_reply_by, a_ticket_of, acting, event_types
from tests.support.inbox import JSON, Inbox
from tickets.events.delivery import run_due_deliveries
from tickets.events.replay import find_differences
from tickets.models import Message, MessageDeliveryState, Ticket, TicketStatus
from tickets.services.attachments import store_upload
from tickets.services.conversation import edit_message, post_reply
from tickets.services.drafts import MessageDraft
from tickets.services.erasure import erase_customer, survey_customer
from tickets.services.labelling import TicketChanges, update_ticket
from tickets.services.rating import rate_ticket
from tickets.services.workflow import change_status

MARK = "quokka"  # in everything personal
NUMBER = 918273645
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def quokka(db: None) -> User:
    names = {"first_name": f"{MARK}1", "last_name": f"{MARK}2", "username": f"{MARK}3"}
    return User.objects.create(**names, telegram_id=NUMBER, language=Language.ENGLISH, role=Role.CUSTOMER)


def tables_with(word: str) -> set[str]:
    """Every table of the database with a row in which the word stands, in whatever column, bytes included."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f'SELECT count(*) FROM "{table}" AS t WHERE t::text ILIKE %s OR t::text LIKE %s',
                [f"%{word}%", f"%{word.encode().hex()}%"],
            )
            if cursor.fetchone() != (0,):
                found.add(table)
    return found


def live_a_life(inbox: Inbox, quokka: User, anna: User, adam: User) -> Ticket:
    """The person leaves traces wherever people do."""
    written = inbox.says(quokka, f"I am {MARK}4")
    ticket = Ticket.objects.get(customer=quokka)
    inbox.edits(quokka, written, f"I am {MARK}5, sorry")
    inbox.says(quokka, contact={"phone_number": "+100", "first_name": f"{MARK}6"})
    file = store_upload(actor=acting(quokka), file=io.BytesIO(b"hello"), name=f"{MARK}7.txt")
    draft = MessageDraft(id=uuid4(), text=f"{MARK}8", attachments=[file.pk])
    post_reply(actor=acting(quokka), ticket=ticket.pk, draft=draft)
    run_due_deliveries("notifications")
    [notice] = [call for call in inbox.owed(anna, "sendMessage") if call.params.get("@ticket") == str(ticket.pk)]
    inbox.arrived(anna, notice, 4000)
    told = inbox.message(anna, notice.params["text"])
    inbox.says(anna, f"Dear {MARK}9", reply_to_message={**told, "message_id": 4000})
    inbox.says(anna, "/inbox")
    inbox.says(anna, f"About {MARK}10?", reply_to_message=inbox.message(anna, f"#{ticket.number} {MARK}"))
    answer = a_reply_by(anna, ticket, f"Hello {MARK}11")
    edit_message(actor=acting(anna), message_id=answer.pk, text=f"Hello {MARK}12")
    a_note_by(anna, ticket, f"{MARK}13 calls every week")
    update_ticket(actor=acting(anna), ticket=ticket.pk, changes=TicketChanges(subject=f"{MARK}14"))
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.RESOLVED)
    rate_ticket(actor=acting(quokka), ticket=ticket.pk, score=5, comment=f"{MARK}15")
    for row in (quokka, ticket):
        LogEntry.objects.create(
            user=adam,
            content_type=ContentType.objects.get_for_model(row),
            object_id=str(row.pk),
            object_repr=f"{MARK}16",
            action_flag=CHANGE,
        )
    for text in ("First", "Second"):
        a_ticket_of(quokka, f"{text} of {MARK}17")
    inbox.says(quokka, f"which one? {MARK}18")  # held
    inbox.work()
    run_due_deliveries("notifications")
    return ticket


def confirm(inbox: Inbox, person: User) -> str:
    """The way to the last button; its data."""
    inbox.says(person, "/privacy")
    inbox.presses(person, inbox.last_buttons(person)["Delete my data"])
    return inbox.last_buttons(person)["Yes, delete everything"]


def test_after_erasure_nothing_personal_is_in_any_table_nor_in_the_storage(
    inbox: Inbox, quokka: User, anna: User, adam: User, tmp_path: Path
) -> None:
    ticket = live_a_life(inbox, quokka, anna, adam)
    assert {"tickets_message", "tickets_messagerevision", "tickets_ticketevent"} <= tables_with(MARK)
    assert {"telegram_bot_update", "telegram_bot_outgoingcall", "accounts_user"} <= tables_with(MARK)
    inbox.presses(quokka, confirm(inbox, quokka))
    assert tables_with(MARK) == set()
    assert tables_with(str(NUMBER)) == {"telegram_bot_outgoingcall"}, "the goodbye waits"
    OutgoingCall.objects.filter(coalesce_key__startswith="farewell:").update(state=CallState.SENT)
    keep_house(inbox.bot_id)
    assert tables_with(str(NUMBER)) == set()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    for row in Ticket.objects.all():
        assert row.status == TicketStatus.CLOSED
        assert find_differences(row) == [], "the log still folds to the row"
    assert event_types(ticket)[-1] == "personal_data_erased"
    assert ticket.rating_score is None
    assert Ticket.objects.get(pk=ticket.pk).rating_score == 5, "facts stay"


def test_the_rest_of_the_desk_is_left_alone(inbox: Inbox, quokka: User, anna: User, adam: User, vera: User) -> None:
    other = a_ticket_of(vera, "My printer")
    kept = inbox.says(vera, "More about the printer")
    live_a_life(inbox, quokka, anna, adam)
    erase_customer(actor=acting(adam), user_id=quokka.pk)
    assert list(other.messages.order_by("sequence").values_list("text", flat=True)) == ["My printer", kept["text"]]
    assert inbox.told(vera)
    assert any(kept["text"].encode() in bytes(row.raw) for row in inbox.rows())
    assert Chat.objects.filter(person=vera).exists()


def test_the_button_works_once_and_not_for_ever(
    inbox: Inbox, vera: User, gleb: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = a_ticket_of(vera)
    button = confirm(inbox, vera)
    inbox.presses(gleb, button)  # forwarded, or guessed
    inbox.presses(vera, build(Action.ERASE, uuid4()))
    now = clock.now()
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: now + timedelta(minutes=16))
        inbox.presses(vera, button)
    assert Message.objects.get(ticket=ticket).deleted_at is None
    inbox.presses(vera, inbox.last_buttons(vera)["No, keep it"])
    inbox.presses(vera, button)
    assert Message.objects.get(ticket=ticket).deleted_at is None
    inbox.presses(vera, confirm(inbox, vera))
    assert Message.objects.get(ticket=ticket).deleted_at is not None


def test_what_was_written_before_the_press_goes_too(inbox: Inbox, vera: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Telegram may bring a press first, by another of a webhook's connections."""
    inbox.says(vera, "I was here")
    button = confirm(inbox, vera)
    written = inbox.update(message=inbox.message(vera, "A last word"))
    with monkeypatch.context() as patch:
        patch.setattr(inbox, "work", lambda: None)
        inbox.presses(vera, button)
        inbox.put(written)
        inbox.says(vera, "Are you there?")
    inbox.work()
    assert [row.outcome for row in inbox.rows()[-3:]] == ["erased", "erased", "ticket_opened"]
    assert not [row for row in inbox.rows() if b"A last word" in bytes(row.raw)]
    assert Message.objects.filter(text="Are you there?").exists()
    assert not Message.objects.filter(text="A last word").exists()


@pytest.fixture
def late(inbox: Inbox, vera: User, settings: Settings) -> JSON:
    """A message that was written before the press that erases; the press is handled, and it has not come yet."""
    settings.TELEGRAM_MODE = "webhook"
    inbox.says(vera, "I was here")
    button = confirm(inbox, vera)
    update = inbox.update(message=inbox.message(vera, "A last word"))
    inbox.presses(vera, button)
    assert not Chat.objects.exists()
    return update


def test_what_telegram_brings_late_of_before_the_press_is_not_taken_in(inbox: Inbox, vera: User, late: JSON) -> None:
    inbox.put(late)
    inbox.work()
    assert not User.objects.filter(telegram_id=vera.telegram_id).exists()
    inbox.says(vera, "And am again")
    changed = {**late["message"], "text": "My last word", "edit_date": late["message"]["date"] + 5}
    inbox.put({"update_id": late["update_id"] - 1, "edited_message": changed})
    inbox.work()
    rows = [(row.outcome, bytes(row.raw), row.queue) for row in inbox.rows() if row.update_id <= late["update_id"]]
    assert rows[-2:] == [("erased", b"", 0)] * 2
    assert tables_with("last word") == set()
    assert Ticket.objects.exclude(subject="—").get().subject == "And am again"


def test_what_was_written_after_the_press_is_taken_in(inbox: Inbox, vera: User, gleb: User, late: JSON) -> None:
    """Whether its number says so, or its date: of the same second nobody knows."""
    pressed_at = int(ErasedChat.objects.get().erased_at.timestamp())
    after = [
        inbox.update(message=inbox.message(vera, "By its number")),
        {**late, "message": inbox.message(vera, "By its date", date=pressed_at)},
        {**late, "message": inbox.message(gleb, "Of somebody else")},
    ]
    inbox.put(*after)
    inbox.work()
    texts = set(Message.objects.exclude(text="").values_list("text", flat=True))
    assert texts == {update["message"]["text"] for update in after}


def test_a_day_after_an_erasure_nothing_of_its_chat_is_known(inbox: Inbox, vera: User, late: JSON) -> None:
    found = ErasedChat.objects.get()
    chat = str(vera.telegram_id)
    assert found.mark not in {chat, sha256(chat.encode()).hexdigest()}  # whoever has the table alone finds nobody
    with time_machine.travel(clock.now() + timedelta(hours=24), tick=False) as now:
        keep_house(inbox.bot_id)
        assert ErasedChat.objects.exists()
        now.shift(timedelta(hours=2))
        keep_house(inbox.bot_id)
    assert not ErasedChat.objects.exists()


def test_who_writes_again_is_a_new_customer(inbox: Inbox, vera: User) -> None:
    inbox.says(vera, "I was here")
    inbox.presses(vera, confirm(inbox, vera))
    inbox.says(vera, "And am again")
    new = User.objects.get(telegram_id=vera.telegram_id)
    assert new.pk != vera.pk
    assert Ticket.objects.get(customer=new).subject == "And am again"
    assert Chat.objects.get().person == new


def test_a_lost_announcement_is_made_good(
    inbox: Inbox, vera: User, adam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox.says(vera, "Lost words")
    monkeypatch.setattr("accounts.announcements._tell", lambda kind, ids: None)
    erase_customer(actor=acting(adam), user_id=vera.pk)
    assert "telegram_bot_update" in tables_with("Lost words")
    assert forget_erased_people() == 1
    assert tables_with("Lost words") == set()
    assert forget_erased_people() == 0


def test_an_answer_that_still_waits_is_not_sent(inbox: Inbox, vera: User, anna: User, adam: User) -> None:
    inbox.says(vera, "Help")
    answer = a_reply_by(anna, Ticket.objects.get())
    inbox.work()
    assert any(call.message == answer.pk for call in inbox.owed(vera))
    erase_customer(actor=acting(adam), user_id=vera.pk)
    inbox.work()
    assert inbox.owed(vera) == []
    answer.refresh_from_db()
    assert answer.delivery_state == MessageDeliveryState.NONE


def test_what_is_owed_to_a_chats_menu_names_its_person_and_goes_too(
    inbox: Inbox, vera: User, adam: User, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://desk.example"
    inbox.says(vera, "Help")
    keep_commands_current(Chat.objects.get(), adam)
    owed = OutgoingCall.objects.filter(queue=None)
    assert set(owed.values_list("method", flat=True)) == {"setMyCommands", "setChatMenuButton"}
    owed.filter(method="setMyCommands").update(state=CallState.SENT)
    erase_customer(actor=acting(adam), user_id=vera.pk)
    assert not owed.exists()


def test_no_statement_looks_for_a_customers_tickets_through_more_of_the_outbox_than_a_slice(
    inbox: Inbox, vera: User, anna: User, adam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However large it is: the database ends what takes too long."""
    monkeypatch.setattr(forgetting, "_SLICE", 4)
    numbers = [a_ticket_of(vera, "Quokka").number for _time in range(3)]
    inbox.work()
    enqueue([CallDraft(method="sendMessage", params={"text": f"#{n}"}, queue=anna.telegram_id) for n in numbers * 5])
    kept = enqueue([CallDraft(method="sendMessage", params={"text": f"#{n}1"}, queue=77) for n in numbers])
    with CaptureQueriesContext(connection) as asked:
        erase_customer(actor=acting(adam), user_id=vera.pk)
    searches = [one["sql"] for one in asked if "DELETE" in one["sql"] and "~" in one["sql"]]
    assert len(searches) >= 5
    assert all(" >= " in search and " < " in search for search in searches)
    assert not OutgoingCall.objects.filter(queue=anna.telegram_id).exists()
    assert OutgoingCall.objects.filter(pk__in=[call.pk for call in kept]).count() == 3


def test_erasing_again_changes_nothing(vera: User, adam: User) -> None:
    ticket = a_ticket_of(vera)
    assert erase_customer(actor=acting(adam), user_id=vera.pk).messages == 1
    before = event_types(ticket)
    again = erase_customer(actor=acting(adam), user_id=vera.pk)
    assert (again.tickets, again.messages, again.files) == (0, 0, 0)
    assert event_types(ticket) == before


def test_who_may_erase_whom(vera: User, gleb: User, anna: User, mila: User, adam: User) -> None:
    for actor in (gleb, anna, mila):
        with pytest.raises(HelpDeskError) as refused:
            erase_customer(actor=acting(actor), user_id=vera.pk)
        assert refused.value.code == "permission_denied"
    for actor, target in ((anna, anna), (adam, anna), (adam, adam)):
        with pytest.raises(HelpDeskError) as refused:
            erase_customer(actor=acting(actor), user_id=target.pk)
        assert refused.value.code == "invalid_input"
    with pytest.raises(HelpDeskError):
        survey_customer(actor=acting(adam), user_id=uuid4())


def test_staff_may_take_their_data_with_them_but_not_erase_themselves(inbox: Inbox, anna: User) -> None:
    inbox.says(anna, "/privacy")
    assert "administrator" in inbox.told(anna)[-1]
    assert list(inbox.last_buttons(anna)) == ["Export my data"]


def test_the_command_shows_first_and_erases_with_yes(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    out = io.StringIO()
    call_command("erase_customer", "--telegram-id", "501", stdout=out)
    assert "1 tickets, 1 messages, 0 files would be erased" in out.getvalue()
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.NEW
    call_command("erase_customer", "--telegram-id", "501", "--yes", stdout=out)
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.CLOSED
    for arguments in (("--telegram-id", "501"), ("--telegram-id", str(anna.telegram_id), "--yes")):
        with pytest.raises(CommandError) as refused:
            call_command("erase_customer", *arguments)
        assert refused.value.returncode == 1


def test_a_file_never_sent_goes_too(vera: User, adam: User) -> None:
    file = store_upload(actor=acting(vera), file=io.BytesIO(b"hello"), name="a.txt")
    key = file.storage_key
    erase_customer(actor=Actor.system(), user_id=vera.pk)
    assert not default_storage.exists(key)


def test_goodbyes_are_found_without_reading_the_outbox() -> None:
    goodbyes = OutgoingCall.objects.filter(coalesce_key__startswith=FAREWELL, state=CallState.SENT)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        assert "telegram_call_farewell" in goodbyes.explain()
