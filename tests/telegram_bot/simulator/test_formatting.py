"""Texts are parsed, measured and refused as Telegram does."""

import httpx
import pytest

from telegram_bot.simulator.errors import BotApiError
from telegram_bot.simulator.formatting.given import formatted, message_text
from tests.support.simulator import Simulator


def spans(source: str, mode: str) -> list[tuple[str, str]]:
    """Kinds of entities with the text that each covers."""
    answer = formatted(source, mode, None)
    units = answer.text.encode("utf-16-le")
    return [
        (entity["type"], units[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le"))
        for entity in answer.entities
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<b>bold</b> &lt;i&gt;", [("bold", "bold")]),
        ("😀 <i>after</i> <u>two</u>", [("italic", "after"), ("underline", "two")]),
        ('<a href="https://a.org/?x=1&amp;y=2">link</a>', [("text_link", "link")]),
        ('<pre><code class="language-python">x = 1</code></pre>', [("pre", "x = 1")]),
        ("<b>one <i>two</i></b>", [("bold", "one two"), ("italic", "two")]),
        ("  <tg-spoiler>hid</tg-spoiler>den \n", [("spoiler", "hid")]),
        ("<blockquote expandable>q</blockquote>", [("expandable_blockquote", "q")]),
    ],
)
def test_html_becomes_entities(source: str, expected: list[tuple[str, str]]) -> None:
    assert spans(source, "HTML") == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("*bold* _it_ __under__", [("bold", "bold"), ("italic", "it"), ("underline", "under")]),
        ("~gone~ *b _bi_*", [("strikethrough", "gone"), ("bold", "b bi"), ("italic", "bi")]),
        ("`code\\`` ||no||", [("code", "code`"), ("spoiler", "no")]),
        ("[link](https://a.org)\\.", [("text_link", "link")]),
        ("```python\nx\n```", [("pre", "x")]),
    ],
)  # fmt: skip
def test_markdown_becomes_entities(source: str, expected: list[tuple[str, str]]) -> None:
    assert spans(source, "MarkdownV2") == expected


@pytest.mark.parametrize(
    ("source", "mode", "text"),
    [
        ("<x>", "HTML", 'Unsupported start tag "x" at byte offset 0'),
        ("я <b>", "HTML", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a <b>c</i>", "HTML", 'Unmatched end tag at byte offset 6, expected "</b>", found "</i>"'),
        ("a </b>", "HTML", "Unexpected end tag at byte offset 2"),
        ("x < y", "HTML", "Unclosed start tag at byte offset 2"),
        ("end.", "MarkdownV2", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("*never", "MarkdownV2", "Can't find end of Bold entity at byte offset 0"),
        ("_never", "Markdown", "Can't find end of Italic entity at byte offset 0"),
    ],
)
def test_wrong_markup_is_refused_in_telegrams_words(source: str, mode: str, text: str) -> None:
    with pytest.raises(BotApiError) as caught:
        formatted(source, mode, None)
    assert caught.value.description == f"Bad Request: can't parse entities: {text}"


def test_links_and_commands_are_found() -> None:
    found = spans("/start see https://a.org/b?c=d. or ask @desk_team, a@b.org, #fire +79991234567, 1/2", "")
    assert found == [
        ("bot_command", "/start"),
        ("url", "https://a.org/b?c=d"),
        ("mention", "@desk_team"),
        ("email", "a@b.org"),
        ("hashtag", "#fire"),
        ("phone_number", "+79991234567"),
    ]


def test_length_counts_what_is_left_after_parsing() -> None:
    assert len(message_text("<b>" + "x" * 4096 + "</b>", "HTML", None).text) == 4096
    with pytest.raises(BotApiError, match="message is too long"):
        message_text("x" * 4097, "", None)
    for source in ("", " \n ", "\r", "<b> </b>"):
        with pytest.raises(BotApiError, match="message text is empty"):
            message_text(source, "HTML", None)


def test_control_characters_and_bidi_marks_never_arrive(telegram: Simulator) -> None:
    telegram.say(1001, "a\x00b\rc\u202ed")
    assert telegram.transcript(1001)[-1]["text"] == "a bcd"


def test_given_entities_are_checked_against_utf_16(api: httpx.Client) -> None:
    def send(offset: int, length: int) -> httpx.Response:
        entities = [{"type": "bold", "offset": offset, "length": length}]
        return api.post("/sendMessage", json={"chat_id": 1001, "text": "😀 hi", "entities": entities})

    assert send(3, 2).json()["result"]["entities"] == [{"offset": 3, "length": 2, "type": "bold"}]
    assert send(3, 99).json()["result"]["entities"] == [{"offset": 3, "length": 2, "type": "bold"}]
    assert "entities" not in send(77, 2).json()["result"]
    assert "begins in a middle of a UTF-16 symbol" in send(1, 2).json()["description"]
    assert "ends in a middle of a UTF-16 symbol" in send(0, 1).json()["description"]


def test_captions_hold_1024_characters(api: httpx.Client, telegram: Simulator) -> None:
    files = {"document": ("a.txt", b"x")}
    answer = api.post("/sendDocument", data={"chat_id": 1001, "caption": "x" * 1025}, files=files)
    assert answer.json()["description"] == "Bad Request: message caption is too long"
