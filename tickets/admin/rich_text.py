"""A text with Telegram's entities as HTML: every character appears once, escaped, and nothing of it becomes markup.

Offsets and lengths are UTF-16 code units (Bot API, MessageEntity). The Mini App draws the same in ui/rich-text.js.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

_TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
}
_OPENED = re.compile(r"(https?|mailto|tel|tg):", re.IGNORECASE)  # what a link may lead to
_SCHEME = re.compile(r"[a-z][\w+.-]*:", re.IGNORECASE)

Entity = Mapping[str, Any]


def render_rich_text(text: str, entities: Iterable[Entity]) -> SafeString:
    """Line breaks become `<br>`. An entity that leaves the one it began in ends with it."""
    units = text.encode("utf-16-le")
    end = len(units) // 2
    sound = [one for one in (_fitted(entity, units, end) for entity in entities) if one["length"] > 0]
    # what begins first is outside; of two that begin together, the longer
    sound.sort(key=lambda one: (one["offset"], -one["length"]))
    return _build(units, sound, 0, end)


def _fitted(entity: Entity, units: bytes, end: int) -> dict[str, Any]:
    """Within the text, and never through the middle of a character."""
    first, last = (_edge(units, max(0, min(end, at))) for at in (entity["offset"], entity["offset"] + entity["length"]))
    return {**entity, "offset": first, "length": last - first}


def _edge(units: bytes, at: int) -> int:
    return at - 1 if 0xDC00 <= int.from_bytes(units[2 * at : 2 * at + 2], "little") <= 0xDFFF else at


def _build(units: bytes, entities: Sequence[Entity], begin: int, end: int) -> SafeString:
    parts: list[str] = []
    at = begin
    for index, entity in enumerate(entities):
        if not at <= entity["offset"] < end:
            continue
        stop = min(end, entity["offset"] + entity["length"])
        inner = [one for one in entities[index + 1 :] if one["offset"] < stop]
        parts.append(_plain(units, at, entity["offset"]))
        parts.append(
            _element(entity, _raw(units, entity["offset"], stop), _build(units, inner, entity["offset"], stop))
        )
        at = stop
    parts.append(_plain(units, at, end))
    return mark_safe("".join(parts))  # noqa: S308 - each part is escaped or made by format_html


def _raw(units: bytes, begin: int, end: int) -> str:
    return units[2 * begin : 2 * end].decode("utf-16-le")


def _plain(units: bytes, begin: int, end: int) -> str:
    return escape(_raw(units, begin, end)).replace("\n", "<br>")


def _element(entity: Entity, raw: str, inside: SafeString) -> str:
    kind = entity["type"]
    if (address := _address(entity, raw)) is not None:
        return _link(address, inside)
    if kind == "spoiler":
        return format_html('<span class="spoiler" tabindex="0" title="{}">{}</span>', _("Hidden text"), inside)
    tag = _TAGS.get(kind)
    return format_html("<{0}>{1}</{0}>", mark_safe(tag), inside) if tag else inside  # noqa: S308 - one of _TAGS


def _address(entity: Entity, raw: str) -> str | None:
    """Where a click leads; None: it is no link."""
    match entity["type"]:
        case "text_link":
            return str(entity.get("url", ""))
        case "url":
            return raw if _SCHEME.match(raw) else f"https://{raw}"
        case "email":
            return f"mailto:{raw}"
        case "mention":
            return f"https://t.me/{raw.removeprefix('@')}"
        case "phone_number":
            return f"tel:{re.sub(r'[^0-9+]', '', raw)}"
    return None


def _link(address: str, inside: SafeString) -> str:
    if not _OPENED.match(address):
        return inside
    return format_html('<a href="{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>', address, inside)
