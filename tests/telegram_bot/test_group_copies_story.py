"""What customers send comes into the staff's group whole, whatever Telegram does with its copies, over HTTP."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from telegram_bot.delivery import recording
from telegram_bot.models import MessageLink, OutgoingCall
from tests.support.bot_story import ANNA, JSON, OLIVER, hurry, rest, settled, story_marks, wait_until, words
from tests.support.bot_thread import bot_in_thread
from tests.support.group_story import FORUM, Group, telegram_with_forum
from tests.support.shop import let_in
from tests.support.simulator import Simulator
from tickets.models import Ticket

pytestmark = story_marks


@pytest.fixture
def telegram(one_telegram: Simulator, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    hurry(monkeypatch)
    yield from telegram_with_forum(one_telegram, settings, monkeypatch)


@pytest.fixture
def group(telegram: Simulator) -> Iterator[Group]:
    """Oliver has written, and his ticket is a topic."""
    group = Group(telegram)
    with bot_in_thread():
        telegram.say(OLIVER, "The printer is on fire")
        group.wait_for("is on fire")
        wait_until(settled, what="peace")
        yield group
        wait_until(settled, what="peace")


def send_album(telegram: Simulator, count: int, *, lost: int) -> list[JSON]:
    """As an album whose copies have to wait until one of its items is gone."""
    fault = telegram.set_fault("too_many_requests", methods=["copyMessages"], retry_after=1)
    items = telegram.send_album(OLIVER, count, caption="Item 0")

    def tried() -> list[JSON]:
        return [one for one in telegram.calls("copyMessages") if len(numbers_in(one)) == count]

    wait_until(tried, what="the copies")
    telegram.delete(OLIVER, items[lost]["message_id"])
    telegram.clear_faults(fault)
    return items


def numbers_in(call: JSON) -> list[int]:
    given = call["params"]["message_ids"]
    return list(json.loads(given) if isinstance(given, str) else given)


def photos(group: Group) -> list[JSON]:
    return [one for one in group.bots() if "photo" in one]


def test_which_item_of_an_album_telegram_skipped_is_found_out(telegram: Simulator, group: Group) -> None:
    """It gives fewer numbers than it was asked for, and does not say which are missing."""
    items = send_album(telegram, 3, lost=1)
    told = group.wait_for("[Photo]")
    wait_until(settled, what="peace")
    first, third = photos(group)
    assert words(first) == "Item 0"
    assert first["message_id"] < told["message_id"] < third["message_id"], "in their order, and no copy besides"
    telegram.edit(OLIVER, items[2]["message_id"], "Item 2")
    wait_until(lambda: [words(one) for one in photos(group)] == ["Item 0", "Item 2"], what="the edit at its own copy")
    group.says("I see it", first["message_thread_id"], reply_to=third["message_id"])
    answer = telegram.wait_for_answer(OLIVER, "I see it")
    assert answer["reply_to_message"]["message_id"] == items[0]["message_id"], "the album's first stands for it"
    links = MessageLink.objects.filter(chat_id=FORUM).exclude(message=None).order_by("telegram_message_id")
    parts = dict(links.values_list("telegram_message_id", "part"))
    assert [parts[one["message_id"]] for one in (first, told, third)] == [0, 1, 2]


def test_copies_that_stay_there_belong_to_their_ticket_and_to_no_message(telegram: Simulator, group: Group) -> None:
    telegram.set_fault("error", methods=["deleteMessages"], description="Bad Request: message can't be deleted")
    telegram.set_fault("server_error", methods=["copyMessage"], times=1)
    send_album(telegram, 3, lost=0)
    group.wait_for("[Photo]")
    wait_until(settled, what="peace")
    assert len(photos(group)) == 4
    links = MessageLink.objects.filter(chat_id=FORUM).order_by("telegram_message_id")
    known = links.filter(telegram_message_id__in=[one["message_id"] for one in photos(group)])
    assert [(link.message is None, link.part) for link in known] == [(True, 0), (True, 0), (False, 1), (False, 2)]
    assert {link.ticket for link in known} == {Ticket.objects.get().pk}


def test_a_copy_that_is_given_up_is_told_in_words(
    telegram: Simulator, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "TRIES", 2)  # what is tested is not how long they take
    telegram.set_fault("server_error", methods=["copyMessage"])
    telegram.send_photo(OLIVER, caption="Look at this")
    wait_until(lambda: telegram.calls("copyMessage"), what="the first try")
    telegram.say(OLIVER, "/help")  # what Telegram answers to shows that the fault is the copy's own
    told = group.wait_for("Look at this")
    assert words(told) == "👤 Oliver Bennett\n[Photo]\nLook at this"
    wait_until(settled, what="peace")
    assert not OutgoingCall.objects.filter(state="failed").exists()
    assert OutgoingCall.objects.get(method="copyMessage").ambiguous, "perhaps it is there all the same"
    telegram.clear_faults()
    group.says("We see it", told["message_thread_id"], reply_to=told["message_id"])
    assert telegram.wait_for_answer(OLIVER, "We see it")["reply_to_message"]["caption"] == "Look at this"


def test_an_item_that_is_given_up_holds_up_no_other(
    telegram: Simulator, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "TRIES", 2)
    telegram.set_fault("server_error", methods=["copyMessage"], times=2)
    telegram.set_fault("server_error", methods=["deleteMessages"], times=2)
    send_album(telegram, 4, lost=1)
    wait_until(lambda: len(photos(group)) == 5, what="the last item")
    told = [one for one in group.bots() if "[Photo]" in words(one)]
    wait_until(settled, what="peace")
    assert [words(one).split("\n", 2)[2:] for one in told] == [["Item 0"], []], "the first and the lost one"


def test_what_is_said_below_is_marked_where_it_may_stand_there_twice(telegram: Simulator, group: Group) -> None:
    photo = telegram.send_photo(OLIVER, caption="before")
    copied = group.wait_for("before")
    wait_until(settled, what="peace")
    telegram.delete(ANNA, copied["message_id"], chat_id=FORUM)
    telegram.set_fault("drop_after", methods=["sendMessage"], chat_id=FORUM, times=1)
    telegram.edit(OLIVER, photo["message_id"], "after")
    wait_until(lambda: len([one for one in group.bots() if "after" in words(one)]) == 2, what="it twice")
    wait_until(settled, what="peace")
    assert OutgoingCall.objects.get(method="editMessageCaption").ambiguous


def test_a_caption_that_is_taken_away_goes_from_its_copy_too(telegram: Simulator, group: Group) -> None:
    telegram.set_abilities(can_connect_to_business=True)
    telegram.create_user(9000, first_name="The Shop")
    let_in()
    telegram.connect_business("conn-1", 9000, is_enabled=True, can_reply=True)
    photo = telegram.send_photo(OLIVER, caption="one")
    album = telegram.send_album(OLIVER, 2, caption="two")
    wait_until(lambda: len(photos(group)) == 3, what="the copies")
    content = {"photo": photo["photo"], "caption": "three"}
    sold = telegram.write_to_business(OLIVER, "conn-1", "", content=content)
    group.wait_for("three")
    below = telegram.send_photo(OLIVER, caption="four")
    copied = group.wait_for("four")
    wait_until(settled, what="peace")
    telegram.delete(ANNA, copied["message_id"], chat_id=FORUM)
    for message in (photo, album[0], below):
        telegram.edit(OLIVER, message["message_id"], "")
    telegram.edit_in_business(OLIVER, sold["message_id"], "")
    edited = group.wait_for("Edited")
    rest(telegram)
    assert [words(one) for one in photos(group)] == ["", "", "", "👤 Oliver Bennett"]
    assert words(edited) == "✏️ Edited:\n\n👤 Oliver Bennett\n(no words any more)"


def test_contacts_and_places_of_the_companys_own_account_come_as_what_they_are(
    telegram: Simulator, group: Group
) -> None:
    telegram.set_abilities(can_connect_to_business=True)
    telegram.create_user(9000, first_name="The Shop")
    let_in()
    telegram.connect_business("conn-1", 9000, is_enabled=True, can_reply=True)
    place = {"latitude": 55.75, "longitude": 37.62}
    contact = {"phone_number": "+79990000000", "first_name": "Ann", "last_name": "Lee"}
    venue = {"location": place, "title": "The Bar", "address": "Main Street 1"}
    poll = {
        "id": "1", "question": "Tea?", "options": [{"text": "Yes", "voter_count": 0, "persistent_id": "1"}],
        "total_voter_count": 0, "is_closed": False, "is_anonymous": True, "type": "regular",
        "allows_multiple_answers": False, "allows_revoting": False, "members_only": False,
    }  # fmt: skip

    def write(content: JSON, **more: Any) -> JSON:
        return telegram.write_to_business(OLIVER, "conn-1", "", content=content, **more)

    def shown() -> list[JSON]:
        return [one for one in group.bots() if {"contact", "location", "venue"} & one.keys()]

    write({"contact": contact})
    write({"location": place})
    write({"venue": venue, "location": place})
    write({"poll": poll})
    assert "Tea?" in words(group.wait_for("[Poll]")), "a poll of the bot's own would be another one"
    person, point, bar = shown()
    assert {**person["contact"], "phone_number": "+" + person["contact"]["phone_number"].lstrip("+")} == contact
    assert (point["location"], bar["venue"]) == (place, venue)
    wait_until(settled, what="peace")
    group.says("I know her", person["message_thread_id"], reply_to=person["message_id"])
    wait_until(lambda: words(telegram.business_transcript(OLIVER)[-1]) == "I know her", what="the answer")
    assert telegram.business_transcript(OLIVER)[-1]["reply_to_message"]["contact"] == contact
    telegram.set_fault("error", methods=["sendVenue"], description="Bad Request: VENUE_INVALID")
    write({"venue": venue, "location": place})
    assert "The Bar" in words(group.wait_for("[Place]"))
    write({"contact": contact}, by_owner=True)
    assert words(group.wait_for("[Contact]")).startswith("💬 The desk"), "whose it is has to be said"
    assert len(shown()) == 3
