"""How the traffic with Telegram stands, in a few numbers. Alarms are on age, not on count."""

from dataclasses import dataclass
from datetime import timedelta

from accounts import clock
from telegram_bot.models import BotLease, CallState, OutgoingCall, Update, UpdateState

LATE = timedelta(minutes=2)


@dataclass(frozen=True)
class TrafficState:
    """Counts; late: older than LATE and not done. error: what is wrong with the channel, in Telegram's words."""

    late_updates: int
    dead_updates: int
    late_calls: int
    failed_today: int
    ambiguous_today: int
    error: str


def read_traffic_state() -> TrafficState:
    now = clock.now()
    today = OutgoingCall.objects.filter(finished_at__gt=now - timedelta(days=1))
    undone = OutgoingCall.objects.exclude(state__in=(CallState.SENT, CallState.FAILED))
    lease = BotLease.objects.exclude(channel_error="").first()
    return TrafficState(
        late_updates=Update.objects.filter(state=UpdateState.RECEIVED, received_at__lt=now - LATE).count(),
        dead_updates=Update.objects.filter(state=UpdateState.DEAD).count(),
        late_calls=undone.filter(created_at__lt=now - LATE).count(),
        failed_today=today.filter(state=CallState.FAILED).count(),
        ambiguous_today=today.filter(ambiguous=True).count(),
        error=lease.channel_error if lease else "",
    )
