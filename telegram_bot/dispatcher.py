"""Inbox rows to handlers: those of one chat one after another, chats side by side and in turn.

What a handler changes and the row's `done` are one transaction. A row that fails three times is `dead`, where a person
sees it, and its chat goes on; a database that fails costs no try.
"""

import asyncio
import logging
import traceback
from collections import deque
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from django.db import DatabaseError, InterfaceError, OperationalError, ProgrammingError, connection, transaction
from psycopg.errors import QueryCanceled, UndefinedColumn, UndefinedTable

from accounts import clock
from accounts.compiled_queries import CompiledQuery, Given
from accounts.errors import Unavailable
from accounts.masking import mask_secrets
from accounts.text_cleaning import repair_text
from telegram_bot import bridge
from telegram_bot.handlers import apologise_for, handle_update
from telegram_bot.incoming import Outcome
from telegram_bot.loops import Wakeup
from telegram_bot.models import Update, UpdateState

log = logging.getLogger(__name__)

TRIES = 3
_PAUSES = (timedelta(seconds=1), timedelta(seconds=4))
CHATS_AT_ONCE = 6  # of the bridge's threads; the others are the sender's
_LOOK_AHEAD = 100
_IN_A_ROW = 10
_DATABASE_PAUSE = 1.0

# Only a chat's oldest waiting update counts: while it rests after a failure, the chat waits with it.
_WAITING = """
SELECT queue FROM (
    SELECT DISTINCT ON (queue) queue, id, next_attempt_at FROM telegram_bot_update
    WHERE bot_id = %s AND state = 'received' AND NOT queue = ANY(%s)
    ORDER BY queue, id) AS oldest
WHERE next_attempt_at IS NULL OR next_attempt_at <= %s
ORDER BY id LIMIT %s
"""
_OLDEST = CompiledQuery(
    lambda: (
        Update.objects.filter(bot_id=Given("bot"), queue=Given("queue"), state=UpdateState.RECEIVED)
        .select_for_update(no_key=True)
        .order_by("id")[:1]
    )
)


_SETTLE = "UPDATE telegram_bot_update SET state = %s, outcome = %s, handled_at = %s, last_error = '' WHERE id = %s"


class Dispatcher:
    """Finds chats that have something waiting, and works each of them off."""

    def __init__(
        self, *, bot_id: int, inbox_filled: Wakeup, on_handled: Callable[[], None], stop: asyncio.Event
    ) -> None:
        self.bot_id = bot_id
        self.inbox_filled = inbox_filled
        self.on_handled = on_handled
        self.stop = stop
        self._waiting: deque[int] = deque()
        self._busy: dict[int, asyncio.Task[None]] = {}

    async def step(self) -> bool:
        """Begin with the chats that have waited longest. Always False: a chat that ends rings the bell."""
        if len(self._busy) < CHATS_AT_ONCE and not self._waiting:
            self._waiting.extend(await bridge.run(list_waiting_queues, self.bot_id, besides=list(self._busy)))
        while self._waiting and len(self._busy) < CHATS_AT_ONCE:
            queue = self._waiting.popleft()
            task = asyncio.create_task(self._work_off(queue), name=f"chat {queue}")
            self._busy[queue] = task
            task.add_done_callback(partial(self._freed, queue))
        return False

    async def finish(self, seconds: float) -> None:
        """Let what is being handled end."""
        if self._busy:
            await asyncio.wait(list(self._busy.values()), timeout=seconds)

    async def _work_off(self, queue: int) -> None:
        try:
            await bridge.run(handle_some, self.bot_id, queue, go_on=lambda: not self.stop.is_set())
        except (OperationalError, InterfaceError, Unavailable) as error:
            log.warning("Chat %s waits for the database: %s", queue, type(error).__name__)
            await asyncio.sleep(_DATABASE_PAUSE)
        except Exception:
            log.exception("Chat %s is left for a moment", queue)
            await asyncio.sleep(_DATABASE_PAUSE)

    def _freed(self, queue: int, _task: asyncio.Task[None]) -> None:
        self._busy.pop(queue, None)
        self.on_handled()
        self.inbox_filled.ring()


def list_waiting_queues(bot_id: int, *, besides: list[int], limit: int = _LOOK_AHEAD) -> list[int]:
    """The chats with an update that may be handled now, the longest waiting first."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [bot_id, besides, clock.now(), limit])
        return [row[0] for row in cursor.fetchall()]


def handle_some(bot_id: int, queue: int, *, go_on: Callable[[], bool]) -> None:
    """Handle what waits of one chat, but no more than _IN_A_ROW: then the others have their turn."""
    for _turn in range(_IN_A_ROW):
        if not go_on() or not handle_next(bot_id, queue):
            break


def handle_next(bot_id: int, queue: int) -> bool:
    """Handle the chat's oldest waiting update; False: there is none, or it rests after a failure.

    Raises OperationalError, InterfaceError or Unavailable where the database is to blame.
    """
    row: Update | None = None
    try:
        with transaction.atomic():
            row = _lock_oldest(bot_id, queue)
            if row is None or (row.next_attempt_at is not None and row.next_attempt_at > clock.now()):
                return False
            _settle(row, handle_update(row))
    except Exception as error:
        if row is None or _is_the_databases_fault(error):
            raise
        _record_failure(row.pk, error)
    return True


def _lock_oldest(bot_id: int, queue: int) -> Update | None:
    """Waits for the lock instead of skipping: the next row must never overtake the first."""
    return _OLDEST.first(bot=bot_id, queue=queue)


def _settle(row: Update, outcome: Outcome) -> None:
    state = UpdateState.HELD if outcome is Outcome.HELD else UpdateState.DONE
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, [state.value, outcome.value, clock.now(), row.pk])


def _is_the_databases_fault(error: Exception) -> bool:
    if isinstance(error, Unavailable | InterfaceError):
        return True
    if isinstance(error, ProgrammingError):  # a release whose migrations have not run yet
        return isinstance(error.__cause__, UndefinedColumn | UndefinedTable)
    # a statement that always runs into its time limit is the update's own fault
    return isinstance(error, OperationalError) and not isinstance(error.__cause__, QueryCanceled)


@transaction.atomic
def _record_failure(row_id: int, error: Exception) -> None:
    row = Update.objects.select_for_update(no_key=True).filter(pk=row_id, state=UpdateState.RECEIVED).first()
    if row is None:
        return
    row.attempts += 1
    row.last_error = repair_text(mask_secrets("".join(traceback.format_exception(error))))[-4000:]
    if row.attempts >= TRIES:
        row.state = UpdateState.DEAD
        row.handled_at = clock.now()
        log.error("Update %s is given up", row.update_id, exc_info=error)
        _apologise(row)
    else:
        row.next_attempt_at = clock.now() + _PAUSES[row.attempts - 1]
        log.warning("Update %s is tried again", row.update_id, exc_info=error)
    row.save(update_fields=["attempts", "last_error", "state", "handled_at", "next_attempt_at"])


def _apologise(row: Update) -> None:
    try:
        with transaction.atomic():
            apologise_for(row)
    except DatabaseError:
        raise
    except Exception:
        log.exception("Nobody could be told of update %s", row.update_id)
