"""Files: recognised by content, bound once by their owner, swept where nobody sent them."""

import gzip
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
import time_machine
from django.core.files.storage import default_storage
from PIL import Image
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts import clock
from accounts.errors import InvalidInput, NotFound, PermissionDenied
from accounts.models import User
from tests.support.desk import a_ticket_of, acting, event_types
from tickets.errors import FileRefused, FileTooLarge, QuotaExceeded
from tickets.file_types import inspect_file, safe_file_name
from tickets.models import Attachment, AttachmentFailure, AttachmentState, Message, MessageKind, TicketEvent
from tickets.selectors.tickets import get_attachment_for
from tickets.services import attachments
from tickets.services.attachments import (
    give_up_reserved,
    reserve_attachment,
    store_preview,
    store_reserved,
    store_upload,
    sweep_unbound,
)
from tickets.services.conversation import add_note, post_reply
from tickets.services.delivery import retry_message
from tickets.services.drafts import MessageDraft

pytestmark = pytest.mark.django_db


def a_picture(width: int = 40, height: int = 30) -> BytesIO:
    file = BytesIO()
    Image.new("RGB", (width, height), "red").save(file, "PNG")
    file.seek(0)
    return file


def an_upload_by(user: User, name: str = "cat.png") -> Attachment:
    return store_upload(actor=acting(user), file=a_picture(), name=name)


def test_the_content_tells_the_type_whatever_the_name_says(vera: User) -> None:
    upload = an_upload_by(vera, "invoice.pdf")
    assert (upload.content_type, upload.width, upload.height) == ("image/png", 40, 30)
    with default_storage.open(upload.storage_key) as stored:
        assert stored.read() == a_picture().read()


def test_markup_is_plain_text_and_programs_are_refused() -> None:
    assert inspect_file(BytesIO(b"<html><script>alert(1)</script>"), name="a.html").content_type == "text/plain"
    with pytest.raises(FileRefused):
        inspect_file(BytesIO(b"MZ" + b"\0" * 200), name="a.txt")


def test_empty_damaged_and_too_large_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for content in (b"", b"\x89PNG\r\n\x1a\n" + b"broken"):
        with pytest.raises(FileRefused):
            inspect_file(BytesIO(content), name="a.png")
    monkeypatch.setattr("tickets.file_types.SIZE_LIMIT", 10)
    with pytest.raises(FileTooLarge):
        inspect_file(a_picture(), name="a.png")


def a_film(*handlers: bytes, spare: int = 0) -> BytesIO:
    """The beginning of an MP4 with such tracks; `spare`: bytes of its description that are yet to come."""
    tracks = b"".join(b"\x00\x00\x00\x1chdlr" + bytes(8) + kind + bytes(8) for kind in handlers)
    description = (len(tracks) + 8 + spare).to_bytes(4) + b"moov" + tracks
    return BytesIO(b"\x00\x00\x00\x14ftypisom" + bytes(4) + b"isom" + description)


def test_a_film_without_a_picture_is_sound() -> None:
    assert inspect_file(a_film(b"soun"), name="voice.m4a").content_type == "audio/mp4"
    for film in (a_film(b"soun", b"vide"), a_film(b"vide"), a_film(b"soun", spare=9000)):
        assert inspect_file(film, name="film.mp4").content_type == "video/mp4"


def test_a_voice_message_is_one_sound(vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)

    def say(*uploads: Attachment) -> Message:
        draft = MessageDraft(id=uuid4(), kind=MessageKind.VOICE, attachments=[upload.pk for upload in uploads])
        return post_reply(actor=acting(anna), ticket=ticket.pk, draft=draft).message

    sounds = [store_upload(actor=acting(anna), file=a_film(b"soun"), name="voice.m4a") for _ in range(2)]
    for wrong in ((), (an_upload_by(anna),), sounds):
        with pytest.raises(InvalidInput):
            say(*wrong)
    assert say(sounds[0]).kind == "voice"


@pytest.mark.parametrize(
    ("name", "safe"),
    [("../../etc/passwd", "passwd"), ('a"b\x00.png', "a_b.png"), ("", "file"), ("C:\\x\\y.txt", "y.txt")],
)
def test_names_are_made_safe(name: str, safe: str) -> None:
    assert safe_file_name(name) == safe


def test_a_message_takes_its_authors_files_in_their_order_and_once(vera: User) -> None:
    ticket = a_ticket_of(vera)
    files = [an_upload_by(vera, f"{n}.png").pk for n in range(3)]
    draft = MessageDraft(id=uuid4(), attachments=files)
    message = post_reply(actor=acting(vera), ticket=ticket.pk, draft=draft).message
    assert list(message.attachments.order_by("position").values_list("pk", flat=True)) == files
    with pytest.raises(InvalidInput):
        post_reply(actor=acting(vera), ticket=ticket.pk, draft=MessageDraft(id=uuid4(), attachments=files[:1]))


def test_nobody_sends_another_persons_file(vera: User, anna: User) -> None:
    upload = an_upload_by(anna)
    with pytest.raises(InvalidInput):
        post_reply(
            actor=acting(vera), ticket=a_ticket_of(vera).pk, draft=MessageDraft(id=uuid4(), attachments=[upload.pk])
        )
    assert Message.objects.count() == 1


def test_a_file_is_seen_by_those_who_see_its_message(vera: User, gleb: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    public, secret = an_upload_by(anna), an_upload_by(anna)
    with pytest.raises(NotFound):
        get_attachment_for(acting(vera), public.pk)
    post_reply(actor=acting(anna), ticket=ticket.pk, draft=MessageDraft(id=uuid4(), attachments=[public.pk]))
    add_note(actor=acting(anna), ticket=ticket.pk, draft=MessageDraft(id=uuid4(), attachments=[secret.pk]))
    assert get_attachment_for(acting(vera), public.pk) == public
    for who, what in ((vera, secret), (gleb, public)):
        with pytest.raises(NotFound):
            get_attachment_for(acting(who), what.pk)


def test_unsent_files_are_swept_after_a_day_with_their_content(
    vera: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    sent, unsent = an_upload_by(vera), an_upload_by(vera)
    post_reply(actor=acting(vera), ticket=a_ticket_of(vera).pk, draft=MessageDraft(id=uuid4(), attachments=[sent.pk]))
    assert sweep_unbound() == 0
    with (
        time_machine.travel(clock.now() + timedelta(hours=25), tick=False),
        django_capture_on_commit_callbacks(execute=True),
    ):
        assert sweep_unbound() == 1
    assert default_storage.exists(sent.storage_key)
    assert not default_storage.exists(unsent.storage_key)


def test_a_person_cannot_pile_up_unsent_files(vera: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "UNBOUND_QUOTA", 150)
    an_upload_by(vera)
    with pytest.raises(QuotaExceeded):
        an_upload_by(vera)


def test_a_reserved_file_comes_later_and_its_message_tells_so_once(vera: User) -> None:
    ticket = a_ticket_of(vera)
    key = uuid4()
    for _ in range(2):
        reserved = reserve_attachment(
            actor=acting(vera), attachment_id=key, name="a.png", content_type="image/png", size=9
        )
    draft = MessageDraft(id=uuid4(), attachments=[reserved.pk])
    post_reply(actor=acting(vera), ticket=ticket.pk, draft=draft)
    for _ in range(2):
        stored = store_reserved(attachment_id=reserved.pk, file=a_picture())
    assert (stored.state, stored.content_type) == (AttachmentState.READY, "image/png")
    late = give_up_reserved(attachment_id=reserved.pk, failure=AttachmentFailure.GONE)
    assert (late.state, late.failure) == (AttachmentState.READY, "")
    assert event_types(ticket)[-1] == "attachment_stored"
    assert event_types(ticket).count("attachment_stored") == 1


@pytest.mark.parametrize("preview_first", [True, False])
def test_a_file_that_the_desk_draws_no_picture_of_has_that_of_its_source(vera: User, preview_first: bool) -> None:
    ticket = a_ticket_of(vera)
    reserved = reserve_attachment(
        actor=acting(vera), attachment_id=uuid4(), name="a.tgs", content_type="x", size=9, sides=(512, 400)
    )
    draft = MessageDraft(id=uuid4(), attachments=[reserved.pk])
    post_reply(actor=acting(vera), ticket=ticket.pk, draft=draft)
    before = event_types(ticket).count("attachment_stored")
    if preview_first:
        assert store_preview(attachment_id=reserved.pk, file=a_picture())
        assert event_types(ticket).count("attachment_stored") == before, "the file itself is told of, with its picture"
    store_reserved(attachment_id=reserved.pk, file=BytesIO(gzip.compress(b"{}")))
    assert store_preview(attachment_id=reserved.pk, file=a_picture()) is not preview_first
    told = TicketEvent.objects.filter(ticket=ticket.pk, type="attachment_stored")
    assert [event.payload["state"] for event in told] == ["ready"] * (1 if preview_first else 2)
    reserved.refresh_from_db()
    assert (reserved.state, reserved.width, reserved.height) == (AttachmentState.READY, 512, 400)
    assert (bool(reserved.thumbnail_key), reserved.content_type) == (True, "application/gzip")


def test_what_is_no_picture_is_no_preview(vera: User) -> None:
    reserved = reserve_attachment(actor=acting(vera), attachment_id=uuid4(), name="a.tgs", content_type="x", size=9)
    assert not store_preview(attachment_id=reserved.pk, file=BytesIO(b"no picture"))
    reserved.refresh_from_db()
    assert (reserved.thumbnail_key, reserved.state) == ("", AttachmentState.PENDING)
    give_up_reserved(attachment_id=reserved.pk, failure=AttachmentFailure.GONE)
    assert store_preview(attachment_id=reserved.pk, file=a_picture())
    reserved.refresh_from_db()
    assert reserved.thumbnail_key == "", "nothing is added to what was given up"


def test_staff_have_a_lost_file_asked_for_again_but_not_one_that_is_too_large(vera: User, anna: User) -> None:
    ticket, files = a_ticket_of(vera), []
    for failure in (AttachmentFailure.GONE, AttachmentFailure.TOO_LARGE):
        file = reserve_attachment(actor=acting(vera), attachment_id=uuid4(), name="a", content_type="", size=9)
        give_up_reserved(attachment_id=file.pk, failure=failure)
        files.append(file)
    draft = MessageDraft(id=uuid4(), attachments=[file.pk for file in files])
    message = post_reply(actor=acting(vera), ticket=ticket.pk, draft=draft).message
    with pytest.raises(PermissionDenied):
        retry_message(actor=acting(vera), message_id=message.pk)
    for _ in range(2):  # the second changes nothing
        retry_message(actor=acting(anna), message_id=message.pk)
    states = [(file.state, file.failure) for file in message.attachments.order_by("position")]
    assert states == [(AttachmentState.PENDING, ""), (AttachmentState.FAILED, AttachmentFailure.TOO_LARGE)]
    assert event_types(ticket).count("attachment_stored") == 1
    assert store_reserved(attachment_id=files[0].pk, file=a_picture()).state == AttachmentState.READY
