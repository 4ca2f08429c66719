"""A flood is stored in full and answered once."""

import pytest
from pytest_django import Settings

from accounts import rate_limits
from accounts.models import User
from accounts.rate_limits import Limit
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
