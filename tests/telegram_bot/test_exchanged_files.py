"""Another file in the place of the one that was sent, both ways; and the place of a live location."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine

from accounts import clock
from accounts.errors import NotFound
from accounts.models import User
from accounts.services.erasure import ERASED
from telegram_bot.models import MessageLink
from tests.support.desk import a_reply_by, a_ticket_of, acting, event_types
from tests.support.inbox import Inbox
from tests.telegram_bot.test_conversation import PHOTO, album_parts
from tickets.models import Attachment, Message, MessageRevision, Ticket
from tickets.representations.audiences import Audience
from tickets.representations.frames import frames_after
from tickets.selectors.tickets import get_attachment_for
from tickets.selectors.timeline import list_events
from tickets.services.attachments import sweep_unbound
from tickets.services.erasure import erase_customer

OTHER = [{"file_id": "new", "file_unique_id": "n", "width": 900, "height": 600, "file_size": 80_000}]
DAY = 86_400


def exchanges(inbox: Inbox, message: dict[str, Any], edited_at: int = 1_795_000_100, **fields: Any) -> None:
    inbox.put(inbox.update(edited_message={**message, "edit_date": edited_at, **fields}))
    inbox.work()


def files_of(message: Message) -> list[UUID]:
    return list(message.attachments.order_by("position").values_list("pk", flat=True))


def test_another_photo_is_a_new_version_and_is_fetched(inbox: Inbox, vera: User, anna: User) -> None:
    sent = inbox.says(vera, photo=PHOTO, caption="Look")
    message = Message.objects.get()
    (former,) = files_of(message)
    a_reply_by(anna, message.ticket, "Thank you")
    exchanges(inbox, sent, photo=OTHER)
    exchanges(inbox, sent, photo=OTHER)  # once more under another number
    message.refresh_from_db()
    (current,) = files_of(message)
    version = message.revisions.get()
    assert current != former
    assert [file.pk for file in version.attachments.all()] == [former]
    assert (version.text, message.text, message.edited_after_answer) == ("Look", "Look", True)
    assert [call.params["@attachment"] for call in inbox.owed(method="getFile")] == [str(former), str(current)]
    frame = frames_after(message.ticket_id, Audience.STAFF, 0).frames[-1]
    assert frame["type"] == "message_edited"
    assert [file["id"] for file in frame["data"]["attachments"]] == [current]


def test_the_same_photo_with_another_caption_is_no_other_file(inbox: Inbox, vera: User) -> None:
    sent = inbox.says(vera, photo=PHOTO, caption="Lok")
    exchanges(inbox, sent, caption="Look")
    assert Message.objects.get().text == "Look"
    assert Attachment.objects.count() == 1


def test_the_kind_follows_the_file_and_going_back_is_one_more_version(inbox: Inbox, vera: User) -> None:
    sent = inbox.says(vera, photo=PHOTO)
    document = {"file_id": "d", "file_unique_id": "d", "file_name": "scan.pdf", "file_size": 5}
    exchanges(inbox, {name: value for name, value in sent.items() if name != "photo"}, document=document)
    message = Message.objects.get()
    assert (message.kind, message.attachments.get().name) == ("document", "scan.pdf")
    exchanges(inbox, sent, edited_at=1_795_000_200)
    message.refresh_from_db()
    assert (message.kind, message.revisions.count(), Attachment.objects.count()) == ("photo", 2, 3)


def test_a_text_may_become_a_photo(inbox: Inbox, vera: User) -> None:
    sent = inbox.says(vera, "See below")
    exchanges(inbox, {name: value for name, value in sent.items() if name != "text"}, photo=OTHER, caption="Here")
    message = Message.objects.get()
    assert (message.kind, message.text, message.attachments.count()) == ("photo", "Here", 1)
    assert message.revisions.get().text == "See below"


def test_in_an_album_the_file_keeps_its_place_and_its_caption(inbox: Inbox, vera: User) -> None:
    parts = album_parts(inbox, vera, "One", "Two", "Three")
    inbox.put(*(inbox.update(message=part) for part in parts))
    inbox.work()
    album = Message.objects.get()
    before = files_of(album)
    exchanges(inbox, parts[1], photo=OTHER)
    album.refresh_from_db()
    after = files_of(album)
    assert (after[0], after[2]) == (before[0], before[2])
    assert after[1] != before[1]
    assert [UUID(item["attachment"]) for item in album.content["items"]] == after
    assert (album.text, album.revisions.get().attachments.get().pk) == ("One\nTwo\nThree", before[1])


def test_a_former_file_is_for_staff_and_its_author_and_lives_as_long_as_its_message(
    inbox: Inbox, vera: User, gleb: User, anna: User
) -> None:
    sent = inbox.says(vera, photo=PHOTO)
    former = Message.objects.get().attachments.get()
    exchanges(inbox, sent, photo=OTHER)
    for person in (vera, anna):
        assert get_attachment_for(acting(person), former.pk) == former
    with pytest.raises(NotFound):
        get_attachment_for(acting(gleb), former.pk)
    with time_machine.travel(clock.now() + timedelta(days=2)):
        assert sweep_unbound() == 0
    erase_customer(actor=acting(vera), user_id=vera.pk)
    assert {file.name for file in Attachment.objects.all()} == {ERASED}
    assert not MessageRevision.objects.exists()


def test_an_agents_other_file_takes_its_place_at_the_customer(inbox: Inbox, vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    inbox.says(anna, f"/ticket {ticket.number}")
    inbox.arrived(anna, inbox.owed(anna, "sendMessage")[-1], 900)
    about = {"message_id": 900, "date": 1, "chat": {"id": 601, "type": "private"}}
    sent = inbox.says(anna, photo=PHOTO, caption="The plan", reply_to_message=about)
    inbox.deliver(vera)
    message = Message.objects.get(text="The plan")
    place = MessageLink.objects.get(message=message.pk, chat_id=vera.telegram_id).telegram_message_id
    exchanges(inbox, sent, photo=OTHER)
    asked = [request for request in inbox.deliver(vera) if request.method == "editMessageMedia"]
    media = {"type": "photo", "media": "new", "caption": "The plan"}
    assert [request.params for request in asked] == [{"chat_id": vera.telegram_id, "message_id": place, "media": media}]


def point(latitude: float, live_period: int | None = DAY) -> dict[str, Any]:
    return {"latitude": latitude, "longitude": 37.6, **({"live_period": live_period} if live_period else {})}


def test_a_live_location_is_one_message_whose_place_is_kept(inbox: Inbox, vera: User) -> None:
    with time_machine.travel(datetime(2027, 1, 1, tzinfo=UTC), tick=False) as time:
        sent = inbox.says(vera, location=point(55.0))
        for step in range(1, 61):  # ten minutes
            time.shift(10)
            exchanges(inbox, sent, location=point(55.0 + step / 100))
        message = Message.objects.get()
        assert message.content["latitude"] == pytest.approx(55.60)
        assert event_types(message.ticket).count("message_edited") == 10, "one a minute"
        time.shift(5)
        exchanges(inbox, sent, location=point(56.0, None))
    message.refresh_from_db()
    assert (message.content["latitude"], "live_until" in message.content) == (56.0, False)
    assert (message.edited_at, message.revisions.count()) == (None, 0)
    assert "message_edited" not in [event.type for event in list_events(message.ticket)]


def test_a_place_that_was_not_live_does_not_move(inbox: Inbox, vera: User) -> None:
    sent = inbox.says(vera, location=point(55.0, None))
    exchanges(inbox, sent, location=point(56.0))
    assert Message.objects.get().content["latitude"] == 55.0
    assert event_types(Ticket.objects.get()).count("message_edited") == 0
