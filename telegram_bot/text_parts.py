"""Cuts a text into pieces that Telegram takes, at line ends and blanks where it can.

Lengths and offsets are UTF-16 code units, as in Telegram's MessageEntity; a surrogate pair is never cut.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

TEXT_LIMIT = 4096
_LONG_ENOUGH = 0.6  # a piece is not made shorter than this part of the limit for the sake of a nicer end


@dataclass(frozen=True)
class TextPart:
    text: str
    entities: list[dict[str, Any]] = field(default_factory=list)


def split_text(
    text: str, entities: Iterable[dict[str, Any]] = (), *, limit: int = TEXT_LIMIT, first_limit: int | None = None
) -> list[TextPart]:
    """At least one piece, unless the text is empty. first_limit: of the first piece, where it carries more."""
    units = text.encode("utf-16-le")
    parts: list[TextPart] = []
    entities = list(entities)
    start, end_of_all = 0, len(units) // 2
    while start < end_of_all:
        room = first_limit if first_limit is not None and not parts else limit
        end = _find_end(units, start, room)
        parts.append(TextPart(_decode(units, start, end), _entities_within(entities, start, end)))
        start = _skip_blanks(units, end)
    return parts


def _find_end(units: bytes, start: int, room: int) -> int:
    total = len(units) // 2
    if total - start <= room:
        return total
    end = start + room
    if 0xDC00 <= _unit(units, end) <= 0xDFFF:  # the second half of a pair
        end -= 1
    piece = _decode(units, start, end)
    for mark in ("\n\n", "\n", " "):
        at = piece.rfind(mark)
        if at > 0:
            cut = len(piece[:at].encode("utf-16-le")) // 2
            if cut >= room * _LONG_ENOUGH:
                return start + cut
    return end


def _skip_blanks(units: bytes, start: int) -> int:
    while start < len(units) // 2 and _unit(units, start) in (0x20, 0x0A):
        start += 1
    return start


def _entities_within(entities: list[dict[str, Any]], start: int, end: int) -> list[dict[str, Any]]:
    """The entities of this piece; one that reaches over its edge is cut in two."""
    found = []
    for entity in entities:
        first = max(entity["offset"], start)
        last = min(entity["offset"] + entity["length"], end)
        if first < last:
            found.append({**entity, "offset": first - start, "length": last - first})
    return found


def _unit(units: bytes, at: int) -> int:
    return int.from_bytes(units[2 * at : 2 * at + 2], "little")


def _decode(units: bytes, start: int, end: int) -> str:
    return units[2 * start : 2 * end].decode("utf-16-le")
