"""What the stories of the whole bot over HTTP have in common."""

from typing import Any

import pytest

from telegram_bot import pace
from telegram_bot.models import OutgoingCall, Update
from tickets.models import EventDelivery

JSON = dict[str, Any]
PATIENCE = 60.0  # seconds


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tested is not how long a minute is."""
    for name in ("GROUP_RATE", "GROUP_BURST", "CHAT_RATE", "CHAT_BURST"):
        monkeypatch.setattr(pace, name, 100.0)


def words(message: JSON) -> str:
    return str(message.get("text") or message.get("caption") or "")


def settled() -> bool:
    """Everything that came is handled, and everything owed is done."""
    return not (
        Update.objects.filter(state="received").exists()
        or EventDelivery.objects.filter(state="pending", subscriber__in=("telegram", "staff_group")).exists()
        or OutgoingCall.objects.filter(state__in=("pending", "sending")).exists()
    )
