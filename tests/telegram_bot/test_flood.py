"""A flood is stored in full and answered once."""

import pytest
from pytest_django import Settings

from accounts import rate_limits
from accounts.models import User
from accounts.rate_limits import Limit
from tests.support.desk import a_ticket_of
from tests.support.inbox import Inbox
from tickets.models import Ticket


@pytest.fixture(autouse=True)
def _few_at_once(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setattr(rate_limits, "BOT_MESSAGES", Limit(name="bot_messages_test", burst=3, per_second=0.001))


def test_every_message_of_a_flood_is_kept_and_the_person_told_once(inbox: Inbox, vera: User) -> None:
    for number in range(8):
        inbox.says(vera, f"Hello {number}")
    assert Ticket.objects.get().messages.count() == 8
    assert sum("very fast" in text for text in inbox.told(vera)) == 1


def test_commands_and_buttons_of_a_flood_do_nothing(inbox: Inbox, vera: User) -> None:
    for _number in range(8):
        inbox.says(vera, "/help")
    inbox.presses(vera, "1:n")
    assert len(inbox.told(vera)) == 3 + 1
    assert [row.outcome for row in inbox.rows()] == ["answered"] * 3 + ["flood"] * 6
    assert len(inbox.owed(method="answerCallbackQuery")) == 1, "the button stops waiting all the same"


def test_words_behind_a_command_are_kept_in_a_flood_too(inbox: Inbox, vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    for person in (vera, anna):
        for _number in range(5):
            inbox.says(person, "/help")
    told = (len(inbox.told(vera)), len(inbox.told(anna)))
    inbox.says(vera, "/new The lift is stuck")
    inbox.says(anna, f"/note {ticket.number} Calls every week")
    assert Ticket.objects.filter(subject="The lift is stuck").exists()
    assert ticket.messages.get(internal=True).text == "Calls every week"
    answers = [text for text in inbox.told(vera)[told[0] :] if "#" not in text]
    assert (answers, len(inbox.told(anna))) == ([], told[1])


def test_of_files_too_large_for_a_bot_one_is_named_in_a_flood(inbox: Inbox, vera: User) -> None:
    for number in range(8):
        inbox.says(vera, document={"file_id": f"f{number}", "file_unique_id": f"u{number}", "file_size": 30 * 2**20})
    named = [text for text in inbox.told(vera) if "larger than 20 MB" in text]
    assert len(named) == 3 + 1, "each before it, then one"


def test_an_album_is_one_turn(inbox: Inbox, vera: User) -> None:
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 90, "height": 60}]
    for album in ("1", "2"):
        inbox.put(*(inbox.update(message=inbox.message(vera, photo=photo, media_group_id=album)) for _item in range(9)))
        inbox.work()
    inbox.says(vera, "Two albums")
    assert not any("very fast" in text for text in inbox.told(vera))
    inbox.says(vera, photo=photo, media_group_id="3")
    assert sum("very fast" in text for text in inbox.told(vera)) == 1
    assert [one.attachments.count() for one in Ticket.objects.get().messages.order_by("sequence")] == [9, 9, 0, 1]
