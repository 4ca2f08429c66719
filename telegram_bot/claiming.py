"""Which of the owed calls go next, in one statement (telegram_bot.outbox.claim)."""

from telegram_bot.models.outgoing_call import FETCHING

# Calls without a queue: what people wait for with a finger on a button first, and files apart, the small and the large
# ones each by their turns. Of all others the oldest undone call of each queue, if it may go now, past those that are to
# begin later or can wait: answers to customers first, in what room they leave the rest, and what can wait where nothing
# else of its chat is due.
# The choice is made once, apart: within the UPDATE's own condition it could be made anew for each row, past the limit.
_CHOICE = """AS MATERIALIZED (
    SELECT due.id, due.queue, due.turn FROM telegram_bot_outgoingcall AS due
    WHERE due.bot_id = %(bot_id)s AND due.state IN ('pending', 'sending')
      AND CASE due.state WHEN 'pending' THEN due.next_attempt_at ELSE due.lease_until END <= statement_timestamp()
      AND {which}
    ORDER BY {order} LIMIT {limit}
    FOR UPDATE SKIP LOCKED)"""
_IN_A_QUEUE = """due.queue IS NOT NULL AND NOT due.queue = ANY(%(not_now)s)
      AND NOT EXISTS (
        SELECT 1 FROM telegram_bot_outgoingcall AS other
        WHERE other.bot_id = due.bot_id AND other.queue = due.queue AND other.state IN ('pending', 'sending')
          AND (other.first_attempt_at IS NOT NULL OR other.next_attempt_at <= statement_timestamp())
          AND {goes_first})"""
_IS_PATIENT = "({row}.can_wait AND {row}.first_attempt_at IS NULL)"
_IN_ORDER = _IN_A_QUEUE.format(goes_first=f"other.id < due.id AND NOT {_IS_PATIENT.format(row='other')}")
_AFTER_ALL = _IN_A_QUEUE.format(
    goes_first=f"other.id <> due.id AND (other.id < due.id OR NOT {_IS_PATIENT.format(row='other')})"
)
_FREE = _CHOICE.format(
    which=f"due.queue IS NULL AND due.method <> '{FETCHING}'",
    order="due.method <> 'answerCallbackQuery', due.id",
    limit="%(free)s",
)
_A_FILE = f"due.queue IS NULL AND due.method = '{FETCHING}'"
_SMALL = _CHOICE.format(which=f"{_A_FILE} AND NOT due.large", order="due.turn, due.id", limit="%(files)s")
_LARGE = _CHOICE.format(which=f"{_A_FILE} AND due.large", order="due.turn, due.id", limit="%(large)s")
_FILES = """AS (
    SELECT id FROM (
        SELECT id, FALSE AS is_large, row_number() OVER (ORDER BY turn, id) AS place FROM small
        UNION ALL SELECT id, TRUE, row_number() OVER (ORDER BY turn, id) FROM large) AS file
    ORDER BY NOT (is_large AND place <= %(large_first)s), is_large, place LIMIT %(files)s)"""
_ANSWERS = _CHOICE.format(which=f"due.message IS NOT NULL AND {_IN_ORDER}", order="due.id", limit="%(queued)s")
_OTHERS = _CHOICE.format(
    which=" AND ".join(
        (
            "due.message IS NULL",
            f"NOT {_IS_PATIENT.format(row='due')}",
            "NOT due.queue IN (SELECT queue FROM answers)",
            _IN_ORDER,
        )
    ),
    order="due.id",
    limit="%(queued)s - (SELECT count(*) FROM answers)",
)
_PATIENT = _CHOICE.format(
    which=" AND ".join(
        (
            _IS_PATIENT.format(row="due"),
            "NOT due.queue = ANY(%(nearly_full)s)",
            "NOT due.queue IN (SELECT queue FROM answers UNION ALL SELECT queue FROM others)",
            _AFTER_ALL,
        )
    ),
    order="due.id",
    limit="%(queued)s - (SELECT count(*) FROM answers) - (SELECT count(*) FROM others)",
)
_TAKE = """
WITH free {free}, small {small}, large {large}, files {files},
answers {answers}, others {others}, patient {patient},
chosen AS (
    SELECT id FROM free UNION ALL SELECT id FROM files
    UNION ALL SELECT id FROM answers UNION ALL SELECT id FROM others UNION ALL SELECT id FROM patient)
UPDATE telegram_bot_outgoingcall AS claimed
SET state = 'sending', lease_token = gen_random_uuid(),
    lease_until = statement_timestamp()
        + CASE WHEN claimed.method = ANY(%(file_methods)s) THEN %(file_lease)s ELSE %(lease)s END,
    first_attempt_at = COALESCE(claimed.first_attempt_at, statement_timestamp()),
    ambiguous = claimed.ambiguous
        OR (claimed.state = 'sending' AND (claimed.method ~ '^(send|copy)' OR claimed.params ? '@sends'))
FROM chosen WHERE claimed.id = chosen.id
RETURNING claimed.*
"""
CLAIM = _TAKE.format(
    free=_FREE, small=_SMALL, large=_LARGE, files=_FILES, answers=_ANSWERS, others=_OTHERS, patient=_PATIENT
)
