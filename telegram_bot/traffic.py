"""How the traffic with Telegram flows: what waits, since when, and what was given up."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from accounts import clock
from telegram_bot.channel_state import say_channel_fault
from telegram_bot.identity import current_bot_id
from telegram_bot.models import BotLease, CallState, OutgoingCall, Update, UpdateState
from telegram_bot.models.outgoing_call import UNDONE


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """Of this desk's bot. since: when the oldest of what waits came, None where nothing waits.

    is_served: some `run_bot` works for the bot at this moment. channel_error: what stands between
    the bot and Telegram, in the active language.
    """

    incoming: int
    incoming_since: datetime | None
    incoming_dead: int
    outgoing: dict[str, int]
    outgoing_since: datetime | None
    is_served: bool
    last_word_at: datetime | None
    channel_error: str

    @property
    def outgoing_waiting(self) -> int:
        return sum(self.outgoing.get(state, 0) for state in UNDONE)


def read_traffic() -> Traffic:
    bot_id = current_bot_id()
    waiting = Update.objects.filter(bot_id=bot_id, state=UpdateState.RECEIVED)
    incoming = waiting.aggregate(count=Count("pk"), since=Min("received_at"))
    calls = OutgoingCall.objects.filter(bot_id=bot_id).exclude(state=CallState.SENT)
    states = dict(calls.order_by().values_list("state").annotate(count=Count("pk")))
    lease = BotLease.objects.filter(bot_id=bot_id).first()
    return Traffic(
        incoming=incoming["count"],
        incoming_since=incoming["since"],
        incoming_dead=Update.objects.filter(bot_id=bot_id, state=UpdateState.DEAD).count(),
        outgoing=states,
        outgoing_since=calls.filter(state__in=UNDONE).aggregate(since=Min("created_at"))["since"],
        is_served=lease is not None and lease.held_until is not None and lease.held_until > clock.now(),
        last_word_at=lease.fetched_at if lease else None,
        channel_error=say_channel_fault(lease) if lease else "",
    )
