"""The text of a request: its parse mode or its list of entities, and Telegram's limits."""

from typing import Any

from telegram_bot.simulator.database import JSON
from telegram_bot.simulator.errors import bad_request
from telegram_bot.simulator.formatting.detection import with_found_entities
from telegram_bot.simulator.formatting.html import parse_html
from telegram_bot.simulator.formatting.markdown import parse_markdown, parse_markdown_v2
from telegram_bot.simulator.formatting.text import (
    Formatted,
    byte_offset,
    clean,
    sorted_entities,
    trimmed,
    utf16_length,
)

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
_PARSERS = {"html": parse_html, "markdown": parse_markdown, "markdownv2": parse_markdown_v2}
_GIVEN_KINDS = [
    "mention",
    "hashtag",
    "cashtag",
    "bot_command",
    "url",
    "email",
    "phone_number",
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "blockquote",
    "expandable_blockquote",
    "code",
    "pre",
    "text_link",
    "text_mention",
    "custom_emoji",
    "date_time",
]
_FIELDS = ("url", "user", "language", "custom_emoji_id", "unix_time", "date_time_format")


def formatted(source: str, parse_mode: str, entities: list[Any] | None) -> Formatted:
    """Parses, cleans and trims; links and commands are found as Telegram finds them."""
    source = clean(source)
    if parse_mode:
        parser = _PARSERS.get(parse_mode.lower())
        if parser is None:
            raise bad_request("unsupported parse_mode")
        given = parser(source)
    else:
        given = Formatted(source, _checked(source, entities or []))
    return with_found_entities(trimmed(given))


def message_text(source: str, parse_mode: str, entities: list[Any] | None) -> Formatted:
    if not source:
        raise bad_request("message text is empty")
    answer = formatted(source, parse_mode, entities)
    if not answer.text:
        raise bad_request("message text is empty")
    if len(answer.text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    return answer


def caption(source: str, parse_mode: str, entities: list[Any] | None) -> Formatted:
    answer = formatted(source, parse_mode, entities)
    if len(answer.text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    return answer


def _checked(text: str, entities: list[Any]) -> list[JSON]:
    """The known fields of well-formed entities that lie inside the text."""
    edges = _edges(text)
    length = utf16_length(text)
    answer = []
    for entity in entities:
        if not isinstance(entity, dict):
            raise bad_request("can't parse MessageEntity: expected an Object")
        offset, size, kind = entity.get("offset"), entity.get("length"), entity.get("type")
        if not isinstance(offset, int) or not isinstance(size, int) or not isinstance(kind, str):
            raise bad_request('can\'t parse MessageEntity: Field "offset" must be a valid Number')
        if kind not in _GIVEN_KINDS or offset < 0 or size <= 0 or offset >= length:
            continue
        size = min(size, length - offset)
        if offset not in edges:
            raise bad_request(f"entity begins in a middle of a UTF-16 symbol at byte offset {_at(text, offset)}")
        if offset + size not in edges:
            raise bad_request(f"entity ends in a middle of a UTF-16 symbol at byte offset {_at(text, offset + size)}")
        known = {name: entity[name] for name in _FIELDS if name in entity}
        answer.append({"offset": offset, "length": size, "type": kind, **known})
    return sorted_entities(answer)


def _edges(text: str) -> dict[int, int]:
    """Where characters begin, UTF-16 offset to position in the text; the end counts as well."""
    edges, offset = {}, 0
    for position, character in enumerate(text):
        edges[offset] = position
        offset += 2 if character > "\uffff" else 1
    edges[offset] = len(text)
    return edges


def _at(text: str, offset: int) -> int:
    return byte_offset(text, _edges(text)[offset - 1])
