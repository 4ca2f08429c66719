"""Calls that are known by a key of their own: what waits under it, and whether one was owed before.

At most one call waits under a key (a constraint of the table); newer content takes its place. Who decides what waits
there holds the key's advisory lock, which comes before the lock of a row.
"""

from collections.abc import Iterable

from django.db import connection
from django.db.models.functions import Now

from telegram_bot.models import CallState, OutgoingCall
from telegram_bot.models.outgoing_call import UNDONE

_KEYS = 0x636B  # the room of advisory locks that coalesce keys are in


def was_called(bot_id: int, key: str) -> bool:
    """Whether a call with this key was owed before, whatever became of it; False for no key.

    As far back as the table goes: what is sent is kept for KEEP_CALLS.
    """
    return bool(key) and OutgoingCall.objects.filter(bot_id=bot_id, coalesce_key=key).exists()


def lock_waiting(bot_id: int, key: str) -> OutgoingCall | None:
    """What waits under the key, locked, so that more may be put into it before the sender begins it."""
    lock_keys(bot_id, [key])
    waiting = OutgoingCall.objects.filter(bot_id=bot_id, coalesce_key=key, state=CallState.PENDING)
    return waiting.select_for_update(no_key=True).first()


def seal(bot_id: int, key: str) -> None:
    """Something else follows: nothing more goes into what waits under the key, nor into what may come back to it."""
    lock_keys(bot_id, [key])
    calls = OutgoingCall.objects.filter(bot_id=bot_id, coalesce_key=key, state__in=UNDONE)
    calls.filter(state=CallState.PENDING, first_attempt_at=None).update(next_attempt_at=Now())
    calls.update(coalesce_key="")


def key_to_wait_under(call: OutgoingCall) -> str:
    """The call's own, so that newer content takes its place; none where a newer one waits under it or it was sealed."""
    if not call.coalesce_key:
        return ""
    lock_keys(call.bot_id, [call.coalesce_key])
    same = OutgoingCall.objects.filter(bot_id=call.bot_id, coalesce_key=call.coalesce_key)
    is_free = same.filter(pk=call.pk).exists() and not same.filter(state=CallState.PENDING).exists()
    return call.coalesce_key if is_free else ""


def lock_keys(bot_id: int, keys: Iterable[str]) -> None:
    """Until the end of the transaction nobody else decides what waits under them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(key)) FROM unnest(%s::text[]) AS key",
            [_KEYS, sorted(f"{bot_id}:{key}" for key in keys)],
        )
