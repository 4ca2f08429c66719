"""parse_mode HTML, with the refusals of TDLib."""

import re
from dataclasses import dataclass, field

from telegram_bot.simulator.database import JSON
from telegram_bot.simulator.errors import bad_request
from telegram_bot.simulator.formatting.text import Formatted, byte_offset, sorted_entities, utf16_length

_KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(lt|gt|amp|quot));?")
_TAG = re.compile(r"<([^\s>]*)((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>")
_ATTRIBUTE = re.compile(r"([^\s=]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"']+)))?")


@dataclass
class _Open:
    name: str
    offset: int
    attributes: dict[str, str]


@dataclass
class _Parser:
    source: str
    text: str = ""
    entities: list[JSON] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)

    def run(self) -> Formatted:
        position = 0
        while position < len(self.source):
            if self.source[position] == "<":
                position = self._tag(position)
            elif self.source[position] == "&":
                position = self._reference(position)
            else:
                self.text += self.source[position]
                position += 1
        if self.stack:
            raise _refusal(f'Can\'t find end tag corresponding to start tag "{self.stack[-1].name}"')
        return Formatted(self.text, sorted_entities(self.entities))

    def _reference(self, position: int) -> int:
        match = _REFERENCE.match(self.source, position)
        if match is None:
            self.text += "&"
            return position + 1
        decimal, hexadecimal, name = match.groups()
        self.text += _NAMED[name] if name else chr(int(decimal) if decimal else int(hexadecimal, 16))
        return match.end()

    def _tag(self, position: int) -> int:
        at = byte_offset(self.source, position)
        match = _TAG.match(self.source, position)
        if self.source.startswith("</", position):
            if match is None:
                raise _refusal(f"Unclosed end tag at byte offset {at}")
            self._close(match.group(1)[1:].lower(), at)
            return match.end()
        if match is None:
            raise _refusal(f"Unclosed start tag at byte offset {at}")
        name = match.group(1).lower()
        if name not in _KINDS:
            raise _refusal(f'Unsupported start tag "{name}" at byte offset {at}')
        attributes = {
            key.lower(): next((value for value in values if value), "")
            for key, *values in _ATTRIBUTE.findall(match.group(2))
        }
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise _refusal(f'Tag "span" must have class "tg-spoiler" at byte offset {at}')
        self.stack.append(_Open(name, utf16_length(self.text), attributes))
        return match.end()

    def _close(self, name: str, at: int) -> None:
        if not self.stack:
            raise _refusal(f"Unexpected end tag at byte offset {at}")
        opened = self.stack.pop()
        if name and name != opened.name:
            raise _refusal(f'Unmatched end tag at byte offset {at}, expected "</{opened.name}>", found "</{name}>"')
        length = utf16_length(self.text) - opened.offset
        if length > 0:
            self._add(opened, length)

    def _add(self, opened: _Open, length: int) -> None:
        entity: JSON = {"offset": opened.offset, "length": length, "type": _KINDS[opened.name]}
        if opened.name == "a":
            url = opened.attributes.get("href") or self.text[-length:]
            if "://" not in url and not url.startswith(("tg:", "mailto:")):
                return
            entity["url"] = url
        elif opened.name == "blockquote" and "expandable" in opened.attributes:
            entity["type"] = "expandable_blockquote"
        elif opened.name == "tg-emoji":
            entity["custom_emoji_id"] = opened.attributes.get("emoji-id", "")
        elif opened.name == "code" and self.stack and self.stack[-1].name == "pre":
            language = opened.attributes.get("class", "").removeprefix("language-")
            self.stack[-1].attributes["language"] = language
            return
        elif opened.name == "pre" and opened.attributes.get("language"):
            entity["language"] = opened.attributes["language"]
        self.entities.append(entity)


def _refusal(text: str) -> Exception:
    return bad_request(f"can't parse entities: {text}")


def parse_html(source: str) -> Formatted:
    return _Parser(source).run()
