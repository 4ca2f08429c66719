"""The archive of one's own data: what is in it, what is not, and how it goes out."""

import io
import json
from uuid import uuid4
from zipfile import ZipFile

import pytest

from accounts.actors import Actor
from accounts.errors import NotFound
from accounts.models import User
from accounts.services.people import set_active
from telegram_bot.bot_api import Request
from telegram_bot.delivery.rendering import render_call
from telegram_bot.models import CallState, OutgoingCall
from tests.support.desk import a_note_by, a_reply_by, a_ticket_of, acting
from tests.support.inbox import Inbox
from tickets.services.attachments import store_upload
from tickets.services.conversation import delete_message, edit_message, post_reply
from tickets.services.drafts import MessageDraft
from tickets.services.exporting import write_own_data


def archive_of(user: User, **more: int) -> ZipFile:
    file = io.BytesIO()
    write_own_data(actor=acting(user), into=file, **more)
    return ZipFile(file)


@pytest.mark.django_db
def test_it_holds_what_the_customer_may_see_and_nothing_else(vera: User, gleb: User, anna: User) -> None:
    ticket = a_ticket_of(vera, "It burns")
    a_ticket_of(gleb, "A secret of Gleb")
    upload = store_upload(actor=acting(vera), file=io.BytesIO(b"hello"), name="note.txt")
    draft = MessageDraft(id=uuid4(), text="See the file", attachments=[upload.pk])
    first = post_reply(actor=acting(vera), ticket=ticket.pk, draft=draft).message
    edit_message(actor=acting(vera), message_id=first.pk, text="See the text file")
    answer = a_reply_by(anna, ticket, "An answer, with an erorr")
    edit_message(actor=acting(anna), message_id=answer.pk, text="An answer, with an error")
    delete_message(actor=acting(anna), message_id=a_reply_by(anna, ticket, "Taken back").pk)
    a_note_by(anna, ticket, "He is difficult")
    set_active(actor=Actor.system(), user_id=vera.pk, is_active=False, reason="He shouts")
    set_active(actor=Actor.system(), user_id=vera.pk, is_active=True)
    archive = archive_of(vera)
    person = json.loads(archive.read("person.json"))
    assert (person["first_name"], [sorted(ban) for ban in person["bans"]]) == ("Vera", [["began_at", "ended_at"]])
    [told] = json.loads(archive.read("requests.json"))
    texts = [message["text"] for message in told["messages"]]
    assert texts == ["It burns", "See the text file", "An answer, with an error", ""]
    assert [old["text"] for old in told["messages"][1]["earlier"]] == ["See the file"]
    [file] = told["messages"][1]["attachments"]
    assert archive.read(file["included"]) == b"hello"
    everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    for secret in ("Gleb", "difficult", "shouts", "erorr", "Taken back"):
        assert secret not in everything


@pytest.mark.django_db
def test_a_file_for_which_there_is_no_room_is_named(vera: User) -> None:
    ticket = a_ticket_of(vera)
    upload = store_upload(actor=acting(vera), file=io.BytesIO(b"hello"), name="note.txt")
    post_reply(actor=acting(vera), ticket=ticket.pk, draft=MessageDraft(id=uuid4(), text="", attachments=[upload.pk]))
    archive = archive_of(vera, limit=4)
    assert archive.namelist() == ["person.json", "requests.json"]
    [file] = json.loads(archive.read("requests.json"))[0]["messages"][1]["attachments"]
    assert (file["name"], file["included"]) == ("note.txt", None)


@pytest.mark.django_db
def test_the_desk_itself_has_no_data_of_its_own() -> None:
    with pytest.raises(NotFound):
        write_own_data(actor=Actor.system(), into=io.BytesIO())


def test_the_bot_sends_it_as_a_document_once_in_a_while(inbox: Inbox, vera: User, anna: User) -> None:
    inbox.says(vera, "It burns")
    inbox.says(vera, "/privacy")
    export = inbox.last_buttons(vera)["Export my data"]
    inbox.presses(vera, export)
    inbox.presses(vera, export)
    [call] = inbox.owed(vera, "sendDocument")
    assert "burns" not in json.dumps(call.params), "the outbox holds nothing of it"
    request = render_call(call)
    assert isinstance(request, Request)
    [file] = request.files
    assert request.params["chat_id"] == vera.telegram_id
    assert "It burns" in ZipFile(io.BytesIO(file.content)).read("requests.json").decode()
    OutgoingCall.objects.filter(pk=call.pk).update(state=CallState.SENT)
    inbox.presses(vera, export)
    assert len(inbox.owed(vera, "sendDocument")) == 1
    assert "just now" in inbox.owed(method="answerCallbackQuery")[-1].params["text"]
    inbox.says(anna, "/privacy")
    assert set(inbox.last_buttons(anna)) == {"Export my data"}, "their own, as a customer"
