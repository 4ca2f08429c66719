"""The staff's group over HTTP: the whole bot against the simulated Telegram, from a basic group to its topics."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import User
from telegram_bot.answering import answers
from telegram_bot.models import OutgoingCall, StaffTopic
from telegram_bot.staff_group.chat import find_staff_chat_id
from telegram_bot.staff_group.membership import GROUP_UNREACHABLE
from tests.support.bot_process import BotProcess
from tests.support.bot_story import ANNA, JSON, OLIVER, PATIENCE, hurry, settled, story_marks, wait_until, words
from tests.support.bot_thread import bot_in_thread
from tests.support.group_story import BORIS, FORUM, Group, telegram_with_forum
from tests.support.sending import hasten
from tests.support.shop import let_in
from tests.support.simulator import TOKEN, Simulator
from tickets.models import Message, Ticket, TicketStatus

pytestmark = story_marks
GROUP = -1077


@pytest.fixture
def telegram(one_telegram: Simulator, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    yield from telegram_with_forum(one_telegram, settings, monkeypatch)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


@pytest.fixture
def bot(telegram: Simulator, quick: None) -> Iterator[None]:
    with bot_in_thread():
        yield


@pytest.fixture
def group(telegram: Simulator, bot: None) -> Group:
    return Group(telegram)


@pytest.fixture
def thread(telegram: Simulator, group: Group) -> int:
    """Oliver has written, and his ticket is a topic."""
    telegram.say(OLIVER, "The printer is on fire")
    thread = int(group.wait_for("The printer is on fire")["message_thread_id"])
    wait_until(settled, what="peace")
    return thread


def conversation() -> list[tuple[str, bool]]:
    """What the ticket holds, and whether among staff."""
    return list(Message.objects.order_by("sequence").values_list("text", "internal"))


def test_a_basic_group_becomes_a_supergroup_with_topics(telegram: Simulator, settings: Settings, quick: None) -> None:
    settings.TELEGRAM_STAFF_CHAT_ID = GROUP
    telegram.create_chat(GROUP, type="group", title="Staff", members=[ANNA, BORIS])
    old = Group(telegram, GROUP)
    with bot_in_thread():
        telegram.say(OLIVER, "The printer is on fire")
        asked = old.wait_for("The printer is on fire")
        assert asked["reply_to_message"]["message_id"] == old.card()["message_id"], "told apart by the card"
        caption = "long " * 400 + "end"
        telegram.send_photo(OLIVER, caption=caption)
        assert "photo" in old.wait_for(caption), "by itself, for as an answer its caption would be too long"
        old.says("Lunch?")
        old.says("Which floor?", reply_to=asked["message_id"])
        telegram.wait_for_answer(OLIVER, "Which floor?", seconds=PATIENCE)
        wait_until(settled)
        new = Group(telegram, telegram.migrate_chat(GROUP)["id"])
        telegram.change_chat(new.chat_id, is_forum=True)
        telegram.say(OLIVER, "The third")
        told = new.wait_for("The third")
        thread, ticket = told["message_thread_id"], Ticket.objects.get()
        assert new.card()["message_thread_id"] == thread
        topics = next(chat["topics"] for chat in telegram.state()["chats"] if chat["id"] == new.chat_id)
        assert topics[str(thread)]["name"] == f"#{ticket.number} The printer is on fire"
        new.says("We are coming", thread)
        telegram.wait_for_answer(OLIVER, "We are coming", seconds=PATIENCE)
        wait_until(settled)
    assert find_staff_chat_id() == new.chat_id
    expected = ["The printer is on fire", caption, "Which floor?", "The third", "We are coming"]
    assert conversation() == [(text, False) for text in expected]


def test_words_in_a_topic_are_the_answer_and_notes_stay_inside(telegram: Simulator, group: Group, thread: int) -> None:
    answer = group.says("Turn it of", thread)
    telegram.wait_for_answer(OLIVER, "Turn it of", seconds=PATIENCE)
    note = group.says("// He calls every week", thread)
    group.says("/note He likes cats", thread, who=BORIS)
    wait_until(lambda: len(conversation()) == 4, what="the notes")
    telegram.edit(ANNA, answer["message_id"], "Turn it off", chat_id=FORUM)
    telegram.edit(ANNA, note["message_id"], "// He calls every day", chat_id=FORUM)
    telegram.wait_for_answer(OLIVER, "Turn it off", seconds=PATIENCE)
    wait_until(lambda: ("He calls every day", True) in conversation(), what="the edited note")
    wait_until(settled)
    assert conversation()[1:] == [("Turn it off", False), ("He calls every day", True), ("He likes cats", True)]
    told = str([words(one) for one in telegram.transcript(OLIVER)])
    assert "calls" not in told
    assert "cats" not in told
    assert len([one for one in group.bots() if "Turn it" in words(one)]) <= 1, "on the card at most"


def test_buttons_of_the_card_take_and_change_the_status(telegram: Simulator, group: Group, thread: int) -> None:
    telegram.press(ANNA, "Take it", chat_id=FORUM)
    wait_until(lambda: "Agent: Anna" in words(group.card()), what="the card to follow")
    wait_until(settled)

    telegram.press(ANNA, "Status…", chat_id=FORUM)
    wait_until(lambda: "Resolved" in str(group.card()["reply_markup"]), what="the choice of a status")
    telegram.press(ANNA, "Resolved", chat_id=FORUM)
    wait_until(lambda: Ticket.objects.get().status == TicketStatus.RESOLVED)
    wait_until(lambda: "Resolved" in words(group.card()), what="the card to follow")


def test_albums_edits_and_reactions_are_carried_both_ways(
    telegram: Simulator, group: Group, thread: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "ALBUM_SETTLES", 8.0)  # however slow the machine
    telegram.send_album(OLIVER, 3, caption="Look at this")
    copy = group.wait_for("Look at this")
    wait_until(settled)
    album = [one for one in group.bots() if one.get("media_group_id")]
    assert [one["message_thread_id"] for one in album] == [thread] * 3
    assert {one["media_group_id"] for one in album} == {copy["media_group_id"]}
    telegram.send_album(ANNA, 2, caption="Is it this one?", chat_id=FORUM, thread_id=thread)
    question = telegram.wait_for_answer(OLIVER, "Is it this one?", seconds=PATIENCE)
    wait_until(settled)
    theirs = [one for one in telegram.answers(OLIVER) if one.get("media_group_id")]
    assert {one["media_group_id"] for one in theirs} == {question["media_group_id"]}
    assert len(theirs) == 2

    said = telegram.say(OLIVER, "Yse")
    mirrored = group.wait_for("Yse")
    telegram.edit(OLIVER, said["message_id"], "Yes")
    wait_until(lambda: any(one["message_id"] == mirrored["message_id"] and "Yes" in words(one) for one in group.bots()))
    telegram.react(ANNA, mirrored["message_id"], "👍", chat_id=FORUM)
    answer = group.says("Good", thread)
    arrived = telegram.wait_for_answer(OLIVER, "Good", seconds=PATIENCE)
    telegram.react(OLIVER, arrived["message_id"], "❤")
    wait_until(lambda: reaction(telegram, OLIVER, said["message_id"]) == "👍", what="the agent's sign")
    wait_until(lambda: reaction(telegram, FORUM, answer["message_id"]) == "❤", what="the customer's sign")


def test_another_file_is_shown_below_and_takes_its_place_at_the_customer(
    telegram: Simulator, group: Group, thread: int
) -> None:
    sent = telegram.send_photo(OLIVER, caption="Look at this")
    copy = group.wait_for("Look at this")
    telegram.exchange_file(OLIVER, sent["message_id"])

    def anew() -> list[JSON]:
        return [one for one in group.bots() if "photo" in one and one["message_id"] > copy["message_id"]]

    (shown,) = wait_until(anew, what="the other photo")
    assert shown["reply_to_message"]["message_id"] == copy["message_id"]
    assert shown["photo"][-1]["file_unique_id"] != copy["photo"][-1]["file_unique_id"]
    answer = telegram.send_photo(ANNA, caption="This one?", chat_id=FORUM, thread_id=thread)
    arrived = telegram.wait_for_answer(OLIVER, "This one?", seconds=PATIENCE)
    telegram.exchange_file(ANNA, answer["message_id"], chat_id=FORUM)

    def now() -> JSON:
        return next(one for one in telegram.answers(OLIVER) if one["message_id"] == arrived["message_id"])

    wait_until(lambda: now()["photo"] != arrived["photo"], what="the other photo at the customer")
    assert now()["caption"] == "This one?"
    wait_until(settled)


def test_files_of_the_companys_own_account_come_as_what_they_are(
    telegram: Simulator, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No bot copies out of it, so they go out anew by their ids, an album as one."""
    telegram.set_abilities(can_connect_to_business=True)
    telegram.create_user(9000, first_name="The Shop")
    let_in()
    telegram.connect_business("conn-1", 9000, is_enabled=True, can_reply=True)
    photos = [{"photo": one["photo"]} for one in telegram.send_album(ANNA, 4, chat_id=FORUM)]
    other = {
        kind: telegram.send_files(ANNA, kind, [("it.bin", b"content")], chat_id=FORUM)[0][kind]
        for kind in ("document", "voice", "sticker")
    }

    def write(**content: Any) -> JSON:
        return telegram.write_to_business(OLIVER, "conn-1", "", content=content)

    def shown(kind: str) -> list[JSON]:
        return [one for one in group.bots() if kind in one]

    monkeypatch.setattr(answers, "ALBUM_SETTLES", 8.0)  # however slow the machine
    album = [write(**photo, media_group_id="1", caption=f"Side {n}") for n, photo in enumerate(photos[:3])]
    wait_until(lambda: len(shown("photo")) == 3, what="the album")
    assert len({one["media_group_id"] for one in shown("photo")}) == 1
    assert [words(one) for one in shown("photo")] == ["👤 Oliver Bennett\nSide 0", "Side 1", "Side 2"]
    files = [one["photo"][-1]["file_unique_id"] for one in shown("photo")]
    assert files == [one["photo"][-1]["file_unique_id"] for one in photos[:3]]
    write(**photos[3], media_group_id="1", caption="Side 3")
    wait_until(lambda: len(shown("photo")) == 4, what="the late one")
    for kind, content in other.items():
        write(**{kind: content, "caption": "My bill"} if kind == "document" else {kind: content})
        wait_until(lambda kind=kind: shown(kind), what=kind)
    assert words(shown("document")[0]) == "👤 Oliver Bennett\nMy bill"
    for number, text in ((0, "Front"), (1, "Back")):
        telegram.edit_in_business(OLIVER, album[number]["message_id"], text)
    wait_until(
        lambda: [words(one) for one in shown("photo")][:2] == ["👤 Oliver Bennett\nFront", "Back"], what="the edits"
    )
    thread = StaffTopic.objects.get().thread_id
    assert {one["message_thread_id"] for kind in ("photo", *other) for one in shown(kind)} == {thread}
    wait_until(settled)


def test_a_live_location_keeps_its_place(telegram: Simulator, group: Group, thread: int) -> None:
    sent = telegram.send_location(OLIVER, live_period=900)
    wait_until(lambda: Message.objects.filter(kind="location").exists(), what="the location")
    telegram.move(OLIVER, sent["message_id"], latitude=55.8, longitude=37.7)
    wait_until(lambda: Message.objects.get(kind="location").content["latitude"] == 55.8, what="where it ended")
    wait_until(settled)


def reaction(telegram: Simulator, chat_id: int, message_id: int) -> str | None:
    """The bot's own."""
    found = telegram.transcript(ANNA if chat_id < 0 else chat_id, chat_id=chat_id)
    message = next(one for one in found if one["message_id"] == message_id)
    sign: str | None = message.get("reactions", {}).get(TOKEN.partition(":")[0])
    return sign


def test_a_deleted_topic_is_made_again_and_a_closed_one_opened(telegram: Simulator, group: Group, thread: int) -> None:
    group.changes("close", thread)
    wait_until(lambda: StaffTopic.objects.get().is_closed, what="the news of it")
    telegram.say(OLIVER, "It smells")
    assert group.wait_for("It smells")["message_thread_id"] == thread
    assert [call["method"] for call in telegram.calls() if "orumTopic" in call["method"]] == [
        "createForumTopic",
        "reopenForumTopic",
    ]
    wait_until(settled)
    group.changes("delete", thread)
    telegram.say(OLIVER, "Are you there?")
    again = group.wait_for("Are you there?")["message_thread_id"]
    assert again != thread
    assert group.card()["message_thread_id"] == again, "with its card"
    group.says("We are", again)
    telegram.wait_for_answer(OLIVER, "We are", seconds=PATIENCE)
    wait_until(settled)
    assert not StaffTopic.objects.get().is_closed


def test_a_topic_that_the_bot_may_not_open_goes_on_in_general(telegram: Simulator, group: Group, thread: int) -> None:
    telegram.change_chat(FORUM, bot_manages_topics=False)
    telegram.set_fault("error", methods=["reopenForumTopic"],
                       description="Bad Request: not enough rights to close or open the topic")  # fmt: skip
    group.changes("close", thread)
    telegram.say(OLIVER, "Are you there?")
    told = group.wait_for("Are you there?")
    assert "message_thread_id" not in told
    assert told["reply_to_message"]["message_id"] == group.card()["message_id"]
    group.says("Lunch?", who=BORIS)
    group.says("I am", reply_to=told["message_id"])
    telegram.wait_for_answer(OLIVER, "I am", seconds=PATIENCE)
    wait_until(settled)
    assert [text for text, _internal in conversation()] == ["The printer is on fire", "Are you there?", "I am"]


@pytest.mark.parametrize("may_open", [True, False])
def test_a_locked_topic_that_reads_like_a_group_without_the_bot_holds_up_no_other(
    telegram: Simulator, group: Group, thread: int, may_open: bool
) -> None:
    telegram.change_chat(FORUM, bot_manages_topics=False, bot_is_misled=True)
    group.changes("close", thread)
    if may_open:  # the bot takes the topic for an open one, and hears of its sending what it is not
        answer: dict[str, Any] = {"description": "Bad Request: TOPIC_NOT_MODIFIED", "times": 1}
    else:
        answer = {"code": 403, "description": "Forbidden: bot was kicked from the supergroup chat"}
    telegram.set_fault("error", methods=["reopenForumTopic"], **answer)
    telegram.say(OLIVER, "Are you there?")
    told = group.wait_for("Are you there?")
    assert told.get("message_thread_id") == (thread if may_open else None)
    wait_until(settled)
    assert telegram.calls("getChatMember")
    assert not OutgoingCall.objects.filter(error_code=GROUP_UNREACHABLE).exists()


def test_what_came_while_the_bot_was_muted_comes_afterwards(telegram: Simulator, group: Group, thread: int) -> None:
    telegram.change_chat(FORUM, bot_is_muted=True)
    telegram.send_photo(OLIVER, caption="the fire")
    telegram.say(OLIVER, "It burns")
    waiting = OutgoingCall.objects.filter(error_code=GROUP_UNREACHABLE, state="pending")
    wait_until(waiting.exists, what="a refusal that is no end")
    telegram.change_chat(FORUM, bot_is_muted=False)
    hasten()
    assert group.wait_for("It burns")["message_thread_id"] == thread
    assert [words(one) for one in group.bots() if "photo" in one] == ["the fire"]
    wait_until(settled)


def test_general_is_the_staffs_own_and_strangers_change_nothing(telegram: Simulator, group: Group, thread: int) -> None:
    group.says("Lunch?")
    telegram.create_user(2999, first_name="Eve")
    group.says("I know the answer", thread, who=2999)
    wait_until(lambda: any("2999" in words(one) for one in group.bots()), what="the explanation")
    wait_until(settled)
    assert conversation() == [("The printer is on fire", False)]
    assert not User.objects.filter(telegram_id=2999).exists()


def test_a_burst_loses_nothing_and_keeps_its_order(telegram: Simulator, group: Group, thread: int) -> None:
    telegram.limit_pace()
    burst(telegram, thread)


def burst(telegram: Simulator, thread: int) -> None:
    """Sixty messages at once, pictures among them."""
    expected = [f"word {number}." for number in range(60)]
    for number, text in enumerate(expected):
        if number % 20 == 7:
            telegram.send_photo(OLIVER, caption=text)
        else:
            telegram.say(OLIVER, text)
    wait_until(lambda: said_in(telegram, thread)[-1:] == expected[-1:], seconds=100, what="the last word")
    assert said_in(telegram, thread) == expected


def said_in(telegram: Simulator, thread: int) -> list[str]:
    lines = [
        line
        for one in Group(telegram).bots()
        if one.get("message_thread_id") == thread and "reply_markup" not in one
        for line in words(one).split("\n")
    ]
    return [line for line in lines if line.startswith("word ")]


@pytest.mark.campaign
def test_with_the_true_pace_a_burst_is_few_messages_and_none_is_refused(telegram: Simulator, tmp_path: Path) -> None:
    """As a process of its own, which finds the group in its environment."""
    environment = {"TELEGRAM_STAFF_CHAT_ID": str(FORUM), "TELEGRAM_MODE": "polling", "LANGUAGE": "en"}
    telegram.limit_pace()
    with BotProcess(telegram, tmp_path / "bot.log", PUBLIC_URL="https://desk.example.com", **environment):
        telegram.say(OLIVER, "The printer is on fire")
        thread = int(Group(telegram).wait_for("The printer is on fire")["message_thread_id"])
        burst(telegram, thread)
        wait_until(settled, seconds=120)
    calls = [call for call in telegram.calls() if str(call["params"].get("chat_id")) == str(FORUM)]
    assert not [call for call in calls if call["status"] == 429], "the bot's own pace is slower than Telegram's"
    assert len(calls) < 25, "seven batches of texts and pictures at the most, and cards"
