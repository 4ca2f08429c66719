"""The words below the files of an album whose items have captions of their own (`@captions`).

They are read when the call is sent or made, by the file: an item is found by the file that it holds now.
"""

from typing import Any
from uuid import UUID

from accounts.text_cleaning import utf16_length
from telegram_bot.answering.text_parts import CAPTION_LIMIT, TextPart, split_text
from tickets.models import Message
from tickets.services.albums import items_of


def has_own_captions(message: Message, header: str) -> bool:
    """Whether it is an album each of whose captions fits below its file, the first below the header too."""
    items, room = items_of(message), CAPTION_LIMIT - utf16_length(f"{header}\n")
    return bool(items) and all(utf16_length(item.text) <= room for item in items)


def own_caption(message: Message, attachment: UUID, header: str) -> list[TextPart]:
    """The caption of this file, and what does not fit into it; nothing where there are no words."""
    item = next((item for item in items_of(message) if item.attachment == attachment), None)
    if item is None or not item.text:
        return [TextPart(header)] if header else []
    head = utf16_length(f"{header}\n") if header else 0
    first, *rest = split_text(item.text, item.entities, first_limit=CAPTION_LIMIT - head)
    return [put_below(header, first), *rest]


def put_below(header: str, part: TextPart) -> TextPart:
    """The piece with a line above it."""
    if not header:
        return part
    length = utf16_length(f"{header}\n")
    return TextPart(f"{header}\n{part.text}", [{**one, "offset": one["offset"] + length} for one in part.entities])


def caption_fields(part: TextPart, *, plain: bool) -> dict[str, Any]:
    """As Telegram takes them, of a call or of one item of an album."""
    entities = {"caption_entities": part.entities} if part.entities and not plain else {}
    return {"caption": part.text, **entities}
