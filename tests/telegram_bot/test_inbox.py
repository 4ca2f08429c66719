"""What Telegram said is kept as it came, once."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from telegram_bot.models import Update, UpdateState
from telegram_bot.receiving.intake import MalformedUpdate, read_update
from telegram_bot.receiving.json_slices import slice_result
from tests.support.inbox import Inbox
from tickets.models import Message, Ticket


def test_bytes_are_kept_as_they_came_with_nuls_and_lone_surrogates(inbox: Inbox, vera: User) -> None:
    text = json.dumps(inbox.update(message=inbox.message(vera, "x")))
    raw = text.replace('"x"', '"a\\u0000b\\ud800c\\/"').encode()
    inbox.put_raw(raw)
    assert bytes(inbox.rows()[0].raw) == raw


def test_a_text_with_nuls_and_lone_surrogates_is_stored_repaired(inbox: Inbox, vera: User) -> None:
    inbox.says(vera, "a\x00b\ud800c")
    assert Message.objects.get().text == "ab\ufffdc"


def test_the_same_update_five_times_is_one_row_and_one_message(inbox: Inbox, vera: User) -> None:
    update = inbox.update(message=inbox.message(vera, "Hello"))
    for _time in range(5):
        inbox.put(update)
        inbox.work()
    assert Update.objects.count() == 1
    assert Message.objects.count() == 1


def test_the_same_message_under_another_update_id_does_nothing(inbox: Inbox, vera: User) -> None:
    message = inbox.message(vera, "Hello")
    inbox.put(inbox.update(message=message))
    inbox.put(inbox.update(message=message))
    inbox.work()
    assert [row.outcome for row in inbox.rows()] == ["ticket_opened", "repeated"]
    assert Message.objects.count() == Ticket.objects.count() == 1
    assert len(inbox.told(vera)) == 1


def test_another_content_under_the_same_update_id_is_kept_too(inbox: Inbox, vera: User) -> None:
    """Telegram begins anew with a random update_id after a week of silence: it may meet an old one."""
    first = inbox.update(message=inbox.message(vera, "Hello"))
    inbox.put(first, {**first, "message": inbox.message(vera, "Something else")})
    assert Update.objects.count() == 2


def test_the_order_of_keys_makes_no_other_update(inbox: Inbox, vera: User) -> None:
    update = inbox.update(message=inbox.message(vera, "Hello"))
    inbox.put(update, dict(reversed(update.items())))
    assert Update.objects.count() == 1


@pytest.mark.parametrize(
    "raw",
    [b"", b"null", b"[]", b"{}", b'{"update_id": "5"}', b'{"update_id": true}', b'{"update_id": 1e3}', b"\xff\xfe",
     b'{"update_id": 99999999999999999999999}', b"[" * 100_000],
)  # fmt: skip
def test_what_is_no_update_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedUpdate):
        read_update(raw)


@pytest.mark.parametrize(
    ("content", "queue"),
    [
        ({"message": {"chat": {"id": -100500}}}, -100500),
        ({"callback_query": {"from": {"id": 7}, "message": {"chat": {"id": 9}}}}, 9),
        ({"callback_query": {"from": {"id": 7}}}, 7),
        ({"poll_answer": {"user": {"id": 8}}}, 8),
        ({"poll": {"id": "1"}}, 0),
        ({"message": {"chat": {"id": "x"}, "from": None}}, 0),
        ({"message": {"chat": {"id": 2**70}}}, 0),
        ({"message": 5}, 0),
    ],
)
def test_the_queue_is_the_chat_else_the_person(content: dict[str, object], queue: int) -> None:
    assert read_update(json.dumps({"update_id": 1, **content}).encode()).queue == queue


def test_an_update_that_nobody_knows_is_done_and_ignored(inbox: Inbox) -> None:
    inbox.put(inbox.update(widget_query={"id": "1"}), inbox.update(наводка={}))
    inbox.work()
    assert [(row.state, row.outcome) for row in inbox.rows()] == [(UpdateState.DONE, "ignored")] * 2


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.lists(JSON_VALUES, max_size=5), st.dictionaries(st.text(), JSON_VALUES, max_size=3), st.sampled_from(["", " \n"])
)
def test_slices_are_exactly_the_elements(elements: list[object], others: dict[str, object], blank: str) -> None:
    slices = [json.dumps(element).encode() for element in elements]
    before = "".join(f"{json.dumps(key)}:{json.dumps(value)}," for key, value in others.items() if key != "result")
    body = f"{blank}{{{blank}{before}".encode() + b'"result":['
    body += f"{blank},{blank}".encode().join(slices) + b"]}"
    assert slice_result(body) == slices


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"result":5}', b'{"result":[1', b'{"result":[1 2]}', b'{"ok":true}', b"<html>"]
)
def test_an_answer_without_results_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        slice_result(body)
