"""What a message of the bot's in the group joins: the texts of a burst are one message there."""

from datetime import timedelta
from uuid import UUID

from accounts.actors import Actor
from accounts.errors import NotFound
from telegram_bot.models import CallState, MessageLink, OutgoingCall
from tickets.models import Message
from tickets.selectors.tickets import get_message_for

_AROUND = timedelta(minutes=5)  # the link is written with the end of its call; by that time the call is found


def list_joined(actor: Actor, link: MessageLink) -> list[Message]:
    """In their order, without what was removed; empty where it joins none, or is so old that the call is gone."""
    if link.message is not None:
        return []
    calls = OutgoingCall.objects.filter(
        bot_id=link.bot_id,
        queue=link.chat_id,
        state=CallState.SENT,
        finished_at__range=(link.created_at - _AROUND, link.created_at + _AROUND),
        result__message_id=link.telegram_message_id,
        params__has_key="@messages",
    )
    params = calls.values_list("params", flat=True).first() or {}
    found = [_find(actor, UUID(one)) for one in params.get("@messages", [])]
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
