"""The way out for what is left to a bot that the desk had before its token was changed.

Never by itself, for a wrong token may stand in the settings for a moment only: an administrator asks for it, by
`manage.py settle_former_bots` or on the page "Check the way to Telegram". What people wrote is handled as ever and
reaches its tickets; answers that are owed fail with a reason, so that "Send again" sends them through the present bot.
"""

import logging
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.functions import Now

from accounts import clock
from accounts.actors import Actor
from accounts.permissions import Capability, require
from telegram_bot.broadcasts.changing import cancel_broadcast
from telegram_bot.broadcasts.feeding import feed_broadcasts
from telegram_bot.customer_chat.held import decide_for
from telegram_bot.dispatcher import handle_next
from telegram_bot.handlers.business import KINDS
from telegram_bot.incoming import Outcome
from telegram_bot.models import BotLease, Broadcast, BroadcastState, CallState, OutgoingCall, Update, UpdateState
from telegram_bot.models.outgoing_call import WRITING
from telegram_bot.outcomes.left_behind import calls_left_behind, updates_left_behind
from telegram_bot.outcomes.reporting import sweep_unreported
from telegram_bot.staff_group.removal import hand_over_removal
from telegram_bot.verdicts import Failed

log = logging.getLogger(__name__)

AT_ONCE = 500  # rows that a page settles before it answers
GIVEN_UP = Failed(code="former_bot")
WRITTEN = ("message", "edited_message", "message_reaction", *KINDS)  # kinds of updates that hold what people said
_CHUNK = 100
_UNDER_WAY = (BroadcastState.RUNNING, BroadcastState.PAUSED)


@dataclass(frozen=True, kw_only=True)
class LeftBehind:
    """What one former bot left. calls: that were to be made. written: updates of what people said there. others: of
    presses and the like, which nobody can act on any more. is_served: a process works for that bot at this moment."""

    bot_id: int
    username: str
    is_served: bool
    calls: int
    answers: int
    written: int
    others: int
    broadcasts: int


@dataclass(kw_only=True)
class Settled:
    """What was done: calls given up, updates handled, given up by their handler, set aside."""

    calls: int = 0
    handled: int = 0
    dead: int = 0
    set_aside: int = 0

    @property
    def rows(self) -> int:
        return self.calls + self.handled + self.dead + self.set_aside


def survey_former_bots() -> list[LeftBehind]:
    """Changes nothing. By the bots' numbers."""
    calls, updates = calls_left_behind(), updates_left_behind()
    unended = Broadcast.objects.filter(state__in=_UNDER_WAY)
    found = {*calls.order_by().values_list("bot_id", flat=True).distinct()}
    found |= {*updates.order_by().values_list("bot_id", flat=True).distinct()}
    return [
        _survey(bot_id, calls.filter(bot_id=bot_id), updates.filter(bot_id=bot_id), unended) for bot_id in sorted(found)
    ]


def _survey(
    bot_id: int, calls: QuerySet[OutgoingCall], updates: QuerySet[Update], broadcasts: QuerySet[Broadcast]
) -> LeftBehind:
    lease = BotLease.objects.filter(bot_id=bot_id).first() or BotLease(bot_id=bot_id)
    return LeftBehind(
        bot_id=bot_id,
        username=lease.username,
        is_served=lease.held_until is not None and lease.held_until > clock.now(),
        calls=calls.count(),
        answers=calls.filter(message__isnull=False).values("message").distinct().count(),
        written=updates.filter(kind__in=WRITTEN).count(),
        others=updates.exclude(kind__in=WRITTEN).count(),
        broadcasts=broadcasts.filter(bot_id=bot_id).count(),
    )


def settle_former_bots(*, actor: Actor, limit: int | None = None) -> Settled:
    """End what the bots left that nobody serves; safe to do twice, and to break off.

    limit: about so many rows; the rest is left for the next time. Raises PermissionDenied.
    """
    require(actor, Capability.RUN_THE_DESK)
    settled = Settled()
    for bot in survey_former_bots():
        if not bot.is_served:
            _settle(actor, bot.bot_id, settled, limit)
    return settled


def _settle(actor: Actor, bot_id: int, settled: Settled, limit: int | None) -> None:
    """First what people said, so that an answer that its customer could not get is given up with the rest."""
    settled.set_aside += _set_aside(bot_id)
    queues = updates_left_behind().filter(bot_id=bot_id).order_by("id").values_list("queue", flat=True)
    for queue in dict.fromkeys(queues):
        if limit is None or settled.rows < limit:
            _work_off(bot_id, queue, settled)
    for broadcast in Broadcast.objects.filter(bot_id=bot_id, state__in=_UNDER_WAY):
        cancel_broadcast(actor=actor, broadcast_id=broadcast.pk)
    while (limit is None or settled.rows < limit) and (given_up := _give_up(bot_id)):
        settled.calls += given_up
    while sweep_unreported(bot_id):  # also what an earlier run, or that bot, left untold
        pass
    feed_broadcasts(bot_id)  # none goes on: only what became of the calls is noted


def _set_aside(bot_id: int) -> int:
    """What is no word of anybody's: a press that its button has forgotten, whether that bot may write."""
    others = updates_left_behind().filter(bot_id=bot_id).exclude(kind__in=WRITTEN)
    return others.update(state=UpdateState.DONE, outcome=Outcome.FORMER_BOT.value, handled_at=clock.now())


def _work_off(bot_id: int, queue: int, settled: Settled) -> None:
    """One chat, in its order. What needs a choice goes to the newest ticket, for the button stands at no bot."""
    waiting = updates_left_behind().filter(bot_id=bot_id, queue=queue)
    decided: set[int] = set()
    while (row := waiting.order_by("id").first()) is not None:
        if row.state == UpdateState.HELD:
            if row.pk in decided:
                log.error("Update %s waits for a choice that nobody can make", row.update_id)
                return
            decided |= {*waiting.filter(state=UpdateState.HELD).values_list("pk", flat=True)}
            decide_for(bot_id, queue)
            continue
        waiting.filter(pk=row.pk).update(next_attempt_at=None)
        handle_next(bot_id, queue)
        row.refresh_from_db(fields=["state"])
        settled.handled += row.state == UpdateState.DONE
        settled.dead += row.state == UpdateState.DEAD


@transaction.atomic
def _give_up(bot_id: int) -> int:
    """Some of the calls; one that was being sent may have arrived."""
    some = calls_left_behind().filter(bot_id=bot_id).order_by("id")[:_CHUNK]
    calls = list(some.select_for_update(no_key=True))
    maybe_there = Q(state=CallState.SENDING, method__regex=f"^({'|'.join(WRITING)})")
    OutgoingCall.objects.filter(pk__in=[call.pk for call in calls]).update(
        ambiguous=Case(When(maybe_there, then=Value(value=True)), default="ambiguous"),
        state=CallState.FAILED,
        error_code=GIVEN_UP.code,
        lease_token=None,
        lease_until=None,
        finished_at=Now(),
    )
    for call in calls:
        hand_over_removal(call)
    return len(calls)
