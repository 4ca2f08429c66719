"""A text with entities, cleaned and trimmed as Telegram does before anything else looks at it."""

import re
from dataclasses import dataclass, field

from telegram_bot.simulator.database import JSON

# Control characters become spaces, carriage returns go, and so do the marks that turn the writing direction.
_CONTROL = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f]")
_DROPPED = re.compile("[\r\u2028-\u202e]")


@dataclass
class Formatted:
    """Entities carry `offset` and `length` in UTF-16 code units."""

    text: str
    entities: list[JSON] = field(default_factory=list)


def utf16_length(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def byte_offset(text: str, position: int) -> int:
    """Where a character begins in UTF-8, as error texts of Telegram say it."""
    return len(text[:position].encode("utf-8", "surrogatepass"))


def clean(text: str) -> str:
    return _CONTROL.sub(" ", _DROPPED.sub("", text))


def trimmed(formatted: Formatted) -> Formatted:
    """Without white space at both ends; at the beginning only up to the first entity."""
    text = formatted.text.rstrip(" \n\t\u00a0")
    first = min((entity["offset"] for entity in formatted.entities), default=len(text))
    start = 0
    while start < min(len(text), first) and text[start] in " \n":
        start += 1
    text = text[start:]
    length = utf16_length(text)
    entities = []
    for entity in formatted.entities:
        offset = entity["offset"] - start
        kept = min(entity["length"], length - offset)
        if kept > 0:
            entities.append({**entity, "offset": offset, "length": kept})
    return Formatted(text, entities)


def sorted_entities(entities: list[JSON]) -> list[JSON]:
    return sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))
