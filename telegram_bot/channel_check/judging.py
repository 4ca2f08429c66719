"""What all checks have in common."""

from collections.abc import Callable
from typing import Any

from telegram_bot.channel_check.facts import Facts, TelegramFacts
from telegram_bot.channel_check.findings import Finding, Level

Check = Callable[[Facts], Finding | None]


def find(code: str, is_right: bool, *, otherwise: Level = Level.FAULT, **values: Any) -> Finding:
    return Finding(code=code, level=Level.RIGHT if is_right else otherwise, values=values)


def answering(facts: Facts) -> TelegramFacts | None:
    """What Telegram said, where it said anything."""
    return facts.telegram if facts.telegram is not None and not facts.telegram.refusal else None
