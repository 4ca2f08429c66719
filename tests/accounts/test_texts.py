"""Whatever comes in as text can be stored, or is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.errors import InvalidInput
from accounts.text_cleaning import clean_line, clean_text, repair_text, utf16_length

ANYTHING = st.text(st.characters(codec=None), max_size=300)


@given(ANYTHING)
def test_a_cleaned_text_can_be_stored_and_is_clean_already(text: str) -> None:
    try:
        cleaned = clean_text(text, field="text", limit=200)
    except InvalidInput:
        return
    assert cleaned.encode()
    assert "\x00" not in cleaned
    assert 0 < utf16_length(cleaned) <= 200
    assert clean_text(cleaned, field="text", limit=200) == cleaned


@given(ANYTHING)
def test_a_repaired_text_can_always_be_stored(text: str) -> None:
    repaired = repair_text(text)
    assert repaired.encode() is not None
    assert "\x00" not in repaired


@pytest.mark.parametrize(
    ("raw", "clean"), [("  a\r\nb  ", "a\nb"), ("a\u202eb", "ab"), ("e\u0301", "é"), ("a\x07b", "a b")]
)
def test_ordinary_dirt_is_washed_off(raw: str, clean: str) -> None:
    assert clean_text(raw, field="text", limit=10) == clean


def test_a_line_has_no_breaks() -> None:
    assert clean_line(" a \n\t b ", field="subject", limit=10) == "a b"


def test_length_is_counted_as_telegram_does() -> None:
    assert utf16_length("a😀") == 3


@pytest.mark.parametrize("text", ["", "  ", "\u200b", "\ufeff \u2060", "\u3164", "\u2800\n\u2800", "\u202e"])
def test_what_shows_nothing_says_nothing(text: str) -> None:
    with pytest.raises(InvalidInput):
        clean_text(text, field="text", limit=10)
    assert clean_text(f"{text}a\u200db", field="text", limit=10).endswith("a\u200db")
