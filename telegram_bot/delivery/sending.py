"""Sends what the outbox owes: paced, one call at a time to a chat, every result written down by itself."""

import asyncio
import logging
import time
from collections import Counter
from dataclasses import replace
from enum import Enum, auto

from django.db import DatabaseError

from accounts import clock
from telegram_bot import bridge, outbox
from telegram_bot.bot_api import BotApi, Request
from telegram_bot.channel_state import record_channel_state
from telegram_bot.delivery.pace import LOOK_AHEAD, Pace
from telegram_bot.delivery.recording import record_sending, record_verdict
from telegram_bot.delivery.rendering import Rendered, render_call
from telegram_bot.files import FileRequest, fetch_file
from telegram_bot.loops import Wakeup
from telegram_bot.models import ChannelFault, OutgoingCall
from telegram_bot.outcomes.reporting import report_call, report_message
from telegram_bot.verdicts import PAUSED, RATE_LIMITED, TOKEN_REFUSED, TRANSIENT, Again, Failed, Sent, Verdict, judge

log = logging.getLogger(__name__)

MOST_AT_ONCE = 40
MOST_FREE_AT_ONCE = 8  # calls without a chat: button answers, lists of commands
MOST_FILES_AT_ONCE = 8
MOST_LARGE_FILES_AT_ONCE = 4  # of these
_LONGEST_PAUSE = 20.0
_RECORDING_TRIES = 12


class _Free(Enum):
    """Calls without a chat."""

    OTHER = auto()
    SMALL_FILE = auto()
    LARGE_FILE = auto()

    @classmethod
    def of(cls, call: OutgoingCall) -> "_Free":
        if not call.fetches:
            return cls.OTHER
        return cls.LARGE_FILE if call.large else cls.SMALL_FILE


class Sender:
    """The bot's only sender: it works while its process holds the bot's lease."""

    def __init__(self, *, bot_id: int, api: BotApi, outbox_filled: Wakeup) -> None:
        self.bot_id = bot_id
        self.api = api
        self.outbox_filled = outbox_filled
        self.pace = Pace()
        self._chats_in_flight: set[int] = set()
        self._free_in_flight: Counter[_Free] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._failures_in_a_row = 0
        self._last_success = 0.0

    async def step(self) -> bool:
        """Start what may go now. True: there may be more at once."""
        if not self.pace.room():
            await asyncio.sleep(min(self.pace.wait(), LOOK_AHEAD / 2))
            return True
        small, large = self._free_in_flight[_Free.SMALL_FILE], self._free_in_flight[_Free.LARGE_FILE]
        calls = await bridge.run(
            outbox.claim,
            self.bot_id,
            free=0 if self.pace.is_free_paused() else MOST_FREE_AT_ONCE - self._free_in_flight[_Free.OTHER],
            files=0 if self.pace.is_free_paused(files=True) else MOST_FILES_AT_ONCE - small - large,
            large=MOST_LARGE_FILES_AT_ONCE - large,
            large_first=0 if large else 1,
            queued=min(self.pace.room(), MOST_AT_ONCE - len(self._chats_in_flight)),
            not_now={*self._chats_in_flight, *self.pace.not_now()},
            nearly_full=self.pace.nearly_full(),
        )
        for call in calls:
            self._start(call)
        return bool(calls)

    async def finish(self, seconds: float) -> None:
        """Let the calls that are under way end; what does not is taken up again when its lease runs out."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        for task in self._tasks:
            task.cancel()

    def _start(self, call: OutgoingCall) -> None:
        turn_in = self.pace.take(call.queue, call.method)
        if call.queue is None:
            self._free_in_flight[_Free.of(call)] += 1
        else:
            self._chats_in_flight.add(call.queue)
        task = asyncio.create_task(self._perform(call, turn_in), name=f"call {call.pk}")
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._ended(done, call))

    def _ended(self, task: asyncio.Task[None], call: OutgoingCall) -> None:
        self._tasks.discard(task)
        if call.queue is None:
            self._free_in_flight[_Free.of(call)] -= 1
        else:
            self._chats_in_flight.discard(call.queue)
        self.outbox_filled.ring()
        if not task.cancelled() and (error := task.exception()):
            log.error("Call %s was left to its lease", call.pk, exc_info=error)

    async def _perform(self, call: OutgoingCall, turn_in: float) -> None:
        await asyncio.sleep(turn_in)
        pause = self.pace.paused()  # begun since the call was claimed
        verdict = Again(code=PAUSED, delay=pause, counts=False) if pause else await self._send(call)
        telegram_is_back = self._learn(call, verdict)
        if not await self._record(call, verdict):
            return
        try:
            if telegram_is_back:
                await bridge.run(outbox.hasten, self.bot_id, [*TRANSIENT, PAUSED])
            elif isinstance(verdict, Again) and verdict.code == TOKEN_REFUSED:
                await bridge.run(record_channel_state, self.bot_id, ChannelFault.TOKEN_REFUSED)
        except DatabaseError as error:
            log.warning("What call %s taught is not written down: %s", call.pk, type(error).__name__)

    async def _send(self, call: OutgoingCall) -> Verdict:
        if call.expires_at is not None and call.expires_at <= clock.now():
            return Failed(code="expired")
        try:
            prepared = await bridge.run(_prepare, call)
        except DatabaseError as error:
            return Again(code="database", text=type(error).__name__, delay=1.0)
        except Exception as error:
            log.exception("Call %s cannot be rendered", call.pk)
            return judge(error)
        match prepared:
            case Request():
                verdict = await self.api.call(prepared)
                return replace(verdict, step=prepared.step) if isinstance(verdict, Sent) else verdict
            case FileRequest():
                return await fetch_file(self.api, prepared)
            case settled:
                self.pace.give_back(call.queue, call.method)
                return settled

    def _learn(self, call: OutgoingCall, verdict: Verdict) -> bool:
        """What this end tells of the channel as a whole; True: Telegram answers again after failures."""
        if isinstance(verdict, Sent) and verdict.asked:
            self._last_success = time.monotonic()
            if self._failures_in_a_row:
                self._failures_in_a_row = 0
                self.pace.resume()
                return True
        elif isinstance(verdict, Again):
            self._learn_from_failure(call, verdict)
        return False

    def _learn_from_failure(self, call: OutgoingCall, verdict: Again) -> None:
        if verdict.code == RATE_LIMITED:
            self.pace.refused(call.queue, verdict.delay or 1.0, files=call.fetches)
        elif verdict.whole_channel or verdict.code in TRANSIENT:
            self._failures_in_a_row += 1
            if verdict.whole_channel:
                self.pace.pause(min(_LONGEST_PAUSE, 0.5 * 2 ** min(self._failures_in_a_row, 8)))
        if verdict.code == TOKEN_REFUSED:
            log.error("Telegram refuses the bot: %s", verdict.text)

    async def _record(self, call: OutgoingCall, verdict: Verdict) -> bool:
        """Write the result down, even if the database has to come back first: losing it would double the message."""
        others_succeed = self._success_since(call)
        for attempt in range(_RECORDING_TRIES):
            try:
                return await bridge.run(_record_and_report, call, verdict, others_succeed=others_succeed)
            except DatabaseError as error:
                log.warning("The end of call %s is not recorded yet: %s", call.pk, type(error).__name__)
                await asyncio.sleep(min(2.0, 0.2 * 2**attempt))
        return False

    def _success_since(self, call: OutgoingCall) -> bool:
        if not self._last_success or call.first_attempt_at is None:
            return False
        age = (clock.now() - call.first_attempt_at).total_seconds()
        return self._last_success > time.monotonic() - age


def _prepare(call: OutgoingCall) -> Rendered:
    prepared = render_call(call)
    if isinstance(prepared, Request):
        record_sending(call, prepared)
    return prepared


def _record_and_report(call: OutgoingCall, verdict: Verdict, *, others_succeed: bool) -> bool:
    """Two transactions in one thread: what is recorded stays recorded even where the report has to wait."""
    recorded = record_verdict(call, verdict, others_succeed=others_succeed)
    if recorded and (call.message is not None or call.fetches or isinstance(verdict, Failed)):
        try:
            if call.message is not None and isinstance(verdict, Sent):
                report_message(call.message)
            else:
                report_call(call.pk)
        except DatabaseError as error:  # the sweep does it
            log.warning("Call %s is not reported yet: %s", call.pk, type(error).__name__)
    return recorded
