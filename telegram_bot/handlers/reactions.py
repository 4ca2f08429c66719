"""A person's reaction to a message in their chat (Telegram's `message_reaction`)."""

import telegram
from django.utils.translation import gettext_lazy as _

from accounts.errors import HelpDeskError, InvalidInput
from accounts.text_cleaning import repair_text
from telegram_bot.incoming import Incoming, Outcome
from telegram_bot.models import MessageLink
from telegram_bot.staff_group.joined import list_joined
from tickets.errors import NoReactionsHere
from tickets.reactions import find_reaction
from tickets.services.reactions import react_to_message

_OF_SEVERAL = _(
    "Here several messages stand in one, so nobody can tell which one you mean: the customer does not see this sign."
    " Give it in the ticket itself."
)
PICTURE = "⭐"  # stands for a picture of Premium's own, or a paid reaction: these are no signs


def receive_reaction(incoming: Incoming, change: telegram.MessageReactionUpdated) -> Outcome:
    """To a message of a ticket; to the bot's own words nobody needs to see one. Nothing is answered to it.

    Raises NoReactionsHere and, of a sign of staff that no bot can give or that stands at several messages in one,
    InvalidInput: the customer would not see it, which its agent must know.
    """
    link = MessageLink.objects.filter(
        bot_id=incoming.row.bot_id, chat_id=incoming.chat_id, telegram_message_id=change.message_id
    ).first()
    sign = _sign_of(change)
    if link is not None and sign is not None and list_joined(incoming.actor, link):
        raise InvalidInput.of("emoji", _OF_SEVERAL)
    if link is None or link.message is None:
        return Outcome.IGNORED
    try:
        react_to_message(actor=incoming.actor, message_id=link.message, emoji=sign)
    except (NoReactionsHere, InvalidInput):
        raise
    except HelpDeskError:  # gone meanwhile, or no longer theirs to see
        return Outcome.IGNORED
    return Outcome.REACTED


def _sign_of(change: telegram.MessageReactionUpdated) -> str | None:
    """The newest that the desk knows; else the newest of the others, which must not look like none."""
    if not change.new_reaction:
        return None
    signs = [repair_text(one.emoji) for one in change.new_reaction if isinstance(one, telegram.ReactionTypeEmoji)]
    known = [sign for sign in map(find_reaction, signs) if sign]
    return [PICTURE, *signs, *known][-1]
