"""What a message of the bot's in the group joins: the texts of a burst are one message there."""

from uuid import UUID

from accounts.actors import Actor
from accounts.errors import NotFound
from telegram_bot.models import MessageLink
from tickets.models import Message
from tickets.selectors.tickets import get_message_for


def list_joined(actor: Actor, link: MessageLink) -> list[Message]:
    """In their order, without what was removed; empty where it joins none."""
    found = [_find(actor, UUID(one)) for one in link.joined or []]
    return [message for message in found if message is not None and message.deleted_at is None]


def _find(actor: Actor, message_id: UUID) -> Message | None:
    try:
        return get_message_for(actor, message_id)
    except NotFound:
        return None


def find_meant(actor: Actor, link: MessageLink, quote: str) -> Message | None:
    """Of what the message joins that which holds the quoted words; else the last that the customer may see."""
    joined = list_joined(actor, link)
    quoted = next((message for message in joined if quote and quote in message.text), None)
    return quoted or next((message for message in reversed(joined) if not message.internal), None)
