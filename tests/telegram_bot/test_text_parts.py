"""Long texts in pieces that Telegram takes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.text_cleaning import utf16_length
from telegram_bot.answering.text_parts import TextPart, split_text

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


@given(WORDS, st.integers(2, 20), st.integers(2, 20))
def test_nothing_but_blanks_is_lost_and_no_piece_is_too_long(text: str, limit: int, first_limit: int) -> None:
    parts = split_text(text, limit=limit, first_limit=first_limit)
    assert "".join("".join(part.text for part in parts).split()) == "".join(text.split())
    for number, part in enumerate(parts):
        assert utf16_length(part.text) <= (first_limit if number == 0 else limit)


def test_a_word_is_not_torn_where_any_blank_is_before_it() -> None:
    text = "short " + "w" * 15
    assert [part.text for part in split_text(text, limit=16)] == ["short", "w" * 15]


def test_a_text_that_ends_a_word_at_the_limit_is_cut_there() -> None:
    assert [part.text for part in split_text("one two three", limit=7)] == ["one two", "three"]


def test_an_entity_goes_whole_into_the_next_piece() -> None:
    link = {"type": "text_link", "offset": 8, "length": 9, "url": "https://example.com"}
    first, second = split_text("look at this page", [link], limit=12)
    assert (first.text, first.entities) == ("look at ", [])
    assert (second.text, second.entities) == ("this page", [{**link, "offset": 0}])


def test_an_entity_longer_than_a_piece_is_cut() -> None:
    parts = split_text("x" * 25, [{"type": "code", "offset": 0, "length": 25}], limit=10)
    assert [(len(part.text), part.entities[0]["length"]) for part in parts] == [(10, 10), (10, 10), (5, 5)]


def test_a_family_and_a_letter_with_its_accent_stay_together() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert split_text("aaaa" + family, limit=8)[1].text == family
    assert [part.text for part in split_text("aaaae\u0301", limit=5)] == ["aaaa", "e\u0301"]


@given(text=st.text(max_size=300), limit=st.integers(8, 60))
def test_any_text_arrives_whole_but_for_blanks_at_the_cuts(text: str, limit: int) -> None:
    parts = split_text(text, limit=limit)
    assert all(0 < len(part.text.encode("utf-16-le")) // 2 <= limit for part in parts)
    pieces = "".join(part.text for part in parts)
    assert pieces.replace(" ", "").replace("\n", "") == text.replace(" ", "").replace("\n", "")


@pytest.mark.parametrize(
    ("text", "marked", "pieces"),
    [
        ("hello world and more", "ld and more", ["hello ", "world and more"]),
        ("hello world and some more", "ld and some", ["hello ", "world and some", "more"]),
        ("wonderful and more", "ful and more", ["wonderful and", "more"]),  # its first word: the entity is cut
        ("wonderfulwonderfulness", "wonderfulness", ["wonderful", "wonderfulness"]),  # torn in any case
        ("a b 🔥🔥🔥🔥🔥🔥🔥🔥", "🔥🔥🔥🔥🔥🔥🔥🔥", ["a b", "🔥🔥🔥🔥🔥🔥🔥🔥"]),
    ],
)
def test_an_entity_that_begins_within_a_word_tears_no_word(text: str, marked: str, pieces: list[str]) -> None:
    bold = {"type": "bold", "offset": utf16_length(text[: text.index(marked)]), "length": utf16_length(marked)}
    parts = split_text(text, [bold], limit=16)
    assert [part.text for part in parts] == pieces
    assert squeezed("".join(covered(part.text, part.entities) for part in parts)) == squeezed(marked)


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, list[dict[str, Any]]]:
    """A text with entities that may overlap, nest and begin within words, but within no surrogate pair."""
    text = draw(WORDS)
    edges = st.integers(0, len(text)).map(lambda at: utf16_length(text[:at]))
    pairs = draw(st.lists(st.tuples(edges, edges).map(sorted), max_size=5))
    return text, [{"type": "bold", "offset": first, "length": last - first} for first, last in pairs if first < last]


@given(marked_texts(), st.integers(2, 20), st.integers(2, 20))
def test_no_piece_of_a_marked_text_tears_a_word_that_it_could_leave_whole(
    marked_text: tuple[str, list[dict[str, Any]]], limit: int, first_limit: int
) -> None:
    text, entities = marked_text
    parts = split_text(text, entities, limit=limit, first_limit=first_limit)
    assert squeezed("".join(part.text for part in parts)) == squeezed(text)
    rest = text
    for number, part in enumerate(parts):
        assert 0 < utf16_length(part.text) <= (first_limit if number == 0 else limit)
        assert rest.startswith(part.text)
        rest = rest[len(part.text) :]
        is_torn = bool(rest) and not rest[0].isspace() and not part.text[-1].isspace()
        assert not (is_torn and len(part.text.split()) > 1), part.text
        rest = rest.lstrip(" \n")


@given(marked_texts(), st.integers(2, 20))
def test_what_an_entity_marks_stays_marked(marked_text: tuple[str, list[dict[str, Any]]], limit: int) -> None:
    text, entities = marked_text
    for entity in entities:
        parts: list[TextPart] = split_text(text, [entity], limit=limit)
        marked = "".join(covered(part.text, part.entities) for part in parts)
        assert squeezed(marked) == squeezed(covered(text, [entity]))


def covered(text: str, entities: list[dict[str, Any]]) -> str:
    units = text.encode("utf-16-le")
    spans = ((one["offset"], one["offset"] + one["length"]) for one in entities)
    return "".join(units[2 * first : 2 * last].decode("utf-16-le") for first, last in spans)


def squeezed(text: str) -> str:
    return "".join(text.split())
