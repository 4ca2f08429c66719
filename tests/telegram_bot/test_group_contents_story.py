"""What agents write in the staff's group reaches the customer as what it is, over HTTP; every call is a valid one."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from accounts.models import User
from telegram_bot.models import OutgoingCall
from telegram_bot.staff_group.removal import REMOVAL_REFUSED
from tests.support.api import Api
from tests.support.bot_story import ANNA, JSON, OLIVER, PATIENCE, hurry, settled, story_marks, wait_until, words
from tests.support.bot_thread import bot_in_thread
from tests.support.group_story import FORUM, Group, telegram_with_forum
from tests.support.shop import let_in
from tests.support.simulator import Simulator
from tests.support.simulator_control import picture
from tickets.models import Message

pytestmark = story_marks
KINDS = ["photo", "document", "video", "video_note", "voice", "audio", "animation", "sticker"]


@pytest.fixture
def telegram(one_telegram: Simulator, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    hurry(monkeypatch)
    yield from telegram_with_forum(one_telegram, settings, monkeypatch)


@pytest.fixture
def thread(telegram: Simulator) -> Iterator[int]:
    """Oliver has written, and his ticket is a topic."""
    with bot_in_thread():
        telegram.say(OLIVER, "The printer on the third floor is on fire")
        yield int(Group(telegram).wait_for("is on fire")["message_thread_id"])
        wait_until(settled, what="peace")


def test_every_kind_of_file_goes_on_as_that_kind(telegram: Simulator, thread: int) -> None:
    for kind in KINDS:
        telegram.send_files(ANNA, kind, [(f"a.{kind}", picture())], chat_id=FORUM, thread_id=thread)

    def came() -> list[str]:
        return [kind for one in telegram.answers(OLIVER) for kind in KINDS if kind in one and not _is_both(one, kind)]

    wait_until(lambda: len(came()) == len(KINDS), seconds=PATIENCE, what="all of them")
    assert came() == KINDS, "in their order"


def _is_both(message: JSON, kind: str) -> bool:
    """Telegram says of an animation that it is a document as well."""
    return kind == "document" and "animation" in message


def test_a_quote_goes_on_as_a_quote(telegram: Simulator, thread: int) -> None:
    asked = Group(telegram).wait_for("is on fire")
    wait_until(settled, what="the desk to know where it stands")
    text = words(asked)
    part = {"text": "third floor", "position": text.index("third floor"), "is_manual": True}
    telegram.say(ANNA, "We come up", chat_id=FORUM, thread_id=thread, reply_to=asked["message_id"], quote=part)
    answer = telegram.wait_for_answer(OLIVER, "We come up", seconds=PATIENCE)
    assert words(answer["reply_to_message"]) == "The printer on the third floor is on fire"
    assert answer["quote"]["text"] == "third floor"


def test_a_caption_longer_than_a_bots_comes_whole_also_where_it_answers_something(
    telegram: Simulator, thread: int
) -> None:
    caption, first = "long " * 400 + "end", telegram.transcript(OLIVER)[0]["message_id"]
    photo = telegram.send_photo(OLIVER, picture(), caption=caption, reply_to=first)
    copied = Group(telegram).wait_for(caption)
    assert "photo" in copied
    wait_until(settled, what="the desk to know where it stands")
    telegram.say(ANNA, "We see it", chat_id=FORUM, thread_id=thread, reply_to=copied["message_id"])
    answer = telegram.wait_for_answer(OLIVER, "We see it", seconds=PATIENCE)
    assert answer["reply_to_message"]["message_id"] == photo["message_id"]


def test_what_is_changed_where_its_copy_was_removed_is_said_below(telegram: Simulator, thread: int) -> None:
    photo = telegram.send_photo(OLIVER, picture(), caption="before")
    copied = Group(telegram).wait_for("before")
    wait_until(settled, what="peace")
    telegram.delete(ANNA, copied["message_id"], chat_id=FORUM)
    telegram.edit(OLIVER, photo["message_id"], "after")
    assert words(Group(telegram).wait_for("after")).startswith("✏️ Edited:")


def test_what_was_written_there_and_is_changed_elsewhere_is_said_below(telegram: Simulator, thread: int) -> None:
    group = Group(telegram)
    telegram.set_abilities(can_connect_to_business=True)
    telegram.create_user(9000, first_name="The Shop")
    let_in()
    telegram.connect_business("conn-1", 9000, is_enabled=True, can_reply=True)
    telegram.write_to_business(OLIVER, "conn-1", "Do you deliver?")
    other = group.wait_for("Do you deliver?")["message_thread_id"]
    wait_until(settled, what="peace")
    said = group.says("On Sunday", other)
    told = wait_until(lambda: telegram.business_transcript(OLIVER)[1:], what="the answer")[0]
    wait_until(settled, what="peace")
    telegram.edit_in_business(OLIVER, told["message_id"], "On Monday")
    below = group.wait_for("On Monday")
    assert words(below) == "✏️ Edited:\n\n💬 Anna\nOn Monday"
    assert below["reply_to_message"]["message_id"] == said["message_id"]
    telegram.edit(ANNA, said["message_id"], "On Tuesday", chat_id=FORUM)
    wait_until(lambda: words(telegram.business_transcript(OLIVER)[-1]) == "On Tuesday", what="her own change")
    wait_until(settled, what="peace")
    assert not [one for one in group.bots() if "On Tuesday" in words(one) and "reply_markup" not in one]
    telegram.send_album(ANNA, 2, caption="Front", chat_id=FORUM, thread_id=other)
    album = wait_until(lambda: [one for one in telegram.business_transcript(OLIVER) if "photo" in one][1:], what="it")
    wait_until(settled, what="peace")
    telegram.edit_in_business(OLIVER, album[0]["message_id"], "Back")
    wait_until(lambda: Message.objects.filter(text="Front\nBack").exists(), what="its own caption")
    assert words(group.wait_for("Back")) == "✏️ Edited:\n\n💬 Anna\nFront\nBack"


@pytest.mark.parametrize("may", [True, False])
def test_what_was_written_there_and_is_removed_elsewhere_goes_or_is_said_to_be_gone_until_the_bot_may(
    telegram: Simulator, thread: int, may: bool
) -> None:
    group, api = Group(telegram), Api(User.objects.get(telegram_id=ANNA))
    said = group.says("It is your fault", thread)
    telegram.wait_for_answer(OLIVER, "It is your fault", seconds=PATIENCE)
    wait_until(settled, what="peace")

    def is_there() -> list[int]:
        return [one["message_id"] for one in telegram.transcript(ANNA, chat_id=FORUM)]

    telegram.change_chat(FORUM, bot_deletes_messages=may)
    status, _body = api.delete(f"messages/{Message.objects.get(text='It is your fault').pk}/")
    assert status < 300
    wait_until(lambda: not [one for one in telegram.answers(OLIVER) if "fault" in words(one)], what="its removal")
    if not may:
        assert group.wait_for("was removed")["reply_to_message"]["message_id"] == said["message_id"]
        wait_until(lambda: OutgoingCall.objects.filter(error_code=REMOVAL_REFUSED, state="pending").exists())
        assert said["message_id"] in is_there()
        telegram.change_chat(FORUM, bot_deletes_messages=True)
        OutgoingCall.objects.filter(state="pending").update(next_attempt_at="2000-01-01T00:00Z")
    wait_until(lambda: said["message_id"] not in is_there(), what="its removal there, when the bot may")
    wait_until(settled, what="peace")
    assert len([one for one in group.bots() if "was removed" in words(one)]) == (0 if may else 1)
