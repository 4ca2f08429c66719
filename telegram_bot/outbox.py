"""The table of owed Bot API calls: put in, claimed under a lease, finished by the lease's holder only.

The life of a call (docs/reliability.md): pending -> sending -> sent | failed. A lease that ran out is taken again and
the call marked as possibly doubled, because nobody knows whether the last holder's request arrived.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models.functions import Now

from accounts import clock
from telegram_bot.claiming import CLAIM
from telegram_bot.coalescing import key_to_wait_under, lock_keys, was_called
from telegram_bot.identity import current_bot_id
from telegram_bot.models import CallState, OutgoingCall
from telegram_bot.models.outgoing_call import FETCHING
from telegram_bot.nudges import OUTBOX, nudge
from telegram_bot.turns import give_turns

LEASE = timedelta(seconds=30)  # longer than a request may take (bot_api.TIME_LIMIT)
FILE_LEASE = timedelta(seconds=180)
FILE_METHODS = (
    "sendPhoto",
    "sendDocument",
    "sendVideo",
    "sendAudio",
    "sendVoice",
    "sendAnimation",
    "sendVideoNote",
    "sendSticker",
    "sendMediaGroup",
    "editMessageMedia",
    FETCHING,
)
CALLBACK_LIFE = timedelta(seconds=140)  # Telegram forgets a pressed button after 150 s

_REPLACE = """
UPDATE telegram_bot_outgoingcall AS waiting
SET params = newer.params, method = newer.method, expires_at = newer.expires_at
FROM unnest(%(keys)s::text[], %(params)s::jsonb[], %(methods)s::text[], %(ends)s::timestamptz[])
    AS newer (key, params, method, expires_at)
WHERE waiting.bot_id = %(bot_id)s AND waiting.coalesce_key = newer.key AND waiting.state = 'pending'
RETURNING waiting.coalesce_key
"""


@dataclass(frozen=True, kw_only=True)
class CallDraft:
    """A call to be made. `queue`: the chat; None where no order matters. `message`: whose delivery it reports.

    `delay`: seconds before its first try; until then it holds nobody up.
    `can_wait`: it holds nobody up before it is begun, and goes when nothing else of its chat is due.
    `lane`: of a file the chat that it came from; `large`: that it takes long to fetch.
    `spare`: so many ids right behind this call's are kept free (`@spare`), for what takes its place if it is refused.
    """

    method: str
    params: dict[str, Any]
    queue: int | None = None
    message: UUID | None = None
    expires_at: datetime | None = None
    coalesce_key: str = ""
    lane: int = 0
    large: bool = False
    spare: int = 0
    delay: float = 0.0
    can_wait: bool = False


def enqueue(drafts: Sequence[CallDraft]) -> list[OutgoingCall]:
    """Owe these calls, in this order, as a part of the caller's transaction; the bot is nudged after its commit.

    Returns the new rows: none for a draft that took the place of a waiting call.
    """
    now, bot_id = clock.now(), current_bot_id()
    replaced = _replace_waiting(bot_id, {draft.coalesce_key: draft for draft in drafts if draft.coalesce_key})
    fresh = [draft for draft in drafts if draft.coalesce_key not in replaced]
    turns = give_turns(bot_id, [(draft.lane, draft.large) if draft.method == FETCHING else None for draft in fresh])
    calls = OutgoingCall.objects.bulk_create(
        OutgoingCall(
            id=number,
            bot_id=bot_id,
            method=draft.method,
            params={**draft.params, "@spare": spare} if spare else draft.params,
            queue=draft.queue,
            message=draft.message,
            expires_at=draft.expires_at,
            coalesce_key=draft.coalesce_key,
            lane=draft.lane,
            large=draft.large,
            turn=turn,
            can_wait=draft.can_wait,
            next_attempt_at=Now() + timedelta(seconds=draft.delay) if draft.delay else Now(),
            created_at=now,
        )
        for draft, (number, spare), turn in zip(fresh, _number(fresh), turns, strict=True)
    )
    transaction.on_commit(lambda: nudge(OUTBOX), robust=True)
    return calls


def enqueue_once(draft: CallDraft) -> None:
    """Owe the call, unless one with its key was owed before; one without a key is owed each time.

    Nothing is locked: what is said to a person is decided in the one transaction that handles their update.
    """
    if not was_called(current_bot_id(), draft.coalesce_key):
        enqueue([draft])


def _number(drafts: Sequence[CallDraft]) -> list[tuple[int | None, list[int]]]:
    """The id of each call and the spare ones behind it; the database gives the ids where none is to be kept free."""
    if not any(draft.spare for draft in drafts):
        return [(None, []) for _draft in drafts]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('telegram_bot_outgoingcall', 'id')) FROM generate_series(1, %s)",
            [len(drafts) + sum(draft.spare for draft in drafts)],
        )
        ids = iter(sorted(row[0] for row in cursor.fetchall()))
    return [(next(ids), [next(ids) for _spare in range(draft.spare)]) for draft in drafts]


def _replace_waiting(bot_id: int, newer: Mapping[str, CallDraft]) -> set[str]:
    """Put the newer contents into the calls that wait under these keys; returns the keys under which one waited."""
    if not newer:
        return set()
    drafts = newer.values()
    lock_keys(bot_id, newer)
    with connection.cursor() as cursor:
        cursor.execute(
            _REPLACE,
            {
                "bot_id": bot_id,
                "keys": list(newer),
                "params": [json.dumps(draft.params) for draft in drafts],
                "methods": [draft.method for draft in drafts],
                "ends": [draft.expires_at for draft in drafts],
            },
        )
        return {row[0] for row in cursor.fetchall()}


def claim(
    bot_id: int,
    *,
    free: int,
    queued: int,
    not_now: Iterable[int],
    nearly_full: Iterable[int] = (),
    files: int = 0,
    large: int = 0,
    large_first: int = 0,
) -> list[OutgoingCall]:
    """Lease what may go now; committed when this returns. Up to `free` calls that belong to no chat, of files up to
    `files`, of these up to `large` large ones, and up to `queued` calls, one of each chat: its oldest. Nothing goes
    into the chats of `not_now`, and what can wait not into those of `nearly_full` either, where one more call would
    leave the next answer no room.

    Answers to customers come before all else, so that thousands of notices or a broadcast hold up none of them; a
    button's answer waits for no file, and nobody's file for all of somebody else's (telegram_bot.turns). Small files
    come before large ones, but for so many of these as `large_first` says.
    """
    values: dict[str, Any] = {
        "bot_id": bot_id,
        "free": max(0, free),
        "files": max(0, files),
        "large": max(0, large),
        "large_first": large_first,
        "queued": max(0, queued),
        "not_now": list(not_now),
        "nearly_full": list(nearly_full),
        "lease": LEASE,
        "file_lease": FILE_LEASE,
        "file_methods": list(FILE_METHODS),
    }
    return sorted(OutgoingCall.objects.raw(CLAIM, values), key=_turn)


def _turn(call: OutgoingCall) -> tuple[int, int, int]:
    """Whoever claims gives the turns in this order: the bot's pace is one for all."""
    if call.queue is None:
        place = {"answerCallbackQuery": 0, FETCHING: 2}.get(call.method, 1)
    else:
        place = 3 if call.message is not None else 4
    return place, call.turn, call.pk


def hold(call: OutgoingCall) -> bool:
    """Lock the call's row until the transaction ends, after its key as everywhere; False: it is gone, or somebody else
    holds its lease by now."""
    if call.coalesce_key:
        lock_keys(call.bot_id, [call.coalesce_key])
    return _mine(call).select_for_update(no_key=True).values_list("pk").first() is not None


def finish(
    call: OutgoingCall,
    *,
    state: CallState,
    result: dict[str, Any] | None = None,
    error_code: str = "",
    error_text: str = "",
    ambiguous: bool = False,
    params: dict[str, Any] | None = None,
) -> bool:
    """Record the end of a call; False, and nothing changed, where somebody else holds its lease by now."""
    changed = _mine(call).update(
        state=state,
        result=result,
        error_code=error_code,
        error_text=error_text,
        ambiguous=call.ambiguous or ambiguous,
        params=call.params if params is None else params,
        attempts=call.attempts + 1,
        lease_token=None,
        lease_until=None,
        finished_at=clock.now(),
    )
    return bool(changed)


@transaction.atomic
def postpone(
    call: OutgoingCall,
    *,
    delay: float,
    error_code: str,
    error_text: str,
    counts: bool,
    ambiguous: bool = False,
    params: dict[str, Any] | None = None,
    queue: int | None = None,
    aside: bool = False,
) -> bool:
    """Give the call back for a later try, in `delay` seconds. counts: whether this was one of its tries; aside: until
    then it holds nobody up, as if it had not begun; queue: None leaves it where it is by now."""
    changed = _mine(call).update(
        state=CallState.PENDING,
        first_attempt_at=None if aside else call.first_attempt_at,
        next_attempt_at=Now() + timedelta(seconds=delay),
        error_code=error_code,
        error_text=error_text,
        attempts=call.attempts + counts,
        ambiguous=call.ambiguous or ambiguous,
        params=call.params if params is None else params,
        coalesce_key=key_to_wait_under(call),
        lease_token=None,
        lease_until=None,
        **({} if queue is None else {"queue": queue}),
    )
    return bool(changed)


def _mine(call: OutgoingCall) -> Any:
    return OutgoingCall.objects.filter(pk=call.pk, lease_token=call.lease_token, state=CallState.SENDING)


def hasten(bot_id: int, error_codes: Iterable[str]) -> None:
    """Telegram answers again: what waits only because it did not need not wait longer."""
    OutgoingCall.objects.filter(
        bot_id=bot_id, state=CallState.PENDING, error_code__in=list(error_codes), next_attempt_at__gt=Now()
    ).update(next_attempt_at=Now())


def move_queue(bot_id: int, *, old: int, new: int) -> None:
    """A group became a supergroup: what waits for it goes to its new id."""
    waiting = OutgoingCall.objects.filter(bot_id=bot_id, state__in=(CallState.PENDING, CallState.HOLD))
    waiting.filter(queue=old).update(queue=new)
