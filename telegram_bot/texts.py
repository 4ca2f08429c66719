"""What the bot says: `templates/telegram/*.html`, in the language that is active, as Telegram's HTML.

Telegram takes few tags and keeps every line break (Bot API, "HTML style"); Django's escaping suits it.
"""

import re
from typing import Any

from django.template.loader import render_to_string

from accounts.text_cleaning import utf16_length

TEXT_LIMIT = 4096  # UTF-16 code units (Bot API, sendMessage)

_EMPTY_LINES = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")


def shorten(text: str, length: int) -> str:
    """At most `length` characters, of which the last says that there is more."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def render(name: str, /, **context: Any) -> str:
    """The template's text without the blanks that its tags leave behind."""
    lines = render_to_string(f"telegram/{name}.html", context).strip().split("\n")
    text = _EMPTY_LINES.sub("\n\n", "\n".join(line.strip() for line in lines))
    if utf16_length(text) > TEXT_LIMIT:
        raise ValueError(f"telegram/{name}.html gives a text that is too long for Telegram")
    return text
