"""What the stories of the staff's group over HTTP have in common."""

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import Language, Role, User
from tests.support.bot_story import ANNA, JSON, wait_until, words
from tests.support.simulator import Simulator
from tests.support.staff_group import use_group
from tests.support.validator import find_invalid_calls

FORUM = -1_000_000_001_077
BORIS = 2002


def telegram_with_forum(
    telegram: Simulator, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Simulator]:
    """With a forum of the staff, which Anna made; both she and Boris are agents."""
    settings.TELEGRAM_API_URL, settings.TELEGRAM_BOT_TOKEN = telegram.url, telegram.token
    settings.TELEGRAM_MODE, settings.PUBLIC_URL = "polling", "https://desk.example.com"
    use_group(settings, monkeypatch, FORUM)
    for name, number in (("Anna", ANNA), ("Boris", BORIS)):
        User.objects.create(first_name=name, role=Role.AGENT, telegram_id=number, language=Language.ENGLISH)
    telegram.reset()
    telegram.create_chat(FORUM, title="Staff", is_forum=True, members=[ANNA, BORIS])
    yield telegram
    problems = find_invalid_calls(telegram)
    assert not problems, problems


class Group:
    """What stands in the group, and what agents do there."""

    def __init__(self, telegram: Simulator, chat_id: int = FORUM) -> None:
        self.telegram = telegram
        self.chat_id = chat_id

    def bots(self) -> list[JSON]:
        """What the bot wrote, besides what Telegram says of topics."""
        messages = self.telegram.from_bot(ANNA, chat_id=self.chat_id)
        return [message for message in messages if not any(name.startswith("forum_") for name in message)]

    def wait_for(self, text: str) -> JSON:
        """The first that has these words and is no card."""

        def look() -> list[JSON]:
            return [one for one in self.bots() if text in words(one) and "reply_markup" not in one]

        return wait_until(look, what=f"{text} in the group")[0]

    def card(self) -> JSON:
        return next(one for one in reversed(self.bots()) if "reply_markup" in one)

    def says(self, text: str, thread: int = 0, who: int = ANNA, **more: Any) -> JSON:
        return self.telegram.say(who, text, chat_id=self.chat_id, thread_id=thread, **more)

    def changes(self, action: str, thread: int) -> None:
        self.telegram.change_topic(ANNA, action, thread, chat_id=self.chat_id)
