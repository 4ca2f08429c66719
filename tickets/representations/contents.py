"""What a message holds that is neither text nor file, in plain words: nothing that a customer sends looks empty."""

from collections.abc import Mapping
from typing import Any

from tickets.models import MessageKind

SAME_CHAT = "same_chat"  # a type of origin besides the Bot API's: what is answered stands in the chat itself
_MAP = "https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=17/{latitude}/{longitude}"


def describe_content(kind: str, content: Mapping[str, Any]) -> str:
    """The lines of a contact, a place, a poll; Telegram's name of what the desk does not know; else empty."""
    match kind:
        case MessageKind.CONTACT:
            name = _joined(" ", content.get("first_name"), content.get("last_name"))
            return _joined("\n", name, content.get("phone"))
        case MessageKind.LOCATION | MessageKind.VENUE if "latitude" in content:
            return _joined("\n", content.get("title"), content.get("address"), _MAP.format_map(content))
        case MessageKind.POLL:
            return _joined("\n", content.get("question"), *(f"• {option}" for option in content.get("options", [])))
        case MessageKind.DICE:
            return f"{content.get('emoji', '')} {content.get('value', '')}".strip()
        case MessageKind.STICKER:
            return str(content.get("emoji", ""))
        case MessageKind.UNSUPPORTED:
            return str(content.get("type", ""))
    return ""


def _joined(between: str, *parts: str | None) -> str:
    return between.join(part for part in parts if part)
