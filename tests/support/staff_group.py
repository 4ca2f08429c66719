"""The desk with a group of its staff, without a Telegram: what the group is owed are rows."""

import pytest
from pytest_django import Settings

from telegram_bot.identity import current_bot_id
from telegram_bot.models import StaffTopic
from telegram_bot.staff_group.subscriber import STAFF_GROUP
from tickets.events import subscribers
from tickets.models import Ticket

GROUP = -1_001_000_000_001
OTHER_GROUP = -1_001_000_000_009


def use_group(settings: Settings, monkeypatch: pytest.MonkeyPatch, chat_id: int = GROUP) -> None:
    """What happens in tickets is owed to this group, in English."""
    settings.TELEGRAM_STAFF_CHAT_ID, settings.LANGUAGE_CODE = chat_id, "en"
    monkeypatch.setitem(subscribers._subscribers, STAFF_GROUP.name, STAFF_GROUP)


def a_topic_of(ticket: Ticket, thread: int) -> StaffTopic:
    """The ticket has its topic in the group, and in it its card, the message behind the topic's first."""
    place = {"chat_id": GROUP, "thread_id": thread, "card_message_id": thread + 1}
    return StaffTopic.objects.create(bot_id=current_bot_id(), ticket=ticket.pk, **place)
