"""The measure itself: it knows a wrong call from a right one."""

from typing import Any

import pytest

from tests.support.validator import find_problems

BUTTON = {"text": "Close", "callback_data": "c:1"}


def buttons(*row: dict[str, str]) -> dict[str, Any]:
    return {"inline_keyboard": [list(row)]}


def bold(length: int) -> dict[str, Any]:
    return {"type": "bold", "offset": 0, "length": length}


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("sendMessage", {"chat_id": 1, "text": "Hello", "reply_markup": buttons(BUTTON)}),
        ("sendMediaGroup", {"chat_id": 1, "media": [{"type": "photo", "media": "attach://a"}] * 2}),
        ("setMyCommands", {"commands": [{"command": "help", "description": "Help"}], "language_code": "ru"}),
    ],
)
def test_a_documented_call_has_no_problems(method: str, params: dict[str, Any]) -> None:
    assert find_problems(method, params) == []


@pytest.mark.parametrize(
    ("method", "params", "word"),
    [
        ("sendMesage", {"chat_id": 1, "text": "x"}, "no such method"),
        ("sendMessage", {"chat_id": 1}, "text"),
        ("sendMessage", {"chat_id": 1, "text": "x", "textt": "y"}, "no parameter textt"),
        ("sendMessage", {"chat_id": 1, "text": "x" * 4097}, "too long"),
        (
            "sendMessage",
            {"chat_id": 1, "text": "😀", "entities": [{"type": "bold", "offset": 0, "length": 3}]},
            "bounds",
        ),
        ("sendMessage", {"chat_id": 1, "text": "x", "reply_markup": {"inline_keyboard": [[{"text": "x"}]]}}, "button"),
        (
            "sendMessage",
            {"chat_id": 1, "text": "x", "reply_markup": buttons({**BUTTON, "colour": "red"})},
            "no parameter reply_markup.inline_keyboard.colour",
        ),
        ("sendPhoto", {"chat_id": 1, "photo": "x", "caption": "x" * 1025}, "caption is too long"),
    ],
)
def test_a_wrong_call_is_named(method: str, params: dict[str, Any], word: str) -> None:
    (problem,) = find_problems(method, params)
    assert problem.startswith(f"{method}: ")
    assert word in problem
