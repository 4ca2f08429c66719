"""Reacting to a message with a sign: one a person, as Telegram shows a bot's."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, Source
from accounts.errors import InvalidInput, PermissionDenied
from tickets.errors import NoReactionsHere, NotEditable
from tickets.events.catalogue import MessageReacted
from tickets.events.recording import record_event
from tickets.models import Message
from tickets.reactions import find_reaction
from tickets.selectors.tickets import get_message_for, get_ticket_for

_NO_SUCH_SIGN = _("Telegram has no such reaction.")
_LONGEST_SIGN = 32  # letters, of a kind that Telegram adds later


@transaction.atomic
def react_to_message(*, actor: Actor, message_id: UUID, emoji: str | None) -> Message:
    """Give one's reaction, put another in its place, or take it back (None). The same again changes nothing.

    It neither reopens a ticket nor changes who waits. What a customer gave in Telegram is kept also where the desk does
    not know the sign. Raises NotFound, PermissionDenied, NotEditable (removed), InvalidInput (a sign that Telegram does
    not take), NoReactionsHere.
    """
    if actor.user_id is None:
        raise PermissionDenied
    ticket = get_ticket_for(actor, get_message_for(actor, message_id).ticket_id, lock=True)
    message = get_message_for(actor, message_id)
    if message.deleted_at is not None:
        raise NotEditable
    side = "customer" if actor.user_id == ticket.customer_id else "staff"
    sign = find_reaction(emoji) if emoji is not None else None
    if emoji is not None and sign is None:
        if side == "staff" or actor.source != Source.TELEGRAM:
            in_chat = actor.source == Source.TELEGRAM
            text = _("The customer would not see this sign: choose another.") if in_chat else _NO_SUCH_SIGN
            raise InvalidInput.of("emoji", text)
        sign = emoji[:_LONGEST_SIGN]
    if sign and side == "staff" and ticket.source == Source.BUSINESS and not message.internal:
        # setMessageReaction takes no business_connection_id (Bot API)
        raise NoReactionsHere
    person = str(actor.user_id)
    former = next((one["emoji"] for one in message.reactions if one["person"] == person), None)
    if former == sign:
        return message
    others = [one for one in message.reactions if one["person"] != person]
    message.reactions = [*others, {"emoji": sign, "person": person, "side": side}] if sign else others
    message.save(update_fields=["reactions"])
    record_event(ticket, actor, MessageReacted(message=message.pk, old=former, new=sign), message=message)
    return message
