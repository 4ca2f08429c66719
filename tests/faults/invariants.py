"""What must hold after every fault, checked from outside: SQL on the desk's tables, REST as each person, and what the
simulated Telegram has seen. Nothing here uses the desk's own code, so that a bug there cannot hide itself.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import psycopg

from tests.support.clients import Person
from tests.support.simulator import Simulator

JSON = dict[str, Any]


@dataclass
class Expectation:
    """What the test's people were told, and what they sent to Telegram."""

    acknowledged: set[str] = field(default_factory=set)  # ids of messages that the desk answered 2xx to
    said: dict[int, list[str]] = field(default_factory=dict)  # texts that each customer sent to the bot, in order
    answers: dict[int, list[str]] = field(default_factory=dict)  # acknowledged answers to each customer, in order
    from_group: dict[int, list[str]] = field(default_factory=dict)  # what staff wrote in the ticket's topic, in order
    taken_back: dict[int, list[str]] = field(default_factory=dict)  # answers that were removed, or former words
    files: dict[str, int] = field(default_factory=dict)  # how many belong to the customer's message of this text
    signs: dict[str, str] = field(default_factory=dict)  # the customer's reaction to the answer of this text

    @classmethod
    def of_all(cls, several: Iterable["Expectation"]) -> "Expectation":
        """What several people were told and sent, none of whom knows of the others."""
        whole = cls()
        for one in several:
            for name in vars(whole):
                getattr(whole, name).update(getattr(one, name))
        return whole


def find_violations(database_url: str) -> list[str]:
    """What is wrong with the desk's tables, a sentence each; empty where all invariants hold."""
    found = []
    with psycopg.connect(database_url) as connection:
        for sentence, query in INVARIANTS.items():
            rows = connection.execute(query).fetchall()  # type: ignore[arg-type]
            found += [f"{sentence}: {row}" for row in rows[:5]]
    return found


INVARIANTS = {
    "a ticket's sequences have a hole or differ from its log": """
        SELECT t.number, t.sequence, count(e.id), max(e.sequence), t.public_sequence,
               count(e.public_sequence), max(e.public_sequence)
        FROM tickets_ticket t LEFT JOIN tickets_ticketevent e ON e.ticket_id = t.id GROUP BY t.id
        HAVING count(e.id) <> t.sequence OR max(e.sequence) <> t.sequence
            OR count(e.public_sequence) <> t.public_sequence
            OR coalesce(max(e.public_sequence), 0) <> t.public_sequence""",
    "a message has not exactly one event, or another sequence than it": """
        SELECT m.id, m.sequence, count(e.id), min(e.sequence)
        FROM tickets_message m LEFT JOIN tickets_ticketevent e
            ON e.message_id = m.id AND e.type IN ('message_sent', 'note_added')
        GROUP BY m.id
        HAVING count(e.id) <> 1 OR min(e.sequence) <> m.sequence
            OR min(e.public_sequence) IS DISTINCT FROM m.public_sequence""",
    "a ticket's status is not that of its last change": """
        SELECT t.number, t.status, e.payload FROM tickets_ticket t CROSS JOIN LATERAL (
            SELECT payload FROM tickets_ticketevent
            WHERE ticket_id = t.id AND type = 'ticket_status_changed' ORDER BY sequence DESC LIMIT 1) e
        WHERE e.payload->>'new' <> t.status""",
    "a Telegram message is in two of the desk's messages": """
        SELECT bot_id, chat_id, telegram_message_id FROM telegram_bot_messagelink
        GROUP BY 1, 2, 3 HAVING count(*) > 1""",
    "an incoming link points at no message": """
        SELECT l.telegram_message_id FROM telegram_bot_messagelink l
        LEFT JOIN tickets_message m ON m.id = l.message
        WHERE l.message IS NOT NULL AND m.id IS NULL""",
    "an update has no outcome": """
        SELECT update_id, state, last_error FROM telegram_bot_update WHERE state NOT IN ('done', 'held')""",
    "a Bot API call has no outcome": """
        SELECT id, method, state, error_code FROM telegram_bot_outgoingcall WHERE state NOT IN ('sent', 'failed')""",
    "a call failed without a reason": """
        SELECT id, method FROM telegram_bot_outgoingcall WHERE state = 'failed' AND error_code = ''""",
    "a reaction is still owed or given up": """
        SELECT id, subscriber, state, last_error FROM tickets_eventdelivery WHERE state <> 'done'""",
    "an answer is still queued": """
        SELECT id, text FROM tickets_message WHERE delivery_state = 'queued' AND deleted_at IS NULL""",
}


def find_broken_promises(expected: Expectation, telegram: Simulator, staff: Person) -> list[str]:
    """What was promised and is not so: acknowledged messages, what customers said, what they were answered."""
    stored = _all_messages(staff)
    found = _missing_or_doubled(expected.acknowledged, Counter(message["id"] for message in stored))
    ambiguous = {message["text"] for message in stored if (message["delivery"] or {}).get("ambiguous")}
    failed = {
        message["text"] for message in stored if (message["delivery"] or {}).get("state") in ("failed", "blocked")
    }
    for customer, texts in expected.said.items():
        arrived = [message["text"] for message in stored if message["text"] in set(texts)]
        if arrived != texts:
            found.append(f"customer {customer} said {texts}, the desk has {arrived}")
    for answers in (expected.answers, expected.from_group):
        for customer, texts in answers.items():
            seen = _texts(telegram.answers(customer))
            found += _check_answers(customer, texts, seen, ambiguous=ambiguous, failed=failed)
    for customer, texts in expected.taken_back.items():
        left = [text for text in texts if text not in ambiguous and text in _texts(telegram.answers(customer))]
        found += [f"{text!r} was taken back and still stands with {customer}" for text in left]
    return found + _lost_files(expected.files, stored) + _lost_signs(expected.signs, stored)


def _texts(messages: Iterable[JSON]) -> list[str]:
    return [message.get("text") or message.get("caption") or "" for message in messages]


def _lost_files(files: dict[str, int], stored: list[JSON]) -> list[str]:
    ready = {
        message["text"]: sum(attachment["state"] == "ready" for attachment in message["attachments"])
        for message in stored
    }
    return [f"{text!r} came with {count} files, {ready.get(text)} are there" for text, count in files.items()
            if ready.get(text) != count]  # fmt: skip


def _lost_signs(signs: dict[str, str], stored: list[JSON]) -> list[str]:
    there = {
        message["text"]: [one["emoji"] for one in message["reactions"] if one["side"] == "customer"]
        for message in stored
    }
    return [f"{text!r} bears {there.get(text)}, not {sign}" for text, sign in signs.items()
            if there.get(text) != [sign]]  # fmt: skip


def find_lost_in_group(stands: list[JSON], written: Iterable[list[str]], files: int) -> list[str]:
    """What does not stand in a ticket's topic, or in another order than written; corrected words may stand below.

    stands: what the bot wrote there. written: the texts of each side. files: how many came with them.
    """
    seen = _texts(stands)
    found = []
    for texts in written:
        places = {text: next((n for n, message in enumerate(seen) if text in message), None) for text in texts}
        found += [f"{text!r} is not in the group" for text, place in places.items() if place is None]
        order = [place for text, place in places.items() if place is not None and not text.endswith("Corrected.")]
        if order != sorted(order):
            found.append(f"the group reads in another order: {seen}")
    copied = sum("photo" in message or "document" in message for message in stands)
    return [*found, *([f"of {files} files the group has {copied}"] if copied < files else [])]


def _missing_or_doubled(acknowledged: Iterable[str], stored: Counter[str]) -> list[str]:
    return [f"message {pk} was acknowledged and is there {stored[pk]} times" for pk in acknowledged if stored[pk] != 1]


def _check_answers(
    customer: int, texts: list[str], seen: list[str], *, ambiguous: set[str], failed: set[str]
) -> list[str]:
    found = []
    for text in texts:
        times = sum(text in message for message in seen)
        if times == 0 and text not in failed:
            found.append(f"{text!r} never reached {customer}")
        if times > 1 and text not in ambiguous:
            found.append(f"{text!r} reached {customer} {times} times and is not marked")
    first_seen = [next((n for n, message in enumerate(seen) if text in message), None) for text in texts]
    order = [position for position in first_seen if position is not None]
    if order != sorted(order):
        found.append(f"answers reached {customer} in another order: {seen}")
    return found


def _all_messages(staff: Person) -> list[JSON]:
    """Every message as staff see it, in the order in which tickets were opened."""
    tickets, query = [], {"order": "oldest", "limit": 100}
    page = staff.get("/tickets/", **query)
    tickets += page["results"]
    while page["next"]:
        page = staff.get(page["next"].split("/api/v1", 1)[1])
        tickets += page["results"]
    messages = []
    for ticket in sorted(tickets, key=lambda ticket: ticket["number"]):
        after = 0
        while batch := staff.messages(ticket["id"], after=after, limit=100):
            messages += batch
            after = batch[-1]["sequence"]
    return messages
