"""What customers send beside texts: nothing of it looks empty, and files are named as what they are."""

import pytest

from accounts.models import User
from tests.support.inbox import Inbox
from tickets.models import Attachment, Message
from tickets.representations.contents import describe_content

pytestmark = pytest.mark.django_db

POINT = {"latitude": 55.7, "longitude": 37.6}
STICKER = {
    "file_id": "v", "file_unique_id": "v", "type": "regular", "width": 1, "height": 1, "is_animated": False,
    "is_video": False, "emoji": "🔥",
}  # fmt: skip
POLL = {
    "id": "1", "question": "Tea?", "total_voter_count": 0, "is_closed": False, "is_anonymous": True, "type": "regular",
    "allows_multiple_answers": False, "allows_revoting": False, "members_only": False,
    "options": [{"text": "Yes", "voter_count": 0, "persistent_id": "1"},
                {"text": "No", "voter_count": 0, "persistent_id": "2"}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("form", "name", "content_type"),
    [
        ({}, "sticker-101.webp", "image/webp"),
        ({"is_animated": True}, "sticker-101.tgs", "application/x-tgsticker"),
        ({"is_video": True}, "sticker-101.webm", "video/webm"),
    ],
)
def test_a_sticker_is_named_as_what_it_is(
    inbox: Inbox, vera: User, form: dict[str, bool], name: str, content_type: str
) -> None:
    inbox.says(vera, sticker={**STICKER, **form})
    attachment = Attachment.objects.get()
    assert (attachment.name, attachment.content_type) == (name, content_type)
    assert Message.objects.get().content["emoji"] == "🔥"


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"contact": {"phone_number": "+7 900", "first_name": "Ivan", "last_name": "Li"}}, "Ivan Li\n+7 900"),
        ({"location": POINT}, "https://www.openstreetmap.org/?mlat=55.7&mlon=37.6#map=17/55.7/37.6"),
        ({"location": POINT, "venue": {"location": POINT, "title": "Café", "address": "Arbat"}}, "Café\nArbat\nhttps://"),
        ({"poll": POLL}, "Tea?\n• Yes\n• No"),
        ({"sticker": STICKER}, "🔥"),
        ({"story": {"id": 1, "chat": {"id": 5, "type": "private"}}}, "story"),
        ({"rich_message": {"blocks": []}}, "rich_message"),
        ({"widget": {"id": "1"}}, "widget"),
    ],
)  # fmt: skip
def test_what_is_neither_text_nor_file_is_said_in_words(
    inbox: Inbox, vera: User, fields: dict[str, object], shown: str
) -> None:
    inbox.says(vera, **fields)
    stored = Message.objects.get()
    assert describe_content(stored.kind, stored.content).startswith(shown)


def test_the_words_that_a_customer_quotes_are_kept_with_the_message_they_are_of(inbox: Inbox, vera: User) -> None:
    first = inbox.says(vera, "The printer is on fire, and the cat is not")
    quote = {"text": "the cat is not", "position": 28}
    inbox.says(vera, "Now it is", reply_to_message=first, quote=quote)
    stored, answer = Message.objects.order_by("sequence")
    assert (answer.reply_to, answer.content) == (stored, {"quote": "the cat is not"})
