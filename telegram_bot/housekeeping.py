"""What the bot looks after now and then: held messages, choices that are over, unreported results, old rows."""

import logging
from datetime import timedelta

from accounts import clock
from telegram_bot.connections import forget_unapproved
from telegram_bot.customer_chat.bans import tell_let_in
from telegram_bot.customer_chat.choices import forget_old_choices
from telegram_bot.customer_chat.held import release_overdue
from telegram_bot.erased_chats import forget_old_erasures
from telegram_bot.forgetting import forget_erased_people
from telegram_bot.models import CallState, OutgoingCall, Update, UpdateState
from telegram_bot.models.outgoing_call import KEEP_CALLS
from telegram_bot.outcomes.reporting import sweep_unreported

log = logging.getLogger(__name__)

# Long enough to find out what happened; Telegram repeats an update for a day at most.
KEEP_UPDATES = timedelta(days=30)
_AT_ONCE = 500


def keep_house(bot_id: int) -> None:
    """Every few seconds, by the process that holds the lease. Each part is safe to run at any time."""
    forget_erased_people()
    forget_old_erasures()
    forget_unapproved()
    release_overdue(bot_id)
    forget_old_choices(bot_id)
    tell_let_in(bot_id)
    sweep_unreported(bot_id)
    remove_old_rows()


def remove_old_rows() -> int:
    """Handled updates hold what people wrote: they do not stay for ever. Returns how many rows went."""
    now = clock.now()
    updates = Update.objects.filter(state=UpdateState.DONE, handled_at__lt=now - KEEP_UPDATES)
    calls = OutgoingCall.objects.filter(state=CallState.SENT, finished_at__lt=now - KEEP_CALLS)
    removed = 0
    for rows in (updates, calls):
        ids = list(rows.order_by().values_list("pk", flat=True)[:_AT_ONCE])
        if ids:
            removed += rows.model.objects.filter(pk__in=ids).delete()[0]
    return removed
