"""What an administrator may do with a row that was given up: have it tried again."""

from functools import partial

from django.db import transaction

from accounts.actors import Actor
from accounts.permissions import Capability, require
from telegram_bot.coalescing import key_to_wait_under
from telegram_bot.models import CallState, Chat, OutgoingCall, Update, UpdateState
from telegram_bot.nudges import INBOX, OUTBOX, nudge
from telegram_bot.outcomes.reporting import mark_tickets, report_message


@transaction.atomic
def retry_update(*, actor: Actor, update_id: int) -> bool:
    """Handle a given-up update again; False where it is not given up. Raises PermissionDenied."""
    require(actor, Capability.RUN_THE_DESK)
    dead = Update.objects.filter(pk=update_id, state=UpdateState.DEAD)
    changed = dead.update(state=UpdateState.RECEIVED, attempts=0, next_attempt_at=None, handled_at=None)
    transaction.on_commit(lambda: nudge(INBOX), robust=True)
    return bool(changed)


@transaction.atomic
def retry_call(*, actor: Actor, call_id: int) -> bool:
    """Make a failed or held call again, in its old place among its chat's calls. False where it is neither.

    An unreachable chat is tried as if it could be reached. Raises PermissionDenied.
    """
    require(actor, Capability.RUN_THE_DESK)
    call = (
        OutgoingCall.objects.select_for_update(no_key=True)
        .filter(pk=call_id, state__in=(CallState.FAILED, CallState.HOLD))
        .first()
    )
    if call is None:
        return False
    make_again(call)
    if call.message is not None:
        transaction.on_commit(partial(report_message, call.message), robust=True)
    return True


def make_again(call: OutgoingCall) -> None:
    """Owe a call that ended, or is on hold, once more; asks no permission. Its row is locked.

    Where something newer waits under its key, it keeps none.
    """
    if call.chat is not None and call.chat.unreachable:
        Chat.objects.filter(pk=call.chat.pk).update(unreachable="")
        mark_tickets(call.chat, "")
    call.state, call.attempts, call.first_attempt_at = CallState.PENDING, 0, None
    call.next_attempt_at, call.finished_at, call.reported_at = call.created_at, None, None
    call.expires_at, call.coalesce_key = None, key_to_wait_under(call)
    call.save(
        update_fields=[
            "state", "attempts", "first_attempt_at", "next_attempt_at", "finished_at", "reported_at", "expires_at",
            "coalesce_key",
        ]
    )  # fmt: skip
    transaction.on_commit(lambda: nudge(OUTBOX), robust=True)


@transaction.atomic
def hold_outbox(*, actor: Actor) -> int:
    """Put everything that waits on hold: after a restore, yesterday's answers must not go out again."""
    require(actor, Capability.RUN_THE_DESK)
    undone = OutgoingCall.objects.filter(state__in=(CallState.PENDING, CallState.SENDING))
    return undone.update(state=CallState.HOLD, lease_token=None, lease_until=None)
