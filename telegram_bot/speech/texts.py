"""What the bot says: `templates/telegram/*.html`, in the language that is active, as Telegram's HTML.

Telegram takes few tags and keeps every line break (Bot API, "HTML style"); Django's escaping suits it.
"""

import re
from html import unescape
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import escape, strip_tags

from accounts.text_cleaning import utf16_length

TEXT_LIMIT = 4096  # UTF-16 code units (Bot API, sendMessage)

_EMPTY_LINES = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")


def shorten(text: str, length: int) -> str:
    """At most `length` characters, of which the last says that there is more."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def render(name: str, /, **context: Any) -> str:
    """The template's text without the blanks that its tags leave behind, cut where it is too long for Telegram."""
    lines = render_to_string(f"telegram/{name}.html", context).strip().split("\n")
    text = _EMPTY_LINES.sub("\n\n", "\n".join(line.strip() for line in lines))
    return text if utf16_length(text) <= TEXT_LIMIT else _cut(text)


def _cut(html: str) -> str:
    """The lines that Telegram takes, and "…" for the others. A tag that opens in one line and ends in another, or a
    single line without end, leaves no marks at all."""
    kept = html
    while utf16_length(kept) > TEXT_LIMIT - 2 and "\n" in kept:
        kept = kept.rpartition("\n")[0]
    opened, closed = (len(re.findall(pattern, kept)) for pattern in (r"<[a-z]", r"</"))
    if utf16_length(kept) > TEXT_LIMIT - 2 or opened != closed:
        return escape(shorten(unescape(strip_tags(html)), TEXT_LIMIT // 2))  # of two units each at most, once parsed
    return f"{kept}\n…"
