"""Updates from chats that are neither a person's with the bot nor the staff's group: nothing of them is for the desk.

Who came to a group that was the staff's before must not believe that it still is.
"""

import telegram
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from telegram.constants import ChatType

from accounts.errors import RateLimited
from accounts.rate_limits import former_group
from telegram_bot.customer_chat.topics import learn_of_own_topic
from telegram_bot.handlers.contents import read_content
from telegram_bot.handlers.group import find_agent
from telegram_bot.handlers.group_topics import leads_to_ticket, reply_below
from telegram_bot.incoming import Outcome
from telegram_bot.models import Update
from telegram_bot.notices import answer_button


def receive_elsewhere(row: Update, update: telegram.Update) -> Outcome:
    """A button is answered, or it would wait for ever; an agent's answer to a ticket is told, once an hour, to reach
    nobody. That the bot made a topic in a private chat is told here too."""
    with translation.override(settings.LANGUAGE_CODE):
        if update.callback_query is not None:
            answer_button(update.callback_query.id, _("This button no longer works."), alert=True)
            return Outcome.REFUSED
        message = update.message
        is_private = message is not None and message.chat.type == ChatType.PRIVATE
        if message is not None and is_private and learn_of_own_topic(row.bot_id, message):
            return Outcome.MEMBERSHIP
        if message is None or message.from_user is None or not leads_to_ticket(row, message):
            return Outcome.IGNORED
        if find_agent(message.from_user) is None or read_content(message) is None:
            return Outcome.IGNORED
        try:
            former_group(message.chat.id)
        except RateLimited:
            return Outcome.FLOOD
        reply_below(
            message,
            _("This did not reach the customer: the desk has another group now, and takes nothing from this one."),
        )
    return Outcome.REFUSED
