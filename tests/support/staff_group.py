"""The desk with a group of its staff, without a Telegram: what the group is owed are rows."""

import pytest
from pytest_django import Settings

from telegram_bot.staff_group.subscriber import STAFF_GROUP
from tickets.events import subscribers

GROUP = -1_001_000_000_001
OTHER_GROUP = -1_001_000_000_009


def use_group(settings: Settings, monkeypatch: pytest.MonkeyPatch, chat_id: int = GROUP) -> None:
    """What happens in tickets is owed to this group, in English."""
    settings.TELEGRAM_STAFF_CHAT_ID, settings.LANGUAGE_CODE = chat_id, "en"
    monkeypatch.setitem(subscribers._subscribers, STAFF_GROUP.name, STAFF_GROUP)
