"""A person's reaction to a message in their chat (Telegram's `message_reaction`)."""

import telegram

from accounts.errors import HelpDeskError
from telegram_bot.incoming import Incoming, Outcome
from telegram_bot.models import MessageLink
from tickets.errors import NoReactionsHere
from tickets.reactions import find_reaction
from tickets.services.reactions import react_to_message


def receive_reaction(incoming: Incoming, change: telegram.MessageReactionUpdated) -> Outcome:
    """To a message of a ticket; to the bot's own words nobody needs to see one. Nothing is answered to it.

    Raises NoReactionsHere: the customer would not see it, which its agent must know.
    """
    link = MessageLink.objects.filter(
        bot_id=incoming.row.bot_id, chat_id=incoming.chat_id, telegram_message_id=change.message_id
    ).first()
    if link is None or link.message is None:
        return Outcome.IGNORED
    try:
        react_to_message(actor=incoming.actor, message_id=link.message, emoji=_sign_of(change))
    except NoReactionsHere:
        raise
    except HelpDeskError:  # gone meanwhile, or no longer theirs to see
        return Outcome.IGNORED
    return Outcome.REACTED


def _sign_of(change: telegram.MessageReactionUpdated) -> str | None:
    """The newest that the desk can show: Premium's own pictures are none."""
    signs = [find_reaction(one.emoji) for one in change.new_reaction if isinstance(one, telegram.ReactionTypeEmoji)]
    return next((sign for sign in reversed(signs) if sign), None)
