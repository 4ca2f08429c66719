"""The checker itself is checked: each invariant is broken once, and the breach is named."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection

from accounts.models import User
from telegram_bot.models import CallState, OutgoingCall
from telegram_bot.outcomes.reporting import report_message
from tests.faults.invariants import (
    INVARIANTS,
    Expectation,
    find_broken_promises,
    find_lost_in_group,
    find_violations,
)
from tests.support.bot_process import database_url
from tests.support.desk import a_reply_by
from tests.support.inbox import Inbox
from tests.support.whole_desk import WholeDesk
from tickets.events.delivery import run_due_deliveries
from tickets.models import Ticket

_LINK = "telegram_bot_messagelink"
PLANTED: dict[str, tuple[str, ...]] = {
    "a ticket's sequences have a hole or differ from its log": ("UPDATE tickets_ticket SET sequence = sequence + 1",),
    "a message has not exactly one event, or another sequence than it": (
        "UPDATE tickets_message SET sequence = sequence + 100",
    ),
    "a ticket's status is not that of its last change": ("UPDATE tickets_ticket SET status = 'closed'",),
    "a Telegram message is in two of the desk's messages": (
        f"ALTER TABLE {_LINK} DROP CONSTRAINT telegram_message_once",
        f"INSERT INTO {_LINK} (bot_id, chat_id, telegram_message_id, message, part, direction, media_group, created_at)"
        " SELECT bot_id, chat_id, telegram_message_id, message, part, direction, media_group, created_at"
        f" FROM {_LINK} LIMIT 1",
    ),
    "an incoming link points at no message": (f"UPDATE {_LINK} SET message = gen_random_uuid()",),
    "an update has no outcome": ("UPDATE telegram_bot_update SET state = 'received'",),
    "a Bot API call has no outcome": ("UPDATE telegram_bot_outgoingcall SET state = 'pending'",),
    "a call failed without a reason": ("UPDATE telegram_bot_outgoingcall SET state = 'failed', error_code = ''",),
    "a reaction is still owed or given up": ("UPDATE tickets_eventdelivery SET state = 'dead'",),
    "an answer is still queued": ("UPDATE tickets_message SET delivery_state = 'queued' WHERE author_role = 'agent'",),
}


@pytest.fixture
def sound_desk(transactional_db: None, inbox_of_bot: Inbox, vera: User, anna: User) -> None:
    """A customer wrote to the bot, an agent answered, everything arrived."""
    inbox_of_bot.says(vera, "The printer is on fire")
    message = a_reply_by(anna, Ticket.objects.get())
    inbox_of_bot.work()
    OutgoingCall.objects.update(state=CallState.SENT)
    report_message(message.pk)
    for subscriber in ("notifications", "telegram"):
        run_due_deliveries(subscriber)
    OutgoingCall.objects.update(state=CallState.SENT)


@pytest.fixture
def inbox_of_bot(transactional_db: None) -> Inbox:
    return Inbox()


def test_a_sound_desk_has_no_violations(sound_desk: None) -> None:
    assert find_violations(database_url()) == []


def test_every_invariant_is_broken_below() -> None:
    assert PLANTED.keys() == INVARIANTS.keys()


@pytest.mark.parametrize("sentence", PLANTED)
def test_a_planted_breach_is_named(sound_desk: None, sentence: str) -> None:
    with connection.cursor() as cursor:
        for statement in PLANTED[sentence]:
            cursor.execute(statement)
    try:
        found = find_violations(database_url())
    finally:
        if len(PLANTED[sentence]) > 1:
            with connection.cursor() as cursor:
                cursor.execute(f"TRUNCATE {_LINK}")
                cursor.execute(
                    f"ALTER TABLE {_LINK} ADD CONSTRAINT telegram_message_once"
                    " UNIQUE (bot_id, chat_id, telegram_message_id)"
                )
    assert any(violation.startswith(sentence) for violation in found), found


@pytest.mark.xdist_group("desk")
@pytest.mark.timeout(300)
def test_a_promise_that_was_not_kept_is_named(whole_desk: WholeDesk) -> None:
    telegram, agent = whole_desk.telegram, whole_desk.agent()
    customer = whole_desk.new_customer()
    telegram.say(customer, "First")
    ticket = whole_desk.ticket_of(customer)
    telegram.say(customer, "Second")
    posted = [agent.reply(ticket["id"], text) for text in ("One of two", "Two of two")]
    telegram.wait_for_message(customer, "Two of two", seconds=60)
    kept = Expectation(
        acknowledged={message["id"] for message in posted},
        said={customer: ["First", "Second"]},
        answers={customer: ["One of two", "Two of two"]},
    )
    broken: dict[str, Callable[[], Expectation]] = {
        "was acknowledged and is there 0 times": lambda: Expectation(acknowledged={str(uuid4())}),
        "the desk has": lambda: Expectation(said={customer: ["Second", "First"]}),
        "never reached": lambda: Expectation(answers={customer: ["Never written"]}),
        "in another order": lambda: Expectation(answers={customer: ["Two of two", "One of two"]}),
        "and is not marked": lambda: Expectation(answers={customer: ["of two"]}),
        "'Never written in the group' never reached": lambda: Expectation(
            from_group={customer: ["Never written in the group"]}
        ),
        "was taken back and still stands": lambda: Expectation(taken_back={customer: ["One of two"]}),
        "came with 2 files, 0 are there": lambda: Expectation(files={"First": 2}),
        "bears [], not 👍": lambda: Expectation(signs={"One of two": "👍"}),
    }
    assert find_broken_promises(kept, telegram, agent) == []
    for words, expected in broken.items():
        found = find_broken_promises(expected(), telegram, agent)
        assert any(words in sentence for sentence in found), (words, found)


def test_what_a_topic_of_the_group_lacks_is_named() -> None:
    stands = [{"text": "👤 Vera\nOne"}, {"caption": "Two", "photo": []}, {"text": "✏️ Edited:\nThree Corrected."}]
    assert find_lost_in_group(stands, [["Three Corrected.", "One", "Two"]], 1) == []
    assert find_lost_in_group(stands, [["Four"]], 1) == ["'Four' is not in the group"]
    assert find_lost_in_group(stands, [["Two", "One"]], 1)[0].startswith("the group reads in another order")
    assert find_lost_in_group(stands, [], 2) == ["of 2 files the group has 1"]
