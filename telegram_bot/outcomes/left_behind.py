"""What is left to a bot that the desk had before its token was changed: nobody makes these calls or handles these
updates, unless another process still serves that bot.

Without a token nobody knows which bot is a former one, and nothing is left behind.
"""

from django.db.models import QuerySet

from telegram_bot.identity import current_bot_id
from telegram_bot.models import CallState, OutgoingCall, Update, UpdateState
from telegram_bot.models.outgoing_call import UNDONE


def calls_left_behind() -> QuerySet[OutgoingCall]:
    if not (bot_id := current_bot_id()):
        return OutgoingCall.objects.none()
    return OutgoingCall.objects.filter(state__in=(*UNDONE, CallState.HOLD)).exclude(bot_id=bot_id)


def updates_left_behind() -> QuerySet[Update]:
    if not (bot_id := current_bot_id()):
        return Update.objects.none()
    states = (UpdateState.RECEIVED, UpdateState.HELD)
    return Update.objects.filter(state__in=states).exclude(bot_id=bot_id)
