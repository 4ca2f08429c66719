"""Files of saved replies: attached in the admin, brought along by the reply, copied into what is sent."""

from io import BytesIO
from uuid import uuid4

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from accounts import clock
from accounts.errors import InvalidInput, NotFound, PermissionDenied
from accounts.models import Team, User
from tests.support.api import Api
from tests.support.desk import a_ticket_of, acting
from tests.tickets.test_files import a_picture
from tickets.models import Attachment, MessageDeliveryState, SavedReply
from tickets.services import attachments
from tickets.services.attachments import UNBOUND_LIFE, sweep_unbound
from tickets.services.reply_files import add_reply_file, copy_reply_file, remove_reply_file
from tickets.services.saved_replies import SavedReplyValues, create_saved_reply, remove_saved_reply

pytestmark = pytest.mark.django_db
PAGE = "/admin/tickets/savedreply/"


@pytest.fixture
def reply(mila: User) -> SavedReply:
    values = SavedReplyValues(title="Terms", text="Here they are, {customer_name}.")
    return create_saved_reply(actor=acting(mila), values=values, shared=True)


def attach(user: User, reply: SavedReply, name: str = "terms.png") -> Attachment:
    return add_reply_file(actor=acting(user), reply_id=reply.pk, file=a_picture(), name=name)


def test_managers_attach_and_remove_files_in_the_admin(
    mila: User, reply: SavedReply, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(mila)
    page = f"{PAGE}{reply.pk}/change/"
    values = {"title": "Terms", "shortcut": "", "text": "Here", "team": ""}
    uploads = [SimpleUploadedFile("terms.png", a_picture().read()), SimpleUploadedFile("prices.txt", b"1 2 3")]
    assert client.post(page, values | {"add_files": uploads}).status_code == 302
    first, second = reply.files.order_by("position")
    assert [(file.name, file.content_type) for file in (first, second)] == [
        ("terms.png", "image/png"),
        ("prices.txt", "text/plain"),
    ]
    shown = client.get(page).content.decode()
    assert "terms.png</a>" in shown
    assert client.get(f"/admin/tickets/ticket/files/{first.pk}/").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        client.post(page, values | {"remove_files": [str(first.pk)]})
    assert [file.name for file in reply.files.all()] == ["prices.txt"]
    assert not default_storage.exists(first.storage_key)
    assert default_storage.exists(second.storage_key)


def test_a_new_reply_takes_files_and_what_the_desk_refuses_is_said_beside_the_field(mila: User) -> None:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(mila)
    values = {"title": "Terms", "shortcut": "", "text": "Here", "team": ""}
    refused = client.post(f"{PAGE}add/", values | {"add_files": SimpleUploadedFile("a.txt", b"MZ" + b"\0" * 200)})
    assert "a.txt: " in refused.content.decode()
    many = [SimpleUploadedFile(f"{number}.txt", b"1") for number in range(11)]
    refused = client.post(f"{PAGE}add/", values | {"add_files": many})
    assert "At most 10 files in one message." in refused.content.decode()
    assert not SavedReply.objects.exists()
    two = [SimpleUploadedFile(f"{number}.txt", b"1") for number in range(2)]
    assert client.post(f"{PAGE}add/", values | {"add_files": two}).status_code == 302
    assert SavedReply.objects.get().files.count() == 2


def test_agents_get_them_with_the_reply_and_send_copies(vera: User, anna: User, mila: User, reply: SavedReply) -> None:
    original, ticket, api = attach(mila, reply), a_ticket_of(vera), Api(anna)
    shown = api.get("saved-replies/")[1]["results"][0]["files"]
    assert [(file["id"], file["name"]) for file in shown] == [(str(original.pk), "terms.png")]
    copies = [api.send("POST", f"files/{original.pk}/copy/") for _ in range(2)]
    assert [status for status, _copy in copies] == [201, 201]
    keys = [copy["id"] for _status, copy in copies]
    body = {"id": str(uuid4()), "text": "Here they are, Vera.", "attachments": keys}
    status, sent = api.post(f"tickets/{ticket.pk}/messages/", **body)
    assert (status, [file["name"] for file in sent["attachments"]]) == (201, ["terms.png", "terms.png"])
    assert sent["delivery"]["state"] == MessageDeliveryState.QUEUED
    remove_saved_reply(actor=acting(mila), reply_id=reply.pk)
    assert all(default_storage.exists(file.storage_key) for file in Attachment.objects.filter(pk__in=keys))


def test_the_file_itself_goes_into_no_message(vera: User, mila: User, reply: SavedReply) -> None:
    original, ticket = attach(mila, reply), a_ticket_of(vera)
    body = {"id": str(uuid4()), "text": "Here", "attachments": [str(original.pk)]}
    assert Api(mila).post(f"tickets/{ticket.pk}/messages/", **body)[0] == 400


def test_only_who_may_use_the_reply_sees_its_files(vera: User, anna: User, boris: User, mila: User) -> None:
    team = Team.objects.create(name="Billing")
    boris.team = team
    boris.save()
    values = SavedReplyValues(title="Prices", text="Here", team_id=team.pk)
    file = attach(mila, create_saved_reply(actor=acting(mila), values=values, shared=True))
    answers = {user: Api(user).get(f"files/{file.pk}/")[0] for user in (vera, anna, boris, mila)}
    assert answers == {vera: 404, anna: 404, boris: 200, mila: 200}
    with pytest.raises(NotFound):
        copy_reply_file(actor=acting(anna), attachment_id=file.pk)
    with pytest.raises(PermissionDenied):
        attach(boris, SavedReply.objects.get())
    with pytest.raises(PermissionDenied):
        remove_reply_file(actor=acting(boris), reply_id=SavedReply.objects.get().pk, attachment_id=file.pk)


def test_they_are_neither_swept_nor_counted_as_unsent(
    mila: User, reply: SavedReply, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = attach(mila, reply)
    monkeypatch.setattr(attachments, "UNBOUND_QUOTA", file.size)
    attach(mila, reply)
    copy_reply_file(actor=acting(mila), attachment_id=file.pk)
    with time_machine.travel(clock.now() + 2 * UNBOUND_LIFE, tick=False):
        assert sweep_unbound() == 1
    assert reply.files.count() == 2


def test_a_reply_that_goes_takes_its_files_along_and_there_is_an_end_to_them(
    mila: User, reply: SavedReply, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    files = [attach(mila, reply, f"{number}.png") for number in range(10)]
    with pytest.raises(InvalidInput):
        attach(mila, reply)
    assert [file.position for file in reply.files.order_by("position")] == list(range(10))
    with django_capture_on_commit_callbacks(execute=True):
        remove_saved_reply(actor=acting(mila), reply_id=reply.pk)
    assert not Attachment.objects.exists()
    assert not any(default_storage.exists(file.storage_key) for file in files)


def test_many_replies_with_files_cost_no_query_each(
    mila: User, anna: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(3):
        values = SavedReplyValues(title=f"n{number}", text="Here")
        attach(mila, create_saved_reply(actor=acting(mila), values=values, shared=True))
    with django_assert_max_num_queries(4):
        assert len(Api(anna).get("saved-replies/")[1]["results"]) == 3


def test_a_copy_is_what_the_original_is(mila: User, anna: User, reply: SavedReply) -> None:
    original = attach(mila, reply)
    copy = copy_reply_file(actor=acting(anna), attachment_id=original.pk)
    assert (copy.name, copy.content_type, copy.size, copy.width) == (
        original.name,
        original.content_type,
        original.size,
        original.width,
    )
    assert (copy.owner_id, copy.saved_reply_id, copy.message_id) == (anna.pk, None, None)
    with default_storage.open(copy.storage_key) as stored:
        assert BytesIO(stored.read()).getvalue() == a_picture().read()
