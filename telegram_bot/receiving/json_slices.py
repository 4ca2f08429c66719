"""Cuts the answer of getUpdates into its updates without changing a byte of them.

python-telegram-bot's `get_updates` gives parsed objects; the inbox keeps what Telegram really said.
"""

import json
from collections.abc import Iterator

_decoder = json.JSONDecoder()
_WHITE_SPACE = " \t\r\n"


def slice_result(body: bytes) -> list[bytes]:
    """The elements of the array `result` of the answer's top-level object, each as it stands there.

    Raises ValueError where the body is no such object.
    """
    # surrogateescape: bytes that are no UTF-8 come out again as they came in
    text = body.decode("utf-8", "surrogateescape")
    for key, start in _members(text):
        if key == "result" and text[start : start + 1] == "[":
            return [text[a:b].encode("utf-8", "surrogateescape") for a, b in _elements(text, start)]
    raise ValueError("The answer has no list of results")


def _members(text: str) -> Iterator[tuple[str, int]]:
    """Each key of the object with the position of its value."""
    at = _skip(text, _expect(text, _skip(text, 0), "{"))
    while text[at : at + 1] != "}":
        key, at = _value(text, at)
        at = _skip(text, _expect(text, _skip(text, at), ":"))
        yield key, at
        _ignored, at = _value(text, at)
        at = _skip(text, at)
        if text[at : at + 1] != "}":
            at = _skip(text, _expect(text, at, ","))


def _elements(text: str, start: int) -> Iterator[tuple[int, int]]:
    at = _skip(text, start + 1)
    while text[at : at + 1] != "]":
        _ignored, end = _value(text, at)
        yield at, end
        at = _skip(text, end)
        if text[at : at + 1] != "]":
            at = _skip(text, _expect(text, at, ","))


def _value(text: str, at: int) -> tuple[str, int]:
    try:
        value, end = _decoder.raw_decode(text, at)
    except RecursionError as error:
        raise ValueError("The answer is nested too deeply") from error
    return value, end


def _expect(text: str, at: int, character: str) -> int:
    if text[at : at + 1] != character:
        raise ValueError(f"Expected {character!r} at {at}")
    return at + 1


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _WHITE_SPACE:
        at += 1
    return at
