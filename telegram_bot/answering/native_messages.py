"""What has no file and Telegram shows as what it is: a contact, a place. Not a poll or a dice: a bot's own poll has no
votes of the other one, and its dice falls anew."""

from typing import Any

from tickets.models import Message, MessageKind

NATIVE_METHODS: dict[str, str] = {
    MessageKind.CONTACT: "sendContact",
    MessageKind.LOCATION: "sendLocation",
    MessageKind.VENUE: "sendVenue",
}


def native_fields(message: Message) -> dict[str, Any]:
    """Of the method of its kind, as Telegram takes them; a contact has to have a first name (Bot API, sendContact)."""
    content = message.content
    if message.kind == MessageKind.CONTACT:
        names = {name: content[name] for name in ("first_name", "last_name") if content.get(name)}
        phone = content.get("phone", "")
        return {"phone_number": phone, "first_name": names.get("last_name", phone), **names}
    fields = ("latitude", "longitude", "title", "address")
    return {name: content[name] for name in fields if name in content}
