"""Cuts a text into pieces that Telegram takes, at line ends and blanks where it can, and not within an entity.

Lengths and offsets are UTF-16 code units, as in Telegram's MessageEntity; a surrogate pair is never cut, nor
what is drawn as one sign.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import unescape
from typing import Any

TEXT_LIMIT = 4096  # of sendMessage (Bot API)
CAPTION_LIMIT = 1024
_TAG = re.compile(r"<[^>]*>")
_BLANKS = (0x20, 0x0A)
_JOINER = "\u200d"
_MODIFIERS = frozenset("\ufe0f\u20e3\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
_LONGEST_SIGN = 24
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
        end = _before_entity(units, entities, start, _find_end(units, start, room), limit)
        parts.append(TextPart(_decode(units, start, end), _entities_within(entities, start, end)))
        start = _skip_blanks(units, end)
    return parts


def _find_end(units: bytes, start: int, room: int) -> int:
    total = len(units) // 2
    if total - start <= room:
        return total
    end = _before_pair(units, start + room)
    if _unit(units, end) in _BLANKS:
        return end
    piece = _decode(units, start, end)
    shortest = room * _LONG_ENOUGH
    for mark in ("\n\n", "\n", " "):
        if (cut := _length(piece[: max(piece.rfind(mark), 0)])) >= shortest:
            return start + cut
    # better a short piece than a torn word
    last_blank = max(piece.rfind("\n"), piece.rfind(" "))
    return start + _length(piece[:last_blank]) if last_blank > 0 else start + _before_sign(piece, units, end)


def _before_pair(units: bytes, at: int) -> int:
    return at - 1 if 0xDC00 <= _unit(units, at) <= 0xDFFF else at  # the second half of a pair


def _before_sign(piece: str, units: bytes, end: int) -> int:
    """The length of a piece without blanks that does not end within a composed sign."""
    following = units[2 * end : 2 * end + 4].decode("utf-16-le", "ignore")[:1]
    at = len(piece)
    for _step in range(_LONGEST_SIGN):
        after = piece[at] if at < len(piece) else following
        if not (_continues(after) or (at and piece[at - 1] == _JOINER)):
            return _length(piece[:at]) or _length(piece)
        at -= 1
    return _length(piece)


def _continues(sign: str) -> bool:
    """It is drawn together with the sign before it."""
    return sign == _JOINER or (bool(sign) and (unicodedata.combining(sign) > 0 or sign in _MODIFIERS))


def _before_entity(units: bytes, entities: list[dict[str, Any]], start: int, end: int, limit: int) -> int:
    """An earlier end, where this one would cut an entity that the next piece can hold whole.

    An entity that begins within a word takes the whole word along. Where that is the piece's first, the entity is cut,
    except where a word is torn anyway.
    """
    is_torn = _before_word(units, start, end) == start and _unit(units, end) not in _BLANKS
    for _nested in entities:
        cuts = []
        for entity in entities:
            first, last = entity["offset"], entity["offset"] + entity["length"]
            if not start < first < end < last:
                continue
            cut = _before_word(units, start, first)
            if cut == start and is_torn:
                cut = _before_pair(units, first)
                cut = start + _before_sign(_decode(units, start, cut), units, cut)
            if cut > start and last - cut <= limit:
                cuts.append(cut)
        if not cuts:
            break
        end = min(cuts)
    return end


def _before_word(units: bytes, start: int, at: int) -> int:
    """Where the word begins that is cut here: here, where none is; the start, where the word began before it."""
    while at > start and _unit(units, at - 1) not in _BLANKS:
        at -= 1
    return at


def _skip_blanks(units: bytes, start: int) -> int:
    while start < len(units) // 2 and _unit(units, start) in _BLANKS:
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


def _length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _decode(units: bytes, start: int, end: int) -> str:
    return units[2 * start : 2 * end].decode("utf-16-le")


def without_formatting(params: dict[str, Any]) -> dict[str, Any]:
    """The same words with no entities: Telegram could not read them."""
    formatting = ("parse_mode", "entities", "caption_entities")
    plain = {name: value for name, value in params.items() if name not in formatting}
    if params.get("parse_mode") == "HTML":
        for name in ("text", "caption"):
            if name in plain:
                plain[name] = unescape(_TAG.sub("", plain[name]))
    return plain
