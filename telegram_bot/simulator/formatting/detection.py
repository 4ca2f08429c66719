"""Entities that Telegram finds by itself: links, mentions, commands and the like."""

import re

from telegram_bot.simulator.database import JSON
from telegram_bot.simulator.formatting.text import Formatted, sorted_entities, utf16_length

_PATTERNS = {
    "url": re.compile(
        r"(?<![\w@./-])(?:(?:https?|tg|ftp)://[^\s<>\"«»]+|(?:[\w-]+\.)+(?:com|org|net|ru|io|me|dev|рф)(?:/[^\s<>\"«»]*)?\b)",
        re.IGNORECASE,
    ),
    "email": re.compile(r"(?<![\w.+-])[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,}", re.IGNORECASE),
    "bot_command": re.compile(r"(?<![\w/<>])/[a-zA-Z0-9_]{1,64}(?:@\w{3,32})?(?![\w/<>])"),
    "mention": re.compile(r"(?<![\w`@/])@[a-zA-Z0-9_]{3,32}(?!\w)"),
    "hashtag": re.compile(r"(?<![\w#])#\w*[^\W\d_]\w*"),
    "phone_number": re.compile(r"(?<![\w+])\+\d[\d ()-]{8,17}\d(?!\w)"),
}
# Found entities do not go into these.
_CLOSED = {"code", "pre", "text_link", "text_mention"}


def with_found_entities(formatted: Formatted) -> Formatted:
    """The text with found entities beside the given ones; the earlier kind wins where two overlap."""
    taken = [_span(entity) for entity in formatted.entities if entity["type"] in _CLOSED]
    found: list[JSON] = []
    for kind, pattern in _PATTERNS.items():
        for match in pattern.finditer(formatted.text):
            text = match.group().rstrip(".,:;!?)'") if kind == "url" else match.group()
            offset = utf16_length(formatted.text[: match.start()])
            entity = {"offset": offset, "length": utf16_length(text), "type": kind}
            if all(_span(entity)[1] <= start or offset >= end for start, end in taken):
                taken.append(_span(entity))
                found.append(entity)
    return Formatted(formatted.text, sorted_entities([*formatted.entities, *found]))


def _span(entity: JSON) -> tuple[int, int]:
    return entity["offset"], entity["offset"] + entity["length"]
