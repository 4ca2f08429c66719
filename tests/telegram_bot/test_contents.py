"""What customers send beside texts: nothing of it looks empty, and files are named as what they are."""

import json
from io import BytesIO

import pytest
import telegram
from hypothesis import example, given
from hypothesis import strategies as st

from accounts.models import User
from telegram_bot.delivery.rendering import render_call
from telegram_bot.files import FileRequest
from telegram_bot.handlers.contents import ENVELOPE, SERVICE_FIELDS, Content, read_content
from telegram_bot.incoming import parse_update
from telegram_bot.models import MessageLink, OutgoingCall, TicketCard, Update
from tests.support.desk import acting
from tests.support.inbox import Inbox
from tickets.models import Attachment, Message, TicketStatus
from tickets.representations.contents import describe_content
from tickets.services.attachments import store_reserved
from tickets.services.workflow import change_status

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


THUMBNAIL = {"file_id": "small", "file_unique_id": "s", "width": 128, "height": 128}


def test_of_a_sticker_that_moves_telegrams_still_picture_is_fetched_too(inbox: Inbox, vera: User) -> None:
    sides = {"width": 512, "height": 400}
    inbox.says(vera, sticker={**STICKER, **sides, "is_animated": True, "thumbnail": THUMBNAIL})
    attachment = Attachment.objects.get()
    assert (attachment.width, attachment.height) == (512, 400)
    fetched = [render_call(call) for call in OutgoingCall.objects.filter(method="getFile").order_by("id")]
    assert fetched == [
        FileRequest(attachment_id=attachment.pk, file_id="v"),
        FileRequest(attachment_id=attachment.pk, file_id="small", is_preview=True),
    ]


@pytest.mark.parametrize("form", [{"thumbnail": THUMBNAIL}, {"is_animated": True}])
def test_a_sticker_that_is_a_picture_and_one_without_a_still_picture_are_fetched_alone(
    inbox: Inbox, vera: User, form: dict[str, object]
) -> None:
    inbox.says(vera, sticker={**STICKER, **form})
    assert OutgoingCall.objects.filter(method="getFile").count() == 1


def test_a_reply_to_another_chat_that_says_nothing_of_it_is_read(inbox: Inbox, vera: User) -> None:
    inbox.says(vera, "Is it so?", external_reply={})
    assert (Message.objects.get().text, Message.objects.get().content) == ("Is it so?", {})


@pytest.mark.parametrize("kind", ["voice", "audio", "video", "video_note", "animation"])
def test_how_long_it_lasts_is_known_before_it_is_fetched(inbox: Inbox, vera: User, kind: str) -> None:
    size = {"video_note": {"length": 240}, "video": {"width": 1, "height": 1}, "animation": {"width": 1, "height": 1}}
    inbox.says(vera, **{kind: {"file_id": "v", "file_unique_id": "v", "duration": 65, **size.get(kind, {})}})
    attachment = Attachment.objects.get()
    assert (attachment.state, attachment.duration) == ("pending", 65)
    store_reserved(attachment_id=attachment.pk, file=BytesIO(b"sound"))
    attachment.refresh_from_db()
    assert (attachment.state, attachment.duration) == ("ready", 65)


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"contact": {"phone_number": "+7 900", "first_name": "Ivan", "last_name": "Li"}}, "Ivan Li\n+7 900"),
        ({"location": POINT}, "https://www.openstreetmap.org/?mlat=55.7&mlon=37.6#map=17/55.7/37.6"),
        ({"location": POINT, "venue": {"location": POINT, "title": "Café", "address": "Arbat"}}, "Café\nArbat\nhttps://"),
        ({"poll": POLL}, "Tea?\n• Yes\n• No"),
        ({"dice": {"emoji": "🎰", "value": 64}}, "🎰 64"),
        ({"sticker": STICKER}, "🔥"),
        ({"story": {"id": 1, "chat": {"id": 5, "type": "private"}}}, "story"),
        ({"rich_message": {"blocks": []}}, "rich_message"),
        ({"widget": {"id": "1"}}, "widget"),
        ({"widget": {"id": "1"}, "caption": "Look", "forward_date": 1, "is_from_offline": True}, "widget"),
        ({"poll": {"question": "of another form"}}, "poll"),
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


def test_a_reply_to_another_chat_keeps_whose_words_it_answers(inbox: Inbox, vera: User) -> None:
    shop = {"id": -1001, "type": "channel", "title": "Shop <news>"}
    origin = {"type": "channel", "date": 1_795_000_000, "chat": shop, "message_id": 7}
    inbox.says(vera, "Is it so?", external_reply={"origin": origin}, quote={"text": "half price", "position": 0})
    inbox.says(
        vera, "And this?", external_reply={"origin": origin, "venue": {"bad": 1}, "dice": {"emoji": "🎲", "value": 1}}
    )
    inbox.says(vera, "And that?", external_reply={"origin": origin, "dice": {"emoji": "🎲", "value": 1}})
    inbox.says(vera, "Nice", reply_to_story={"id": 3, "chat": shop})
    words, unreadable, dice, story = (one.content for one in Message.objects.order_by("sequence"))
    whose = {"type": "channel", "name": "Shop <news>", "date": "2026-11-18T11:06:40+00:00"}
    assert words == {"quote": "half price", "external_reply": {**whose, "kind": ""}}
    assert unreadable == {}, "the words are there nevertheless"
    assert dice == {"external_reply": {**whose, "kind": "dice"}}
    assert story == {"external_reply": {"type": "story", "name": "Shop <news>", "kind": "story"}}


def read(fields: dict[str, object]) -> Content | None:
    bare = {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}}
    update = parse_update(Update(raw=json.dumps({"update_id": 1, "message": {**bare, **fields}}).encode()))
    assert update.message is not None
    return read_content(update.message)


BARE = {"message_id", "date", "chat", "from", "text", "caption", "from_user", "_effective_attachment"}
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=5)
KNOWN = st.sampled_from(sorted({*telegram.Message.__slots__} - BARE))
FIELDS = KNOWN | st.from_regex(r"[a-z][a-z_]{3,60}", fullmatch=True).filter(lambda name: name not in BARE)
VALUES = st.recursive(
    st.integers(1, 9) | WORDS | st.just(value=True),
    lambda inner: st.lists(inner, min_size=1, max_size=2) | st.dictionaries(WORDS, inner, min_size=1, max_size=2),
    max_leaves=4,
)


@given(FIELDS, VALUES, st.sampled_from(["", "text", "caption"]))
@example("reply_to_message", 1, "text")
def test_nothing_that_telegram_may_ever_send_is_lost_or_looks_empty(name: str, value: object, words: str) -> None:
    content = read({name: value, **({words: "Words"} if words else {})})
    if content is None:
        assert name in SERVICE_FIELDS
        return
    assert content.text == ("Words" if words else "")
    if words != "text" and content.kind == "unsupported":
        assert content.data["type"] in (name[:40], ""), "Telegram's own name of it"
        assert content.data["type"] or name in ENVELOPE
    else:
        assert words or content.kind != "text"


def said_by_the_bot(inbox: Inbox, user: User, **content: object) -> dict[str, object]:
    bot = {"id": inbox.bot_id, "is_bot": True, "first_name": "The Desk"}
    chat = {"id": user.telegram_id, "type": "private"}
    return {"message_id": 900, "date": 1_795_000_000, "chat": chat, "from": bot, **content}


def test_a_reply_to_the_bots_own_words_keeps_these(inbox: Inbox, vera: User) -> None:
    news = said_by_the_bot(inbox, vera, text="Half price on Monday!")
    inbox.says(vera, "On Tuesday too?", reply_to_message=news)
    inbox.says(vera, "Which?", reply_to_message=news, quote={"text": "Monday", "position": 14})
    inbox.says(vera, "How long!", reply_to_message=said_by_the_bot(inbox, vera, text="a" * 2000))
    picture = [{"file_id": "f", "file_unique_id": "u", "width": 9, "height": 9}]
    inbox.says(vera, "And this?", reply_to_message=said_by_the_bot(inbox, vera, photo=picture))
    begun = {"name": "A topic", "icon_color": 1}
    inbox.says(vera, "In a topic", reply_to_message=said_by_the_bot(inbox, vera, forum_topic_created=begun))
    whole, part, long, photo, topic = (one.content for one in Message.objects.order_by("sequence"))
    whose = {"type": "same_chat", "name": "The Desk", "date": "2026-11-18T11:06:40+00:00", "kind": ""}
    assert whole == {"quote": "Half price on Monday!", "external_reply": whose}
    assert part == {"quote": "Monday", "external_reply": whose}
    assert long["quote"] == "a" * 999 + "…"
    assert photo == {"external_reply": {**whose, "kind": "photo"}}
    assert topic == {}, "all that is written there answers its beginning"


def test_ephemeral_messages_are_told_apart_by_their_own_number(inbox: Inbox, vera: User) -> None:
    first = inbox.says(vera, "First", message_id=0, ephemeral_message_id=7)
    inbox.says(vera, "Second", message_id=0, ephemeral_message_id=8)
    inbox.says(vera, "Second", message_id=0, ephemeral_message_id=8)
    inbox.says(vera, "Third", message_id=0, ephemeral_message_id=9, reply_to_message=first)
    inbox.edits(vera, first, "The first")
    stored = list(Message.objects.order_by("sequence"))
    assert [one.text for one in stored] == ["The first", "Second", "Third"]
    assert stored[2].reply_to_id == stored[0].pk


def test_a_reply_to_the_card_or_by_an_agent_quotes_nothing(inbox: Inbox, vera: User, anna: User) -> None:
    inbox.says(vera, "Help")
    inbox.deliver(vera)
    card = TicketCard.objects.get()
    told = said_by_the_bot(inbox, vera, text="#1 Help") | {"message_id": card.telegram_message_id}
    inbox.says(vera, "More", reply_to_message=told)
    notice = MessageLink.objects.create(
        bot_id=inbox.bot_id, chat_id=anna.telegram_id, telegram_message_id=900, ticket=card.ticket, direction="out"
    )
    inbox.says(anna, "Yes?", reply_to_message=said_by_the_bot(inbox, anna, text="Vera: Help"))
    assert notice.message is None
    assert [one.content for one in Message.objects.order_by("sequence")] == [{}, {}, {}]


def test_a_reply_in_a_closed_ticket_takes_its_words_into_the_next(inbox: Inbox, vera: User, anna: User) -> None:
    first = inbox.says(vera, "The printer is on fire")
    ticket = Message.objects.get().ticket
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.CLOSED)
    inbox.says(vera, "Again", reply_to_message=first)
    again = Message.objects.latest("created_at")
    assert (again.ticket.continues, again.reply_to) == (ticket, None)
    assert again.content["quote"] == "The printer is on fire"
