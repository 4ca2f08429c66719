"""An album: one message with several files, each in its place and with its own caption.

Telegram sends its items one by one and marks no last. What each brought is kept in the message's `content`, so that
the text is made anew, in order, whenever an item joins late or a caption changes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from accounts.text_cleaning import utf16_length
from tickets.models import Attachment, Message


@dataclass(frozen=True, kw_only=True)
class AlbumItem:
    """place: a number that orders the items, as the channel counts them. entities: offsets within this caption."""

    place: int
    attachment: UUID
    text: str = ""
    entities: Sequence[dict[str, Any]] = ()


def album_content(items: Iterable[AlbumItem]) -> dict[str, Any]:
    """What a message's `content` holds of them."""
    return {
        "items": [
            {
                "place": item.place,
                "attachment": str(item.attachment),
                "text": item.text,
                "entities": list(item.entities),
            }
            for item in items
        ]
    }


def items_of(message: Message) -> list[AlbumItem]:
    """In order; none where the message is no album."""
    return [
        AlbumItem(
            place=item["place"], attachment=UUID(item["attachment"]), text=item["text"], entities=item["entities"]
        )
        for item in message.content.get("items", [])
    ]


def store_items(message: Message, items: Iterable[AlbumItem]) -> None:
    """Into the message's `content`; saving it is the caller's."""
    message.content = {**message.content, **album_content(items)}


def join_captions(items: Iterable[AlbumItem]) -> tuple[str, list[dict[str, Any]]]:
    """The captions below one another, and their formatting where it stands now."""
    text, entities = "", list[dict[str, Any]]()
    for item in items:
        if not item.text:
            continue
        text += "\n" if text else ""
        start = utf16_length(text)
        entities += [{**entity, "offset": entity["offset"] + start} for entity in item.entities]
        text += item.text
    return text, entities


def order_attachments(message: Message, order: Sequence[UUID]) -> None:
    files = list(Attachment.objects.filter(message=message))
    for file in files:
        file.position = order.index(file.pk)
    Attachment.objects.bulk_update(files, ["position"])
