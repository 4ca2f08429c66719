"""What customers live through, over HTTP: the whole bot against the simulated Telegram, and an agent at the API."""

import gzip
from collections.abc import Iterator
from datetime import time, timedelta
from io import BytesIO

import pytest
from PIL import Image
from pytest_django import Settings

from accounts import clock
from accounts.actors import Actor, Source
from accounts.models import User
from telegram_bot.connections import decide_account
from telegram_bot.customer_chat.choices import CHOICE_LASTS
from telegram_bot.models import Approval, BusinessConnection, Chat, OutgoingCall, Update
from tests.support.api import Api
from tests.support.bot_story import ANNA, JSON, OLIVER, PATIENCE, Agent, asks, rest, wait_until, whole_telegram, words
from tests.support.shop import let_in
from tests.support.simulator import Simulator
from tests.support.simulator_control import picture
from tickets.events.delivery import run_due_deliveries
from tickets.models import Message, Ticket, WorkingTime

pytestmark = [
    pytest.mark.xdist_group("bot_process"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("threads", "bot"),
]
GRETA = 5001


@pytest.fixture
def telegram(one_telegram: Simulator, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    yield from whole_telegram(one_telegram, settings, monkeypatch, newcomer=GRETA, name="Greta")


def test_everything_that_a_customer_sends_arrives_as_what_it_is(telegram: Simulator, agent: Agent) -> None:
    ticket = asks(telegram, agent, "Look here")
    bold = {"type": "bold", "offset": 5, "length": 4}
    telegram.say(OLIVER, "Look here now", entities=[bold])
    friend = {"id": 77, "is_bot": False, "first_name": "Frank"}
    telegram.say(OLIVER, "They say so", forward_origin={"type": "user", "date": 1_795_000_000, "sender_user": friend})
    kinds = ["photo", "document", "video", "video_note", "voice", "audio", "animation", "sticker"]
    for kind in kinds:
        telegram.send_files(OLIVER, kind, [(f"a.{kind}", picture())])
    telegram.send_album(OLIVER, 3, caption="Three of them")
    telegram.send_contact(OLIVER)
    telegram.send_location(OLIVER)
    spot = {"location": {"latitude": 55.7, "longitude": 37.6}, "title": "The shop", "address": "Main street 1"}
    telegram.send_content(OLIVER, {"venue": spot, "location": spot["location"]})
    poll_options = [{"text": text, "voter_count": 0, "persistent_id": text} for text in ("Yes", "No")]
    vote = {"id": "9", "question": "Well?", "options": poll_options, "total_voter_count": 0, "is_closed": False}
    vote |= {
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
        "allows_revoting": True,
        "members_only": False,
    }
    telegram.send_content(OLIVER, {"poll": vote})
    telegram.send_content(OLIVER, {"dice": {"emoji": "🎲", "value": 4}})
    telegram.send_content(OLIVER, {"hologram": {"depth": 3}})
    wait_until(lambda: len(agent.messages(ticket)) == 3 + len(kinds) + 7, what="all messages")
    rest(telegram)
    came = agent.messages(ticket)
    assert [one["kind"] for one in came] == [
        *["text"] * 3, *kinds, "photo", "contact", "location", "venue", "poll", "dice", "unsupported",
    ]  # fmt: skip
    assert came[1]["entities"] == [bold]
    assert (came[2]["forwarded_from"]["type"], came[2]["forwarded_from"]["name"]) == ("user", "Frank")
    files = [file for one in came for file in one["attachments"]]
    assert len(files) == len(kinds) + 3
    assert {file["state"] for file in files} == {"ready"}
    assert (came[-7]["text"], len(came[-7]["attachments"])) == ("Three of them", 3)
    assert "hologram" in str(came[-1]["content"]), "the raw kind, never an empty message"


def test_a_sticker_that_moves_has_its_still_picture_and_stays_a_file(telegram: Simulator, agent: Agent) -> None:
    ticket = asks(telegram, agent, "Look here")
    moving = gzip.compress(b'{"v": "5.5.2", "tgs": 1}')
    telegram.send_files(OLIVER, "sticker", [("hello.tgs", moving)])
    telegram.send_files(OLIVER, "sticker", [("hello.webm", b"\x1aE\xdf\xa3 a film")])
    rest(telegram)
    telegram.set_fault("error", methods=["getFile"], description="Bad Request: wrong file_id", times=4)
    telegram.send_files(OLIVER, "sticker", [("lost.tgs", moving)])
    rest(telegram)
    files = [one["attachments"][0] for one in agent.messages(ticket)[1:]]
    assert [one["content"]["format"] for one in agent.messages(ticket)[1:]] == ["animated", "video", "animated"]
    assert [(file["state"], bool(file["thumbnail_url"])) for file in files] == [
        ("ready", True),
        ("ready", True),
        ("failed", False),
    ]
    assert [(file["width"], file["height"]) for file in files] == [(512, 512)] * 3
    assert agent.reads(files[0]["url"]) == moving
    with Image.open(BytesIO(agent.reads(files[0]["thumbnail_url"]))) as still:
        assert (still.format, still.mode) == ("WEBP", "RGBA")
    agent.api.post(f"messages/{agent.messages(ticket)[3]['id']}/retry/")
    rest(telegram)
    [lost] = agent.messages(ticket)[3]["attachments"]
    assert (lost["state"], bool(lost["thumbnail_url"])) == ("ready", True), "both are asked for again"


def test_an_album_whose_parts_come_in_several_batches_is_one_message(telegram: Simulator, agent: Agent) -> None:
    ticket = asks(telegram, agent)
    [first, _second] = telegram.send_album(OLIVER, 2)
    wait_until(lambda: len(agent.messages(ticket)) == 2 and len(agent.messages(ticket)[1]["attachments"]) == 2)
    rest(telegram)
    telegram.say(OLIVER, "And another")
    wait_until(lambda: agent.texts(ticket)[-1] == "And another")
    telegram.send_photo(OLIVER, caption="The last one", media_group_id=first["media_group_id"])
    wait_until(lambda: len(agent.messages(ticket)[1]["attachments"]) == 3, what="the late part where it belongs")
    rest(telegram)
    assert agent.texts(ticket) == ["The printer is on fire", "The last one", "And another"]


def test_what_an_agent_sends_arrives_natively_and_in_order(telegram: Simulator, agent: Agent) -> None:
    ticket = asks(telegram, agent)
    long = "\n".join(f"Line {number}: it is a long story 🙂" for number in range(220))
    question = agent.messages(ticket)[0]
    agent.says(ticket, "Which one?", reply_to=question["id"])
    agent.says(ticket, long)
    album = [agent.uploads(f"{number}.jpg", picture(60 + number), "image/jpeg") for number in (1, 2)]
    agent.says(ticket, "Like these", attachments=album)
    agent.says(ticket, "", attachments=[agent.uploads("list.pdf", b"%PDF-1.4 one", "application/pdf")])
    last = agent.says(ticket, "So long")
    telegram.wait_for_answer(OLIVER, "So long", seconds=PATIENCE)
    rest(telegram)
    came = telegram.answers(OLIVER)
    assert words(came[0]["reply_to_message"]) == "The printer is on fire"
    pieces = [words(one) for one in came[1:-4]]
    assert len(pieces) > 1
    assert "\n".join(piece.strip("\n") for piece in pieces) == long
    assert len({one["media_group_id"] for one in came[-4:-2]}) == 1
    assert words(came[-4]) == "Like these"
    assert came[-2]["document"]["file_name"] == "list.pdf"
    agent.api.patch(f"messages/{last['id']}/", text="So short")
    wait_until(lambda: words(telegram.answers(OLIVER)[-1]) == "So short", what="the edited answer")
    agent.api.delete(f"messages/{last['id']}/")
    wait_until(lambda: all(words(one) != "So short" for one in telegram.answers(OLIVER)), what="its removal")
    asked = telegram.transcript(OLIVER)[0]["message_id"]
    agent.api.post(f"messages/{question['id']}/react/", emoji="👍")
    wait_until(lambda: any(c["params"].get("message_id") == asked for c in telegram.calls("setMessageReaction")))


def test_the_delivery_line_tells_what_became_of_each_answer(telegram: Simulator, agent: Agent) -> None:
    ticket = asks(telegram, agent)

    def becomes(message: JSON, state: str) -> JSON:
        def look() -> JSON | None:
            found = agent.message(message)["delivery"]
            return found if found["state"] == state else None

        return wait_until(look, what=state) or {}

    first = agent.says(ticket, "On my way")
    assert not becomes(first, "sent")["ambiguous"]
    telegram.block(OLIVER)
    second = agent.says(ticket, "I am here")
    assert becomes(second, "blocked")["reason"] == "blocked"
    assert agent.ticket()["unreachable"] == "blocked"
    telegram.say(OLIVER, "Sorry, a mistake")  # which unblocks
    wait_until(lambda: agent.ticket()["unreachable"] == "", what="a way to the customer")
    assert agent.api.post(f"messages/{second['id']}/retry/")[0] == 200
    becomes(second, "sent")
    telegram.set_fault("drop_after", methods=["sendMessage"], chat_id=OLIVER, times=1)
    third = agent.says(ticket, "Open the door")
    assert becomes(third, "sent")["ambiguous"], "its answer was lost: it may have arrived twice"
    assert sum(words(one) == "Open the door" for one in telegram.answers(OLIVER)) in (1, 2)
    oliver = Api(User.objects.get(telegram_id=OLIVER))
    oliver.post(f"tickets/{ticket['id']}/read/", sequence=agent.ticket()["sequence"])
    assert agent.message(third)["delivery"]["seen_at"]


def test_with_several_tickets_the_reply_the_choice_and_then_a_question_decide(
    telegram: Simulator, agent: Agent
) -> None:
    fire = asks(telegram, agent)
    agent.says(fire, "We bring a bucket")
    bucket = telegram.wait_for_answer(OLIVER, "We bring a bucket", seconds=PATIENCE)
    telegram.say(OLIVER, "/new")
    rest(telegram)
    flood = asks(telegram, agent, "The cellar is under water")
    telegram.say(OLIVER, "Bring two", reply_to=bucket["message_id"])
    wait_until(lambda: "Bring two" in agent.texts(fire), what="the reply in its ticket")
    telegram.say(OLIVER, "It rises")
    wait_until(lambda: "It rises" in agent.texts(flood), what="the words in the chosen ticket")
    over = clock.now() - CHOICE_LASTS - timedelta(seconds=2)  # Telegram's dates are whole seconds, cut off
    Chat.objects.filter(telegram_id=OLIVER).update(chosen_at=over)
    for text in ("Hurry", "please"):
        telegram.say(OLIVER, text)
    wait_until(lambda: Update.objects.filter(state="held").count() == 2, what="messages that wait")
    asked = telegram.wait_for_message(
        OLIVER, lambda one: str(one.get("reply_markup", "")).count(f"#{fire['number']}") == 1, seconds=PATIENCE
    )
    button = next(
        one["text"]
        for row in asked["reply_markup"]["inline_keyboard"]
        for one in row
        if f"#{fire['number']}" in one["text"]
    )
    telegram.press(OLIVER, button, message_id=asked["message_id"])
    wait_until(lambda: agent.texts(fire)[-2:] == ["Hurry", "please"], what="both where they belong")
    rest(telegram)
    written = Message.objects.filter(author__telegram_id=OLIVER).count()
    assert written == 6, "each once, nothing lost while the question stood"


def test_thanks_after_the_end_reopen_nothing_and_anything_else_does(telegram: Simulator, agent: Agent) -> None:
    ticket = asks(telegram, agent)
    agent.says(ticket, "It is out")
    telegram.wait_for_answer(OLIVER, "It is out", seconds=PATIENCE)
    agent.sets(ticket, "resolved")
    rest(telegram)
    telegram.say(OLIVER, "Thank you!")
    wait_until(lambda: "Thank you!" in agent.texts(ticket), what="the thanks, kept")
    telegram.send_files(OLIVER, "sticker", [("ok.webp", picture())])
    wait_until(lambda: len(agent.messages(ticket)) == 4, what="the sticker, kept")
    assert agent.ticket()["status"] == "resolved"
    telegram.say(OLIVER, "It burns again")
    wait_until(lambda: agent.ticket()["status"] == "open", what="the ticket open again")
    assert len(agent.tickets()) == 1


def test_just_write_after_the_end_of_one_of_two_tickets_is_no_word_in_the_other(
    telegram: Simulator, agent: Agent
) -> None:
    printer = asks(telegram, agent)
    telegram.say(OLIVER, "/new The lift is stuck")
    lift = agent.ticket(2)

    def statuses() -> dict[int, str]:
        return {one["number"]: one["status"] for one in agent.tickets()}

    agent.says(printer, "It is out")
    agent.sets(lift, "pending")
    agent.sets(printer, "resolved")
    telegram.wait_for_message(OLIVER, "reply to this message: the ticket opens again", seconds=PATIENCE)
    rest(telegram)
    telegram.say(OLIVER, "Thank you!")
    wait_until(lambda: agent.texts(printer)[-1] == "Thank you!", what="the thanks where they belong")
    assert statuses() == {printer["number"]: "resolved", lift["number"]: "pending"}
    telegram.say(OLIVER, "No, it still burns")
    asked = telegram.wait_for_message(OLIVER, "Which one is this about", seconds=PATIENCE)
    offered = [row[0]["text"] for row in asked["reply_markup"]["inline_keyboard"]]
    assert [text.partition(" ")[0] for text in offered] == [f"#{printer['number']}", f"#{lift['number']}", "New"]
    telegram.press(OLIVER, offered[0], message_id=asked["message_id"])
    wait_until(lambda: agent.texts(printer)[-1] == "No, it still burns", what="the words where they belong")
    rest(telegram)
    assert statuses() == {printer["number"]: "open", lift["number"]: "pending"}
    assert agent.texts(lift) == ["The lift is stuck"]


def test_a_rating_by_the_card_with_a_few_words(telegram: Simulator, agent: Agent) -> None:
    ticket = asks(telegram, agent)
    agent.says(ticket, "It is out")
    agent.sets(ticket, "resolved")
    asked = "How did you like our help?"
    telegram.wait_for_message(OLIVER, asked, seconds=PATIENCE)
    rest(telegram)
    assert sum(asked in words(one) for one in telegram.from_bot(OLIVER)) == 1
    telegram.press(OLIVER, "4")
    wait_until(lambda: (agent.ticket()["rating"] or {}).get("score") == 4, what="the rating")
    rest(telegram)
    telegram.press(OLIVER, "Add a few words")
    rest(telegram)
    telegram.say(OLIVER, "Quick, but wet")
    wait_until(lambda: agent.ticket()["rating"].get("comment") == "Quick, but wet", what="the words")
    telegram.press(OLIVER, "5")  # within a day
    wait_until(lambda: agent.ticket()["rating"]["score"] == 5, what="the changed rating")
    assert agent.ticket()["status"] == "resolved"


def test_only_the_senders_own_contact_is_their_phone(telegram: Simulator, agent: Agent, settings: Settings) -> None:
    settings.ASK_PHONE = True
    ticket = asks(telegram, agent)
    telegram.wait_for_message(OLIVER, "May we call you", seconds=PATIENCE)
    foreign = {"phone_number": "+49300000000", "first_name": "Frank", "user_id": 77}
    telegram.send_content(OLIVER, {"contact": foreign})
    wait_until(lambda: len(agent.messages(ticket)) == 2, what="a contact like any other content")
    assert User.objects.get(telegram_id=OLIVER).phone == ""
    telegram.send_contact(OLIVER, phone_number="+49301234567")
    wait_until(lambda: User.objects.get(telegram_id=OLIVER).phone == "+49301234567", what="the phone")
    assert len(agent.messages(ticket)) == 2


def test_out_of_hours_it_is_said_once_a_ticket_when_somebody_is_back(
    telegram: Simulator, agent: Agent, settings: Settings
) -> None:
    settings.TIME_ZONE = "UTC"
    tomorrow = (clock.now() + timedelta(days=1)).weekday()
    WorkingTime.objects.create(weekday=tomorrow, opens=time(9), closes=time(18))
    asks(telegram, agent)
    for text in ("Hello?", "Anybody?"):
        telegram.say(OLIVER, text)
    wait_until(lambda: Message.objects.count() == 3)
    rest(telegram)
    told = [words(one) for one in telegram.from_bot(OLIVER) if "We are closed at the moment" in words(one)]
    assert len(told) == 1, told
    assert "at 09:00 (UTC" in told[0]


def test_a_flood_is_stored_answered_once_and_holds_up_nobody(telegram: Simulator, agent: Agent) -> None:
    ticket = asks(telegram, agent)
    answers = len(telegram.from_bot(OLIVER))
    for number in range(200):
        telegram.say(OLIVER, f"Fire {number}")
        if number == 20:
            telegram.say(GRETA, "My lamp flickers")
    agent.ticket(2)
    wait_until(lambda: Ticket.objects.get(pk=ticket["id"]).messages.count() == 201, seconds=180, what="all of it")
    rest(telegram)
    stored = Ticket.objects.get(pk=ticket["id"]).messages.order_by("sequence").values_list("text", flat=True)
    assert list(stored)[1:] == [f"Fire {number}" for number in range(200)], "in order"
    handled = list(Update.objects.order_by("handled_at").values_list("queue", flat=True))
    assert handled.index(GRETA) < len(handled) - 100, "she did not wait for the end of it"
    told = telegram.from_bot(OLIVER)[answers:]
    assert len(told) <= 3, [words(one) for one in told]
    assert sum("very fast" in words(one) for one in told) == 1
    run_due_deliveries("notifications")
    assert OutgoingCall.objects.filter(queue=agent.user.telegram_id, method="sendMessage").count() <= 3, (
        "coalesced for the agent"
    )


def test_the_companys_own_account_is_answered_in_its_name(telegram: Simulator, agent: Agent) -> None:
    telegram.set_abilities(can_connect_to_business=True)
    telegram.create_user(9000, first_name="The Shop")
    let_in()
    telegram.connect_business("conn-1", 9000, is_enabled=True, can_reply=True)
    asked = telegram.write_to_business(OLIVER, "conn-1", "Do you deliver?")
    ticket = agent.ticket()
    assert ticket["source"] == "business"
    agent.says(ticket, "Tomorrow")
    wait_until(lambda: [words(one) for one in telegram.business_transcript(OLIVER)] == ["Do you deliver?", "Tomorrow"])
    telegram.edit_in_business(OLIVER, asked["message_id"], "Do you deliver on Sunday?")
    wait_until(lambda: agent.texts(ticket)[0] == "Do you deliver on Sunday?", what="the edit")
    telegram.delete_in_business(OLIVER, "conn-1", asked["message_id"])
    wait_until(lambda: agent.messages(ticket)[0]["deleted_at"], what="the deletion, shown")
    answer = telegram.business_transcript(OLIVER)[0]
    telegram.delete_in_business(OLIVER, "conn-1", answer["message_id"])
    wait_until(lambda: agent.texts(ticket)[2:], what="the note of it")
    note = agent.messages(ticket)[2]
    assert (note["internal"], note["reply_to"]) == (True, agent.messages(ticket)[1]["id"])


def test_a_flood_in_the_companys_own_account_is_stored_unanswered_and_holds_up_nobody(
    telegram: Simulator, agent: Agent
) -> None:
    """The chat is the company's: the bot says nothing there, so that nobody writes too fast is told by it either."""
    telegram.set_abilities(can_connect_to_business=True)
    telegram.create_user(9000, first_name="The Shop")
    let_in()
    telegram.connect_business("conn-1", 9000, is_enabled=True, can_reply=True)
    for number in range(200):
        telegram.write_to_business(OLIVER, "conn-1", f"Fire {number}")
        if number == 20:
            telegram.say(GRETA, "My lamp flickers")
        if number == 40:
            telegram.write_to_business(GRETA, "conn-1", "And here?")
    wait_until(lambda: Message.objects.count() == 202, seconds=180, what="all of it")
    rest(telegram)
    flood, others = Ticket.objects.get(subject="Fire 0"), Ticket.objects.exclude(subject="Fire 0")
    assert list(flood.messages.order_by("sequence").values_list("text", flat=True)) == [
        f"Fire {number}" for number in range(200)
    ]
    assert {other.subject for other in others} == {"My lamp flickers", "And here?"}
    handled = list(Update.objects.exclude(kind="business_connection").order_by("handled_at"))
    last_of_others = max(at for at, row in enumerate(handled) if b"Fire" not in bytes(row.raw))
    assert last_of_others < len(handled) - 100, "nobody waited for the end of it"
    assert len(telegram.business_transcript(OLIVER)) == 200
    run_due_deliveries("notifications")
    notices = OutgoingCall.objects.filter(queue=agent.user.telegram_id, method="sendMessage")
    assert notices.count() <= 5, "coalesced for the agent"


def test_what_the_owner_writes_from_the_account_itself_is_kept(telegram: Simulator, agent: Agent) -> None:
    telegram.set_abilities(can_connect_to_business=True)
    telegram.create_user(9000, first_name="The Shop")
    let_in()
    telegram.connect_business("conn-1", 9000, is_enabled=True, can_reply=True)
    photo = {"photo": telegram.send_photo(ANNA)["photo"], "caption": "It looks so"}
    first = telegram.write_to_business(OLIVER, "conn-1", "Your parcle is here", by_owner=True)
    telegram.edit_in_business(OLIVER, first["message_id"], "Your parcel is here")
    telegram.write_to_business(OLIVER, "conn-1", "What does it look like?")
    ticket = agent.ticket()
    telegram.write_to_business(OLIVER, "conn-1", "", by_owner=True, content=photo)
    expected = ["Your parcel is here", "What does it look like?", "It looks so"]
    wait_until(lambda: agent.texts(ticket) == expected, what="the whole conversation")
    wait_until(lambda: agent.messages(ticket)[2]["attachments"][0]["state"] == "ready", what="the photo")
    agent.says(ticket, "And is green")
    wait_until(lambda: words(telegram.business_transcript(OLIVER)[-1]) == "And is green", what="the answer")
    assert [words(one) for one in telegram.business_transcript(OLIVER)] == [*expected, "And is green"], "nothing twice"


def test_a_stranger_who_connects_an_account_brings_no_tickets_until_it_is_approved(
    telegram: Simulator, agent: Agent
) -> None:
    telegram.set_abilities(can_connect_to_business=True)
    telegram.create_user(9000, first_name="Mallory")
    telegram.connect_business("conn-1", 9000, is_enabled=True, can_reply=True)
    telegram.write_to_business(OLIVER, "conn-1", "Do you deliver?")
    telegram.write_to_business(OLIVER, "conn-1", "Tomorrow", by_owner=True)
    rest(telegram)
    assert agent.tickets() == []
    connection = BusinessConnection.objects.get()
    decide_account(actor=Actor.system(Source.ADMIN), connection=connection.pk, approval=Approval.APPROVED)
    ticket = agent.ticket()
    wait_until(lambda: agent.texts(ticket) == ["Do you deliver?", "Tomorrow"], what="what had waited")
    agent.says(ticket, "At noon")
    wait_until(lambda: words(telegram.business_transcript(OLIVER)[-1]) == "At noon", what="the answer")


def test_a_greeting_of_the_account_itself_is_shown_and_answers_nobody(telegram: Simulator, agent: Agent) -> None:
    telegram.set_abilities(can_connect_to_business=True)
    telegram.create_user(9000, first_name="The Shop")
    let_in()
    telegram.connect_business("conn-1", 9000, is_enabled=True, can_reply=True)
    telegram.write_to_business(OLIVER, "conn-1", "Do you deliver?")
    telegram.write_to_business(OLIVER, "conn-1", "Welcome! We are away", automatic=True)
    ticket = agent.ticket()
    wait_until(lambda: agent.texts(ticket) == ["Do you deliver?", "Welcome! We are away"], what="the greeting")
    asked, greeting = agent.messages(ticket)
    assert (greeting["content"], greeting["author"]) == ({"automatic": True}, None)
    row = agent.tickets()[0]
    assert (row["status"], row["waiting_since"]) == ("new", asked["created_at"])
    agent.says(ticket, "Tomorrow")
    wait_until(lambda: words(telegram.business_transcript(OLIVER)[-1]) == "Tomorrow", what="the answer")
    row = agent.tickets()[0]
    assert (row["status"], row["waiting_since"]) == ("open", None)


def test_an_answer_to_the_bots_own_words_says_what_it_answers(telegram: Simulator, agent: Agent) -> None:
    telegram.say(OLIVER, "/privacy")
    told = wait_until(lambda: telegram.from_bot(OLIVER), what="the answer")[0]
    telegram.say(OLIVER, "Is that so?", reply_to=told["message_id"])
    [asked] = agent.messages(agent.ticket())
    assert words(told).startswith(asked["content"]["quote"][:200])
    assert asked["content"]["external_reply"]["type"] == "same_chat"


def test_what_the_owner_changes_of_an_answer_in_its_name_is_a_version_of_it(telegram: Simulator, agent: Agent) -> None:
    telegram.set_abilities(can_connect_to_business=True)
    telegram.create_user(9000, first_name="The Shop")
    let_in()
    telegram.connect_business("conn-1", 9000, is_enabled=True, can_reply=True)
    telegram.write_to_business(OLIVER, "conn-1", "Do you deliver?")
    ticket = agent.ticket()
    answer = agent.says(ticket, "On Sunday")
    album = [agent.uploads(f"{number}.jpg", picture(60 + number), "image/jpeg") for number in (1, 2)]
    photos = agent.says(ticket, "Like these", attachments=album)
    wait_until(lambda: len(telegram.business_transcript(OLIVER)) == 4, what="the answers")
    rest(telegram)
    calls = len(telegram.calls())
    _asked, told, first, _second = telegram.business_transcript(OLIVER)
    telegram.edit_in_business(OLIVER, told["message_id"], "On Monday")
    telegram.edit_in_business(OLIVER, first["message_id"], "")
    wait_until(lambda: agent.texts(ticket) == ["Do you deliver?", "On Monday", ""], what="the changes")
    rest(telegram)
    _status, former = agent.api.get(f"messages/{answer['id']}/history/")
    assert [one["text"] for one in former["results"]] == ["On Sunday"]
    assert len(agent.message(photos)["attachments"]) == 2, "the same files"
    methods = {call["method"] for call in telegram.calls()[calls:]}
    assert not {one for one in methods if one.startswith(("send", "edit"))}, "it stands there already"
