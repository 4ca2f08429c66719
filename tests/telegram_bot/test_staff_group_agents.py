"""What agents, and others, write and press in the staff's group."""

import gzip
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from pytest_django import Settings
from telegram.error import BadRequest

from accounts import clock
from accounts.models import User
from telegram_bot import dispatcher
from telegram_bot.answering.answers import replace_refused
from telegram_bot.answering.file_messages import FILE_FIELDS
from telegram_bot.bot_api import Request
from telegram_bot.delivery.recording import record_verdict
from telegram_bot.delivery.rendering import render_call
from telegram_bot.handlers import group, group_buttons
from telegram_bot.identity import current_bot_id
from telegram_bot.incoming import Outcome
from telegram_bot.models import CallState, Chat, Direction, MessageLink, OutgoingCall, StaffTopic, TelegramFile
from telegram_bot.outbox import claim
from telegram_bot.outcomes.reporting import sum_up
from telegram_bot.speech.callback_data import Action, build
from telegram_bot.staff_group.chat import find_staff_chat_id
from telegram_bot.verdicts import Again, Changed, Failed, Sent, judge
from tests.support.desk import a_note_by, a_reply_by, a_ticket_of, acting, event_types
from tests.support.inbox import JSON, Inbox
from tests.support.simulator_control import picture
from tests.support.staff_group import GROUP, a_topic_of
from tickets.events.delivery import run_due_deliveries
from tickets.models import Attachment, Message, MessageDeliveryState, Ticket, TicketStatus
from tickets.services.attachments import store_reserved
from tickets.services.conversation import delete_message
from tickets.services.delivery import Outcome as Delivery
from tickets.services.delivery import record_outcome
from tickets.services.labelling import TicketChanges, update_ticket

pytestmark = pytest.mark.usefixtures("staff_group")
THREAD = 77
PHOTO = [{"file_id": "photo", "file_unique_id": "u", "width": 90, "height": 60, "file_size": 900}]
CHAT = {"id": GROUP, "type": "supergroup", "title": "Staff", "is_forum": True}


@pytest.fixture
def ticket(vera: User) -> Ticket:
    ticket = a_ticket_of(vera, "Help")
    a_topic_of(ticket, THREAD)
    return ticket


def in_topic(thread: int = THREAD) -> JSON:
    return {"chat": CHAT, "message_thread_id": thread, "is_topic_message": True}


def words(ticket: Ticket) -> list[tuple[str, str, bool]]:
    """Who said what, and whether among staff."""
    rows = Message.objects.filter(ticket=ticket).order_by("sequence").select_related("author")
    return [(row.author.first_name if row.author else "", row.text, row.internal) for row in rows]


def told() -> list[str]:
    """The bot's own words in the group."""
    calls = OutgoingCall.objects.filter(queue=GROUP, params__has_key="text").order_by("id")
    return [call.params["text"] for call in calls]


def presses(inbox: Inbox, user: User, data: str) -> Outcome:
    message = {"message_id": 78, "date": 1_795_000_000, "text": "card", **in_topic()}
    content = {"id": "press", "from": inbox.account(user), "chat_instance": "1", "data": data, "message": message}
    inbox.put(inbox.update(callback_query=content))
    inbox.work()
    return Outcome(inbox.rows()[-1].outcome)


def markup_buttons() -> dict[str, str]:
    """What stands in place of the card's own buttons: text -> data."""
    shown = OutgoingCall.objects.filter(method="editMessageReplyMarkup").latest("id").params["reply_markup"]
    return {one["text"]: one["callback_data"] for row in shown["inline_keyboard"] for one in row}


def test_an_agents_words_are_the_answer(inbox: Inbox, ticket: Ticket, anna: User, vera: User) -> None:
    inbox.says(anna, "Turn it off and on", **in_topic())
    assert words(ticket)[1:] == [("Anna", "Turn it off and on", False)]
    answers = [call for call in inbox.owed(vera) if call.message is not None]
    assert len(answers) == 1  # to the customer, with a delivery that is reported
    run_due_deliveries("staff_group")
    assert not OutgoingCall.objects.filter(queue=GROUP, params__has_key="@messages").exclude(
        params__contains={"@messages": [str(ticket.messages.order_by("sequence")[0].pk)]}
    )  # and not once more into the group


@pytest.mark.parametrize("text", ["// 12 calls a week", "/note 12 calls a week", "//12 calls a week"])
def test_two_slashes_keep_it_among_staff(inbox: Inbox, ticket: Ticket, anna: User, vera: User, text: str) -> None:
    message = inbox.says(anna, text, **in_topic())
    assert words(ticket)[1:] == [("Anna", "12 calls a week", True)]
    assert not [call for call in inbox.owed(vera) if call.message is not None]
    inbox.edits(anna, message, text.replace("week", "day"))
    assert words(ticket)[1:] == [("Anna", "12 calls a day", True)]


def test_an_edit_reaches_the_customer(inbox: Inbox, ticket: Ticket, anna: User, vera: User) -> None:
    message = inbox.says(anna, "Turn it of", **in_topic())
    inbox.edits(anna, message, "Turn it off")
    assert words(ticket)[1:] == [("Anna", "Turn it off", False)]
    assert inbox.owed(vera, "editMessageText")


@pytest.mark.parametrize("refused", ["/close", "//", "/nte He lies"])
def test_refused_words_that_are_edited_count_as_if_they_had_been_written_so(
    inbox: Inbox, ticket: Ticket, anna: User, vera: User, refused: str
) -> None:
    message = inbox.says(anna, refused, **in_topic())
    assert (len(words(ticket)), len(told())) == (1, 1)
    inbox.edits(anna, message, "Please restart it")
    inbox.edits(anna, message, "Please restart it now")
    assert (words(ticket)[1:], len(told())) == ([("Anna", "Please restart it now", False)], 1)
    assert len([call for call in inbox.owed(vera, "sendMessage") if call.message is not None]) == 1


@pytest.mark.parametrize("text", ["// He lies", "/note He lies"])
def test_an_edit_makes_no_note_of_an_answer_and_says_so(
    inbox: Inbox, ticket: Ticket, anna: User, vera: User, text: str
) -> None:
    message = inbox.says(anna, "Turn it off", **in_topic())
    before = len(inbox.owed(vera))
    inbox.edits(anna, message, text)
    assert words(ticket)[1:] == [("Anna", "Turn it off", False)]
    assert len(inbox.owed(vera)) == before
    assert "an edit makes no note" in told()[-1]


def test_an_edit_makes_no_answer_of_a_note_and_says_so(inbox: Inbox, ticket: Ticket, anna: User, vera: User) -> None:
    message = inbox.says(anna, "// He lies", **in_topic())
    before = len(inbox.owed(vera))
    inbox.edits(anna, message, "Please restart it")
    assert words(ticket)[1:] == [("Anna", "He lies", True)]
    assert len(inbox.owed(vera)) == before
    assert "an edit makes no answer" in told()[-1]
    inbox.edits(anna, message, "// He does not lie")
    assert words(ticket)[1:] == [("Anna", "He does not lie", True)]


def test_an_agent_is_told_in_the_topic_that_their_words_were_given_up(
    inbox: Inbox, ticket: Ticket, anna: User, gleb: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "TRIES", 1)
    monkeypatch.setattr(group, "handle_in_group", broken)
    message = inbox.says(anna, "Turn it off", **in_topic())
    assert (words(ticket)[1:], inbox.rows()[-1].state) == ([], "dead")
    owed = OutgoingCall.objects.get(queue=GROUP, params__has_key="text").params
    assert "could not be taken in" in owed["text"]
    assert owed["reply_parameters"]["message_id"] == message["message_id"]
    inbox.edits(anna, message, "Turn it on")
    assert "Your last change of a message could not be taken in" in told()[-1]
    inbox.says(gleb, "Me too", **in_topic())
    inbox.says(anna, "Lunch?", chat=CHAT)
    assert len(told()) == 2, "neither strangers nor what is about no ticket"


def broken(*_arguments: object) -> Outcome:
    raise TypeError


def test_the_same_message_twice_is_written_once(inbox: Inbox, ticket: Ticket, anna: User) -> None:
    message = inbox.says(anna, "Hello", **in_topic())
    inbox.put(inbox.update(message=message))
    inbox.work()
    assert len(words(ticket)) == 2


def photo(number: int, caption: str = "") -> JSON:
    size = {"file_id": f"p{number}", "file_unique_id": f"u{number}", "width": 9, "height": 6, "file_size": 9}
    return {"photo": [size], "media_group_id": "77", **({"caption": caption} if caption else {})}


def test_an_album_is_one_answer_with_all_its_files(inbox: Inbox, ticket: Ticket, anna: User, vera: User) -> None:
    for number in (1, 2, 3):
        inbox.says(anna, **photo(number, "See the pictures" if number == 1 else ""), **in_topic())
    (answer,) = ticket.messages.filter(author=anna)
    assert (answer.text, answer.attachments.count()) == ("See the pictures", 3)
    (call,) = [call for call in inbox.owed(vera) if call.message == answer.pk]
    assert (call.method, len(call.params["@items"])) == ("sendMediaGroup", 3)
    assert call.next_attempt_at > clock.now(), "more may come"
    inbox.says(anna, "Which one is yours?", **in_topic())
    call.refresh_from_db()
    assert call.next_attempt_at <= clock.now() + timedelta(seconds=0.5), "nothing overtakes it"


@pytest.mark.parametrize("is_private", [False, True])
def test_an_album_whose_later_words_make_it_a_note_is_one_whole(
    inbox: Inbox, ticket: Ticket, anna: User, vera: User, is_private: bool
) -> None:
    where: list[JSON] = [a_reply_to_notice(anna, ticket), {}, {}, {}] if is_private else [in_topic()] * 4
    captions = ("", "", "// He lies", "// Twice")
    parts = [
        inbox.says(anna, **photo(number, text), **place)
        for number, (text, place) in enumerate(zip(captions, where, strict=True))
    ]
    (note,) = ticket.messages.filter(author=anna, deleted_at=None)
    assert (note.internal, note.text, note.attachments.count()) == (True, "He lies\nTwice", 4)
    items = [(item["place"], item["attachment"]) for item in note.content["items"]]
    assert [place for place, _file in items] == [part["message_id"] for part in parts]
    files = TelegramFile.objects.filter(attachment__in=[file for _place, file in items])
    assert sorted(files.values_list("file_id", flat=True)) == ["p0", "p1", "p2", "p3"]
    assert not [call for call in inbox.owed(vera) if call.message is not None]
    assert not [one for one in inbox.deliver(vera) if "photo" in one.method.lower() or "media" in one.method.lower()]
    inbox.put(inbox.update(edited_message={**parts[0], "caption": "// Look", "edit_date": 5}))
    inbox.work()
    note.refresh_from_db()
    assert note.text == "Look\nHe lies\nTwice", "its first part is one of the note's"
    assert not told()
    run_due_deliveries("staff_group")
    gone = [one for one in inbox.deliver() if one.params["chat_id"] == GROUP and "removed" in str(one.params)]
    assert not gone, "what nobody saw is not said to be gone"


@pytest.mark.parametrize("is_private", [False, True])
def test_an_album_that_has_gone_out_before_its_words_make_it_a_note_says_so(
    inbox: Inbox, ticket: Ticket, anna: User, vera: User, is_private: bool
) -> None:
    inbox.says(anna, **photo(1), **(a_reply_to_notice(anna, ticket) if is_private else in_topic()))
    inbox.deliver(vera)
    inbox.says(anna, **photo(2, "// He lies"), **({} if is_private else in_topic()))
    inbox.says(anna, **photo(3), **({} if is_private else in_topic()))
    answer, note = ticket.messages.filter(author=anna).order_by("sequence")
    assert (answer.internal, answer.deleted_at, answer.attachments.count()) == (False, None, 1)
    assert (note.internal, note.text, note.attachments.count()) == (True, "He lies", 2)
    assert "the customer has it" in (inbox.told(anna) if is_private else told())[-1]


def test_a_file_that_comes_when_the_album_is_out_follows_by_itself(
    inbox: Inbox, ticket: Ticket, anna: User, vera: User
) -> None:
    for number in (1, 2):
        inbox.says(anna, **photo(number), **in_topic())
    OutgoingCall.objects.filter(message__isnull=False).update(state=CallState.SENT, first_attempt_at=clock.now())
    inbox.says(anna, **photo(3, "This is mine"), **in_topic())
    (answer,) = ticket.messages.filter(author=anna)
    assert answer.attachments.count() == 3
    calls = [call for call in inbox.owed(vera) if call.message == answer.pk]
    assert [call.method for call in calls] == ["sendMediaGroup", "sendPhoto"]
    assert calls[1].params["@part"] not in [part for part, _file in calls[0].params["@items"]]
    late = render_call(calls[1])
    assert isinstance(late, Request)
    assert late.params["caption"] == "This is mine"


def test_each_file_of_an_album_has_its_own_words_and_an_edit_changes_only_these(
    inbox: Inbox, ticket: Ticket, anna: User, vera: User
) -> None:
    bold = [{"type": "bold", "offset": 0, "length": 2}]
    first, second = (
        inbox.says(anna, **photo(number, text), caption_entities=bold, **in_topic())
        for number, text in ((1, "🔥 one"), (2, "🔥 two"))
    )
    (album,) = [one for one in inbox.deliver(vera) if one.method == "sendMediaGroup"]
    shown = [(one["caption"], one["caption_entities"]) for one in album.params["media"]]
    assert shown == [("🔥 one", bold), ("🔥 two", bold)]
    answer = ticket.messages.get(author=anna)
    for part, place in ((100, 8001), (101, 8002)):  # an album's answer names all its messages
        MessageLink.objects.update_or_create(
            bot_id=current_bot_id(), chat_id=vera.telegram_id, message=answer.pk, part=part,
            defaults={"telegram_message_id": place, "direction": Direction.OUTGOING, "ticket": ticket.pk},
        )  # fmt: skip
    edited = {**second, "caption": "🔥 " + "b" * 1500, "edit_date": 5}
    inbox.put(inbox.update(edited_message=edited))
    inbox.work()
    edit, rest = inbox.deliver(vera)[:2]
    assert (edit.method, edit.params["message_id"], edit.params["caption_entities"]) == (
        "editMessageCaption",
        8002,
        bold,
    )
    assert f"{edit.params['caption']} {rest.params['text']}" == edited["caption"], "nothing is lost"
    assert first["caption"] == album.params["media"][0]["caption"]
    (words,) = [one for one in inbox.owed(vera, "sendMessage") if one.message == answer.pk]
    assert sum_up([words]).state == MessageDeliveryState.SENT, "they are a part of the answer"
    place = MessageLink.objects.get(message=answer.pk, part=words.params["@part"]).telegram_message_id
    delete_message(actor=acting(anna), message_id=answer.pk)
    run_due_deliveries("telegram")
    removed = [one.params["message_id"] for one in inbox.deliver(vera) if one.method == "deleteMessage"]
    assert removed == [8001, 8002, place], "nothing stays"


def test_an_album_with_a_refused_file_grows_and_is_removed_like_any(
    inbox: Inbox, ticket: Ticket, anna: User, vera: User
) -> None:
    for number in (1, 2):
        inbox.says(anna, **photo(number, f"Picture {number}"), **in_topic())
    answer = ticket.messages.get(author=anna)
    OutgoingCall.objects.exclude(message=answer.pk).delete()
    for method in ("sendMediaGroup", "sendPhoto"):
        OutgoingCall.objects.update(next_attempt_at=clock.now() - timedelta(seconds=1))
        (call,) = claim(inbox.bot_id, free=0, queued=9, not_now=[])
        assert call.method == method
        record_verdict(call, Failed(code="refused"), others_succeed=True)
    OutgoingCall.objects.update(next_attempt_at=clock.now() - timedelta(seconds=1))
    taken, words = inbox.deliver(vera)
    assert (taken.params["caption"], words.params["text"]) == ("Picture 2", "Picture 1")
    inbox.says(anna, **photo(3, "Picture 3"), **in_topic())
    inbox.deliver(vera)
    places = {link.part: link.telegram_message_id for link in MessageLink.objects.filter(chat_id=vera.telegram_id)}
    assert len(places) == 3
    delete_message(actor=acting(anna), message_id=answer.pk)
    run_due_deliveries("telegram")
    removed = [one.params["message_id"] for one in inbox.deliver(vera) if one.method == "deleteMessage"]
    assert sorted(removed) == sorted(places.values())


def test_a_file_that_is_refused_loses_neither_its_own_words_nor_its_neighbours(
    inbox: Inbox, ticket: Ticket, anna: User, vera: User
) -> None:
    for number in (1, 2):
        inbox.says(anna, **photo(number, f"Picture {number}"), **in_topic())
    (call,) = [one for one in inbox.owed(vera) if one.method == "sendMediaGroup"]
    calls = replace_refused(call)
    assert [(one.method, one.params["@captions"], len(one.params["@spare"])) for one in calls] == [
        ("sendPhoto", True, 1),
        ("sendPhoto", True, 1),
    ]
    words = [one.params["text"] for single in calls for one in replace_refused(single)]
    assert words == ["Picture 1", "Picture 2"]


@pytest.mark.parametrize("has_come", [False, True])
@pytest.mark.parametrize(
    ("kind", "method"),
    [
        ("photo", "sendPhoto"),
        ("document", "sendDocument"),
        ("sticker", "sendSticker"),
        ("video_note", "sendVideoNote"),
    ],
)
def test_a_file_goes_on_as_what_it_is_in_telegram(
    inbox: Inbox, ticket: Ticket, anna: User, vera: User, kind: str, method: str, has_come: bool
) -> None:
    """By its id, which serves no other kind. A kind that has no caption goes without the line above it."""
    a_ticket_of(vera, "Another, so that the answer names its ticket")
    size = {"file_id": "f", "file_unique_id": "u", "width": 9, "height": 6, "file_size": 9}
    facts = {
        "photo": [size],
        "document": {**size, "file_name": "a.jpg", "mime_type": "image/jpeg"},
        "sticker": {**size, "type": "regular", "is_animated": False, "is_video": False},
        "video_note": {"file_id": "f", "file_unique_id": "u", "length": 240, "duration": 3, "file_size": 9},
    }
    inbox.says(anna, **{kind: facts[kind]}, **in_topic())
    file = Attachment.objects.get()
    if has_come:
        store_reserved(attachment_id=file.pk, file=BytesIO(picture()))
    (call,) = [call for call in inbox.owed(vera) if call.message is not None]
    rendered = render_call(call)
    assert isinstance(rendered, Request)
    assert (rendered.method, rendered.params[FILE_FIELDS[method]], rendered.files) == (method, "f", ())
    assert ("caption" in rendered.params) == (kind in ("photo", "document"))


def test_a_sticker_whose_id_is_refused_goes_by_its_content(
    inbox: Inbox, ticket: Ticket, anna: User, vera: User
) -> None:
    sticker = {"file_id": "f", "file_unique_id": "u", "width": 9, "height": 6, "file_size": 9}
    inbox.says(anna, sticker={**sticker, "type": "regular", "is_animated": True, "is_video": False}, **in_topic())
    (call,) = [call for call in inbox.owed(vera) if call.message is not None]
    call.params["@upload"] = True
    assert isinstance(render_call(call), Again), "it is still being fetched"
    store_reserved(attachment_id=Attachment.objects.get().pk, file=BytesIO(gzip.compress(b"{}")))
    rendered = render_call(call)
    assert isinstance(rendered, Request)
    assert [(file.field, file.name) for file in rendered.files] == [("sticker", "sticker-101.tgs")]


def test_the_words_that_an_agent_quotes_are_quoted_to_the_customer_while_they_stand_there(
    inbox: Inbox, vera: User, anna: User
) -> None:
    asked = inbox.says(vera, "The printer is on fire")
    ticket = Ticket.objects.get()
    a_topic_of(ticket, THREAD)
    MessageLink.objects.create(
        bot_id=current_bot_id(), chat_id=GROUP, telegram_message_id=90, message=ticket.messages.get().pk,
        ticket=ticket.pk, direction=Direction.OUTGOING,
    )  # fmt: skip
    answered = {"message_id": 90, "date": 1, **in_topic()}
    quote = {"text": "on fire", "position": 15}
    inbox.says(anna, "Since when?", reply_to_message=answered, quote=quote, **in_topic())
    (call,) = [call for call in inbox.owed(vera) if call.message is not None]

    def reply() -> JSON:
        rendered = render_call(call)
        assert isinstance(rendered, Request)
        shown: JSON = rendered.params["reply_parameters"]
        return shown

    reference = {"message_id": asked["message_id"], "allow_sending_without_reply": True}
    assert reply() == {**reference, "quote": "on fire"}
    inbox.edits(vera, asked, "The printer smokes")
    assert reply() == reference
    inbox.edits(vera, asked, "The printer is on fire")
    refusal = judge(BadRequest("QUOTE_TEXT_INVALID"))
    assert isinstance(refusal, Changed)
    call.params |= refusal.params
    assert reply() == reference


def test_note_is_in_the_groups_menu_once_and_again_when_the_group_has_moved(
    inbox: Inbox, ticket: Ticket, anna: User
) -> None:
    for text in ("Hello", "Are you there?"):
        inbox.says(anna, text, **in_topic())

    def menus() -> list[JSON]:
        return [call.params for call in inbox.owed(method="setMyCommands") if call.params["scope"]["chat_id"] < 0]

    assert [(one["scope"]["chat_id"], [command["command"] for command in one["commands"]]) for one in menus()] == [
        (GROUP, ["note"])
    ]
    inbox.says(anna, migrate_to_chat_id=GROUP - 1, chat={**CHAT, "type": "group"})
    assert [one["scope"]["chat_id"] for one in menus()] == [GROUP, GROUP - 1]


PLACE = {"latitude": 55.7, "longitude": 37.6}
CONTACT = {"first_name": "Ida", "last_name": "Holm", "phone_number": "+4512345678"}
VENUE = {"location": PLACE, "title": "The shop", "address": "Main Street 1"}
POLL = {
    "id": "1", "question": "When?", "options": [{"text": one, "voter_count": 0, "persistent_id": one} for one in "ab"],
    "total_voter_count": 0, "is_closed": False, "is_anonymous": True, "type": "regular",
    "allows_multiple_answers": False, "allows_revoting": False, "members_only": False,
}  # fmt: skip
MAP = "https://www.openstreetmap.org/?mlat=55.7&mlon=37.6#map=17/55.7/37.6"


@pytest.mark.parametrize("is_private", [False, True])
@pytest.mark.parametrize(
    ("kind", "content", "text"),
    [
        ("contact", CONTACT, "Ida Holm\n+4512345678"),
        ("location", PLACE, MAP),
        ("venue", VENUE, f"The shop\nMain Street 1\n{MAP}"),
        ("poll", POLL, "When?\n• a\n• b"),
        ("dice", {"emoji": "🎲", "value": 4}, "🎲 4"),
    ],
)
def test_what_is_neither_text_nor_file_is_written_out_to_the_customer(
    inbox: Inbox, ticket: Ticket, anna: User, vera: User, kind: str, content: JSON, text: str, is_private: bool
) -> None:
    inbox.says(anna, **{kind: content}, **(a_reply_to_notice(anna, ticket) if is_private else in_topic()))
    assert ticket.messages.get(author=anna).kind == kind
    (call,) = [call for call in inbox.owed(vera) if call.message is not None]
    request = render_call(call)
    assert isinstance(request, Request)
    assert (request.method, request.params["text"]) == ("sendMessage", text)


def a_reply_to_notice(agent: User, ticket: Ticket) -> JSON:
    """To what the bot told the agent about the ticket."""
    MessageLink.objects.create(
        bot_id=current_bot_id(), chat_id=agent.telegram_id or 0, telegram_message_id=900, ticket=ticket.pk,
        direction=Direction.OUTGOING,
    )  # fmt: skip
    return {"reply_to_message": {"message_id": 900, "date": 1, "chat": {"id": agent.telegram_id, "type": "private"}}}


@pytest.mark.parametrize("is_private", [False, True])
def test_what_no_bot_can_pass_on_is_refused_in_words(
    inbox: Inbox, ticket: Ticket, anna: User, vera: User, is_private: bool
) -> None:
    inbox.says(anna, hologram={"depth": 3}, **(a_reply_to_notice(anna, ticket) if is_private else in_topic()))
    assert not ticket.messages.filter(author=anna).exists()
    assert "did not reach the customer" in (inbox.told(anna) if is_private else told())[-1]
    assert not [call for call in inbox.owed(vera) if call.message is not None]


def test_an_answer_that_holds_nothing_fails_with_a_reason(inbox: Inbox, ticket: Ticket, anna: User, vera: User) -> None:
    """As an older version stored it."""
    answer = a_reply_by(anna, ticket, "x")
    Message.objects.filter(pk=answer.pk).update(text="", kind="unsupported", content={"type": "hologram"})
    inbox.work()
    (call,) = [call for call in inbox.owed(vera) if call.message is not None]
    assert render_call(call) == Failed(code="nothing_to_send")


def test_an_album_among_staff_stays_there(inbox: Inbox, ticket: Ticket, anna: User, vera: User) -> None:
    for number in (1, 2):
        inbox.says(anna, **photo(number, "// for us" if number == 1 else ""), **in_topic())
    (note,) = ticket.messages.filter(author=anna)
    assert (note.text, note.internal, note.attachments.count()) == ("for us", True, 2)
    assert not [call for call in inbox.owed(vera) if call.message is not None]


def test_a_note_below_a_later_picture_of_an_answer_is_no_part_of_it(inbox: Inbox, ticket: Ticket, anna: User) -> None:
    inbox.says(anna, **photo(1, "See the pictures"), **in_topic())
    inbox.says(anna, **photo(2, "// He lies"), **in_topic())
    assert words(ticket)[1:] == [("Anna", "See the pictures", False), ("Anna", "He lies", True)]


def test_a_stranger_is_told_once_an_hour_and_their_buttons_never_wait(
    inbox: Inbox, ticket: Ticket, gleb: User, vera: User
) -> None:
    for text in ("I know", "the answer", "really"):
        inbox.says(gleb, text, **in_topic())
    assert len(told()) == 1
    assert presses(inbox, gleb, build(Action.TAKE_TICKET, ticket.pk)) == Outcome.FLOOD
    assert "text" not in inbox.owed(method="answerCallbackQuery")[-1].params
    inbox.says(vera, "So do I", **in_topic())
    assert len(told()) == 2, "another person"


def test_a_stranger_changes_nothing_and_learns_why(inbox: Inbox, ticket: Ticket, gleb: User) -> None:
    inbox.says(gleb, "I know the answer", **in_topic())
    assert len(words(ticket)) == 1
    assert "/role 502 agent" in told()[-1]
    unknown = User(telegram_id=999, first_name="Eve", language="en")
    inbox.says(unknown, "Me too", **in_topic())
    assert not User.objects.filter(telegram_id=999).exists()  # nobody becomes a customer by that
    assert len(words(ticket)) == 1


def test_who_is_banned_is_told_no_way_that_does_not_help(inbox: Inbox, ticket: Ticket, anna: User) -> None:
    User.objects.filter(pk=anna.pk).update(is_active=False)
    inbox.says(anna, "Turn it off and on", **in_topic())
    assert told() == ["This did not reach the customer: you may no longer use this desk. Ask an administrator."]
    assert len(words(ticket)) == 1


def test_a_username_proves_nothing(inbox: Inbox, ticket: Ticket, anna: User, gleb: User) -> None:
    anna.username = "anna"
    anna.save()
    account = {**inbox.account(gleb), "username": "anna"}
    inbox.says(gleb, "I am Anna", **in_topic(), **{"from": account})
    assert len(words(ticket)) == 1


CHANNEL = {"id": -1_001_000_000_009, "type": "channel", "title": "Anna’s recipes"}
AS_CHANNEL = {"from": {"id": 136817688, "is_bot": True, "first_name": "Channel"}, "sender_chat": CHANNEL}
AS_GROUP = {"from": {"id": 1087968824, "is_bot": True, "first_name": "Group"}, "sender_chat": CHAT}


@pytest.mark.parametrize(("sender", "cure"), [(AS_GROUP, "Remain Anonymous"), (AS_CHANNEL, "“Anna’s recipes”")])
def test_who_writes_as_a_chat_is_told_once_in_a_topic_that_nobody_knows_them(
    inbox: Inbox, ticket: Ticket, anna: User, gleb: User, sender: JSON, cure: str
) -> None:
    first = inbox.says(anna, "Turn it off", **in_topic(), **sender)
    for text in ("and on", "// He lies", "/note He lies"):
        inbox.says(anna, text, **in_topic(), **sender)
    inbox.edits(anna, first, "Turn it on")
    assert len(words(ticket)) == 1
    (text,) = told()
    assert text.startswith("This did not reach the customer")
    assert cure in text
    (call,) = OutgoingCall.objects.filter(queue=GROUP, params__has_key="text")
    assert call.params["@topic"] == str(ticket.pk)
    assert call.params["reply_parameters"]["message_id"] == first["message_id"]
    other = a_ticket_of(gleb, "And mine?")
    a_topic_of(other, THREAD + 10)
    inbox.says(anna, "Yours too", **in_topic(THREAD + 10), **sender)
    assert len(told()) == 2, "whoever writes there may be somebody else"


def test_what_telegram_says_of_an_anonymous_administrators_deeds_is_no_message_of_theirs(
    inbox: Inbox, ticket: Ticket, anna: User
) -> None:
    pinned = {"message_id": 78, "date": 1, "text": "card", **in_topic()}
    inbox.says(anna, pinned_message=pinned, **in_topic(), **AS_GROUP)
    inbox.says(anna, forum_topic_closed={}, **in_topic(), **AS_GROUP)
    inbox.says(anna, "News of the company", is_automatic_forward=True, **in_topic(), **AS_CHANNEL)
    assert (told(), StaffTopic.objects.get().is_closed) == ([], True)


def test_other_groups_and_other_topics_are_nobodys(inbox: Inbox, ticket: Ticket, anna: User) -> None:
    inbox.says(anna, "Lunch?", **in_topic(thread=5))
    inbox.says(anna, "Lunch?", chat=CHAT)
    inbox.says(anna, "Lunch?", **{**in_topic(), "chat": {**CHAT, "id": -5}})
    assert len(words(ticket)) == 1
    assert [row.outcome for row in inbox.rows()] == [Outcome.IGNORED] * 3


def test_a_group_that_is_no_longer_the_staffs_says_so_once_an_hour_and_its_buttons_do_not_wait(
    inbox: Inbox, ticket: Ticket, anna: User, gleb: User, settings: Settings
) -> None:
    settings.TELEGRAM_STAFF_CHAT_ID = GROUP - 1
    inbox.says(anna, "Lunch?", chat=CHAT)
    inbox.says(gleb, "And me?", **in_topic())
    assert told() == [], "what is about no ticket, or no agent's"
    inbox.says(anna, "Turn it off and on", **in_topic())
    inbox.says(anna, "And on again", **in_topic())
    assert [row.outcome for row in inbox.rows()][-2:] == [Outcome.REFUSED, Outcome.FLOOD]
    assert told() == [
        "This did not reach the customer: the desk has another group now, and takes nothing from this one."
    ]
    assert OutgoingCall.objects.get(queue=GROUP).params["message_thread_id"] == THREAD
    assert presses(inbox, anna, build(Action.TAKE_TICKET, ticket.pk)) == Outcome.REFUSED
    answered = OutgoingCall.objects.get(method="answerCallbackQuery").params
    assert answered["text"] == "This button no longer works."
    assert len(words(ticket)) == 1
    run_due_deliveries("staff_group")
    a_reply_by(anna, ticket, "From the app")
    run_due_deliveries("staff_group")  # now the topic is another group's
    settings.TELEGRAM_STAFF_CHAT_ID = None
    with clock.standing_at(clock.now() + timedelta(hours=2)):
        inbox.says(anna, "Still here", **in_topic(), reply_to_message={"message_id": 12, "date": 1, "chat": CHAT})
    assert inbox.rows()[-1].outcome != Outcome.IGNORED


@pytest.mark.parametrize("is_known", [True, False])
def test_a_press_on_a_card_so_old_that_telegram_shows_no_more_of_it_than_its_number(
    inbox: Inbox, ticket: Ticket, anna: User, is_known: bool
) -> None:
    if is_known:
        MessageLink.objects.create(
            bot_id=current_bot_id(), chat_id=GROUP, telegram_message_id=78, ticket=ticket.pk, direction="out"
        )
    card = {"message_id": 78, "date": 0, "chat": CHAT}
    data = build(Action.TAKE_TICKET, ticket.pk)
    content = {"id": "old", "from": inbox.account(anna), "chat_instance": "1", "data": data, "message": card}
    inbox.put(inbox.update(callback_query=content))
    inbox.work()
    ticket.refresh_from_db()
    assert (ticket.assignee == anna) == is_known
    answered = OutgoingCall.objects.get(method="answerCallbackQuery").params
    assert (answered["text"] == "This button no longer works.") != is_known


def stray(thread: int, name: str, maker: int) -> JSON:
    """In a topic that the desk does not know: what answers nothing else answers the message that made it."""
    bot = {"id": maker, "is_bot": True, "first_name": "Desk"}
    made = {"name": name, "icon_color": 7322096}
    first = {"message_id": thread, "date": 1, "from": bot, **in_topic(thread), "forum_topic_created": made}
    return {**in_topic(thread), "reply_to_message": first}


def test_a_topic_that_the_bot_made_and_does_not_know_is_its_tickets_too(
    inbox: Inbox, ticket: Ticket, anna: User, gleb: User
) -> None:
    """The answer to its making was lost, and it was made again."""
    place = stray(55, f"#{ticket.number} Help", current_bot_id())
    inbox.says(anna, "Turn it off and on", **place)
    inbox.says(anna, "// He calls often", **place)
    assert words(ticket)[1:] == [("Anna", "Turn it off and on", False), ("Anna", "He calls often", True)]
    (said,) = [call.params for call in OutgoingCall.objects.filter(queue=GROUP, params__has_key="text")]
    assert "goes on in another topic.\nhttps://t.me/c/1000000001/77" in said["text"]
    assert said["message_thread_id"] == 55
    inbox.says(gleb, "And me?", **place)
    assert "you are no agent" in told()[-1]
    assert len(words(ticket)) == 3


@pytest.mark.parametrize(
    ("name", "is_own"), [("#{} Help", False), ("#{} Another subject", True), ("Lunch", True), ("#9999 Help", True)]
)
def test_a_topic_that_may_be_another_tickets_swallows_nothing_in_silence(
    inbox: Inbox, ticket: Ticket, anna: User, name: str, is_own: bool
) -> None:
    """Made by another bot, or before an older database was restored; other topics are the staff's own."""
    bot_id = current_bot_id()
    inbox.says(anna, "Turn it off and on", **stray(55, name.format(ticket.number), bot_id if is_own else bot_id + 1))
    assert len(words(ticket)) == 1
    expected = (
        f"the desk does not know this topic as that of #{ticket.number}.\nhttps://t.me/c/1000000001/77"
        if "{}" in name
        else ""
    )
    assert told()[-1:] == ([] if not expected else [f"This did not reach the customer: {expected}"])


def test_a_topic_that_was_made_before_its_ticket_was_renamed_is_its_tickets_too(
    inbox: Inbox, ticket: Ticket, anna: User
) -> None:
    """Telegram goes on to name the topic as it was made."""
    update_ticket(actor=acting(anna), ticket=ticket.pk, changes=TicketChanges(subject="Lamp"))
    inbox.says(anna, "Turn it off", **stray(55, f"#{ticket.number} Help", current_bot_id()))
    inbox.says(anna, "and on", **stray(56, f"#{ticket.number} Lamp", current_bot_id()))
    assert [text for _name, text, _note in words(ticket)[1:]] == ["Turn it off", "and on"]


@pytest.mark.parametrize("is_ours", [True, False])
def test_an_album_in_such_a_topic_is_answered_once(inbox: Inbox, ticket: Ticket, anna: User, is_ours: bool) -> None:
    place = stray(55, f"#{ticket.number} {'Help' if is_ours else 'Another subject'}", current_bot_id())
    for number in range(3):
        photo = [{**PHOTO[0], "file_id": f"p{number}", "file_unique_id": f"u{number}"}]
        inbox.says(anna, photo=photo, media_group_id="9", **place)
    inbox.says(anna, photo=PHOTO, media_group_id="10", **place)
    said = [one.params["text"] for one in OutgoingCall.objects.filter(queue=GROUP) if "text" in one.params]
    assert len(said) == (1 if is_ours else 2)


def test_in_such_a_topic_whoever_is_unknown_to_the_desk_learns_that_as_elsewhere(
    inbox: Inbox, ticket: Ticket, gleb: User
) -> None:
    place = stray(55, f"#{ticket.number} Another subject", current_bot_id())
    inbox.says(gleb, "And me?", **place)
    inbox.says(gleb, "Once more", **place)
    assert [text.partition(".")[0] for text in told()] == [
        "This did not reach the customer: you are no agent of this desk"
    ]
    inbox.says(gleb, "Nobody's", **place, sender_chat=CHAT)
    assert "who writes as an anonymous administrator is unknown to the desk" in told()[-1]
    said = OutgoingCall.objects.filter(queue=GROUP, params__has_key="text").values_list("params", flat=True)
    assert {params["message_thread_id"] for params in said} == {55}
    assert len(words(ticket)) == 1


def test_in_general_a_reply_to_the_card_is_the_answer(inbox: Inbox, ticket: Ticket, anna: User) -> None:
    StaffTopic.objects.update(thread_id=0)
    MessageLink.objects.create(
        bot_id=current_bot_id(), chat_id=GROUP, telegram_message_id=78, ticket=ticket.pk, direction="out"
    )
    card = {"message_id": 78, "date": 1_795_000_000, "chat": CHAT, "text": "card"}
    inbox.says(anna, "Here it is", chat=CHAT, reply_to_message=card)
    inbox.says(anna, "Lunch?", chat=CHAT)
    assert words(ticket)[1:] == [("Anna", "Here it is", False)]


@pytest.mark.parametrize("text", ["Look at these", "// Look at these"])
def test_in_general_an_album_is_one_answer_though_only_its_first_item_is_a_reply(
    inbox: Inbox, ticket: Ticket, anna: User, vera: User, text: str
) -> None:
    StaffTopic.objects.update(thread_id=0)
    MessageLink.objects.create(
        bot_id=current_bot_id(), chat_id=GROUP, telegram_message_id=78, ticket=ticket.pk, direction="out"
    )
    card = {"message_id": 78, "date": 1_795_000_000, "chat": CHAT, "text": "card"}
    inbox.says(anna, caption=text, photo=PHOTO, media_group_id="9", chat=CHAT, reply_to_message=card)
    for number in range(2):
        photo = [{**PHOTO[0], "file_id": f"p{number}", "file_unique_id": f"u{number}"}]
        inbox.says(anna, photo=photo, media_group_id="9", chat=CHAT)
    inbox.says(anna, photo=PHOTO, media_group_id="10", chat=CHAT)  # of the lunch
    assert words(ticket)[1:] == [("Anna", "Look at these", text.startswith("//"))]
    assert Attachment.objects.filter(message__ticket=ticket).count() == 3


def test_commands_never_go_to_the_customer(inbox: Inbox, ticket: Ticket, anna: User) -> None:
    inbox.says(anna, "/close 12", **in_topic())
    inbox.says(anna, "//", **in_topic())
    assert len(words(ticket)) == 1
    assert "no commands" in told()[-2]


def test_a_closed_ticket_says_so_and_loses_no_words(inbox: Inbox, ticket: Ticket, anna: User) -> None:
    presses(inbox, anna, build(Action.SET_STATUS, ticket.pk, word="closed"))
    inbox.says(anna, "One more thing", **in_topic())
    ticket.refresh_from_db()
    assert (ticket.status, len(words(ticket))) == (TicketStatus.CLOSED, 1)
    assert inbox.rows()[-1].outcome == Outcome.REFUSED
    assert Ticket.objects.count() == 1  # the agent's words open no ticket of theirs


def test_buttons_take_assign_and_change_status(
    inbox: Inbox, ticket: Ticket, anna: User, boris: User, gleb: User
) -> None:
    assert presses(inbox, gleb, build(Action.TAKE_TICKET, ticket.pk)) == Outcome.REFUSED
    assert presses(inbox, anna, build(Action.TAKE_TICKET, ticket.pk)) == Outcome.ANSWERED
    ticket.refresh_from_db()
    assert ticket.assignee_id == anna.pk
    presses(inbox, anna, build(Action.LIST_AGENTS, ticket.pk))
    buttons = markup_buttons()
    assert set(buttons) == {"Anna", "Boris", "Back"}
    presses(inbox, anna, buttons["Boris"])
    presses(inbox, anna, build(Action.SET_STATUS, ticket.pk, word="resolved"))
    ticket.refresh_from_db()
    assert (ticket.assignee_id, ticket.status) == (boris.pk, TicketStatus.RESOLVED)


def test_more_agents_than_one_page_are_reached_by_more(
    inbox: Inbox, ticket: Ticket, anna: User, boris: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_buttons, "_MOST_AGENTS", 1)
    presses(inbox, anna, build(Action.LIST_AGENTS, ticket.pk))
    first = markup_buttons()
    assert set(first) == {"Anna", "More…", "Back"}
    presses(inbox, anna, first["More…"])
    second = markup_buttons()
    assert set(second) == {"Boris", "Back"}
    presses(inbox, anna, second["Boris"])
    ticket.refresh_from_db()
    assert ticket.assignee_id == boris.pk
    User.objects.filter(pk=anna.pk).update(role="customer")
    presses(inbox, boris, first["More…"])
    assert set(markup_buttons()) == {"Boris", "Back"}, "from the beginning: whoever was last is gone"


def test_a_button_for_another_ticket_is_forged(inbox: Inbox, ticket: Ticket, anna: User, gleb: User) -> None:
    other = a_ticket_of(gleb, "Mine")
    assert presses(inbox, anna, build(Action.TAKE_TICKET, other.pk)) == Outcome.REFUSED
    assert presses(inbox, anna, build(Action.STOP_NEWS)) == Outcome.REFUSED
    other.refresh_from_db()
    assert other.assignee_id is None


def test_buttons_of_the_group_do_nothing_in_a_private_chat(inbox: Inbox, ticket: Ticket, vera: User) -> None:
    inbox.presses(vera, build(Action.SET_STATUS, ticket.pk, word="closed"))
    ticket.refresh_from_db()
    assert ticket.status != TicketStatus.CLOSED
    assert inbox.rows()[-1].outcome == Outcome.REFUSED


def test_a_failed_answer_is_told_below_it(inbox: Inbox, ticket: Ticket, anna: User) -> None:
    inbox.says(anna, "Hello", **in_topic())
    answer = ticket.messages.get(author=anna)
    outcome = Delivery(state=MessageDeliveryState.BLOCKED, reason="blocked")
    record_outcome(message_id=answer.pk, outcome=outcome)
    run_due_deliveries("staff_group")
    assert "Not delivered. The customer has blocked the bot." in told()[-1]


def test_a_reaction_in_the_group_reaches_the_ticket(inbox: Inbox, ticket: Ticket, anna: User) -> None:
    customers = ticket.messages.get()
    MessageLink.objects.create(
        bot_id=current_bot_id(), chat_id=GROUP, telegram_message_id=90, message=customers.pk, ticket=ticket.pk,
        direction="out",
    )  # fmt: skip
    reaction = {"chat": CHAT, "message_id": 90, "date": 1, "old_reaction": [], "user": inbox.account(anna)}
    inbox.put(inbox.update(message_reaction={**reaction, "new_reaction": [{"type": "emoji", "emoji": "👍"}]}))
    inbox.work()
    assert event_types(ticket)[-1] == "message_reacted"
    Ticket.objects.update(source="business")  # where Telegram shows the customer none
    inbox.put(inbox.update(message_reaction={**reaction, "new_reaction": [{"type": "emoji", "emoji": "🔥"}]}))
    inbox.work()
    assert "no reactions here" in told()[-1]


def a_message_that_joins(ticket: Ticket, *messages: Message) -> JSON:
    """As the bot has written it in the topic, so long ago that the outbox has forgotten it."""
    now = clock.now()
    call = OutgoingCall.objects.create(
        bot_id=current_bot_id(), method="sendMessage", queue=GROUP, state=CallState.SENDING, lease_token=uuid4(),
        next_attempt_at=now, created_at=now,
        params={"@topic": str(ticket.pk), "@ticket": str(ticket.pk), "@messages": [str(one.pk) for one in messages]},
    )  # fmt: skip
    assert record_verdict(call, Sent(result={"message_id": 91}), others_succeed=True)
    call.delete()
    return {"message_id": 91, "date": 1, **in_topic()}


@pytest.mark.parametrize(
    ("quote", "meant"), [("on fire", "It is on fire"), ("", "Hurry"), ("He lies", None), ("fire\n\nHurry", "Hurry")]
)
def test_an_answer_to_several_messages_in_one_answers_the_quoted_or_the_last(
    inbox: Inbox, ticket: Ticket, anna: User, vera: User, quote: str, meant: str | None
) -> None:
    texts = [a_reply_by(vera, ticket, text) for text in ("It is on fire", "Hurry", "Nonsense")]
    several = a_message_that_joins(ticket, *texts, a_note_by(anna, ticket, "He lies"))
    delete_message(actor=acting(vera), message_id=texts[2].pk)
    quoting = {"quote": {"text": quote, "position": 0}} if quote else {}
    inbox.says(anna, "We come", reply_to_message=several, **quoting, **in_topic())
    answer = ticket.messages.get(text="We come")
    assert (answer.reply_to.text if answer.reply_to is not None else None) == meant


def test_a_reaction_to_several_messages_in_one_is_refused_in_words(
    inbox: Inbox, ticket: Ticket, anna: User, vera: User
) -> None:
    several = a_message_that_joins(ticket, ticket.messages.get(), a_reply_by(vera, ticket, "Hurry"))
    about = {"chat": CHAT, "message_id": several["message_id"], "date": 1, "user": inbox.account(anna)}
    sign = [{"type": "emoji", "emoji": "👍"}]
    for former, new in (([], sign), (sign, [])):
        inbox.put(inbox.update(message_reaction={**about, "old_reaction": former, "new_reaction": new}))
        inbox.work()
    (words,) = told()
    assert "the customer does not see this sign" in words
    assert event_types(ticket)[-1] != "message_reacted"


def test_a_topic_closed_by_staff_is_known_to_be(inbox: Inbox, ticket: Ticket, anna: User) -> None:
    inbox.says(anna, forum_topic_closed={}, **in_topic())
    assert StaffTopic.objects.get().is_closed
    inbox.says(anna, forum_topic_reopened={}, **in_topic())
    assert not StaffTopic.objects.get().is_closed
    assert len(words(ticket)) == 1


@pytest.mark.parametrize(("may", "thread"), [(True, None), (False, 0)])
def test_a_ticket_leaves_general_when_the_bot_may_make_topics_again(
    inbox: Inbox, ticket: Ticket, anna: User, may: bool, thread: int | None
) -> None:
    StaffTopic.objects.update(thread_id=0)
    rights = dict.fromkeys(
        ("can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats",
         "can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories",
         "can_edit_stories", "can_delete_stories"), True
    )  # fmt: skip
    bot = {"id": current_bot_id(), "is_bot": True, "first_name": "Desk"}
    member = {"user": bot, "status": "administrator", **rights, "can_manage_topics": may}
    former = {"user": bot, "status": "member"}
    change = {"chat": CHAT, "from": inbox.account(anna), "date": 1, "old_chat_member": former}
    inbox.put(inbox.update(my_chat_member={**change, "new_chat_member": member}))
    inbox.work()
    topic = StaffTopic.objects.get()
    assert (topic.thread_id, topic.card_message_id) == (thread, None if may else 78)


def test_the_group_says_that_it_moved(inbox: Inbox, ticket: Ticket, anna: User, vera: User) -> None:
    moved = -1_002_000_000_002
    inbox.says(anna, chat=CHAT, migrate_to_chat_id=moved)
    assert find_staff_chat_id() == moved
    a_reply_by(vera, ticket, "More")
    a_note_by(anna, ticket)
    run_due_deliveries("staff_group")
    assert set(OutgoingCall.objects.filter(queue__lt=0).values_list("queue", flat=True)) == {moved}
    assert Chat.objects.filter(telegram_id=GROUP, migrated_to=moved).exists()
