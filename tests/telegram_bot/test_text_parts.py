"""Long texts in pieces that Telegram takes."""

from hypothesis import given
from hypothesis import strategies as st

from accounts.text_cleaning import utf16_length
from telegram_bot.text_parts import split_text

WORDS = st.text(alphabet="ab \n🔥é", max_size=120)


def test_an_empty_text_has_no_pieces() -> None:
    assert split_text("") == []


def test_a_text_is_cut_at_the_end_of_a_paragraph_where_it_can_be() -> None:
    parts = split_text("a" * 70 + "\n\n" + "b" * 60, limit=100)
    assert [part.text for part in parts] == ["a" * 70, "b" * 60]


def test_a_surrogate_pair_is_never_cut() -> None:
    parts = split_text("a" + "🔥" * 10, limit=4)
    assert "".join(part.text for part in parts) == "a" + "🔥" * 10
    assert all(utf16_length(part.text) <= 4 for part in parts)


def test_an_entity_over_the_edge_is_cut_in_two() -> None:
    parts = split_text("aaaabbbb", [{"type": "bold", "offset": 2, "length": 4}], limit=4)
    assert [part.entities for part in parts] == [
        [{"type": "bold", "offset": 2, "length": 2}],
        [{"type": "bold", "offset": 0, "length": 2}],
    ]


@given(WORDS, st.integers(2, 20), st.integers(2, 20))
def test_nothing_but_blanks_is_lost_and_no_piece_is_too_long(text: str, limit: int, first_limit: int) -> None:
    parts = split_text(text, limit=limit, first_limit=first_limit)
    assert "".join("".join(part.text for part in parts).split()) == "".join(text.split())
    for number, part in enumerate(parts):
        assert utf16_length(part.text) <= (first_limit if number == 0 else limit)
