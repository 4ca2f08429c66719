"""What is left to a bot that the desk had before its token was changed: nobody makes these calls or handles these
updates, unless another process still serves that bot.

Without a token nobody knows which bot is a former one, and nothing is left behind.
"""

from django.db.models import QuerySet

from telegram_bot.identity import current_bot_id
from telegram_bot.models import CallState, OutgoingCall, Update, UpdateState
from telegram_bot.models.outgoing_call import UNDONE


def calls_left_behind() -> QuerySet[OutgoingCall]:
    bot_id = current_bot_id()
    return _calls().exclude(bot_id=bot_id) if bot_id else OutgoingCall.objects.none()


def updates_left_behind() -> QuerySet[Update]:
    bot_id = current_bot_id()
    return _updates().exclude(bot_id=bot_id) if bot_id else Update.objects.none()


def count_without_token() -> int:
    """How many calls and updates wait for a bot while no token is set, whichever bot's they are."""
    return 0 if current_bot_id() else _calls().count() + _updates().count()


def _calls() -> QuerySet[OutgoingCall]:
    return OutgoingCall.objects.filter(state__in=(*UNDONE, CallState.HOLD))


def _updates() -> QuerySet[Update]:
    return Update.objects.filter(state__in=(UpdateState.RECEIVED, UpdateState.HELD))
