"""parse_mode MarkdownV2 and its elder Markdown, with the refusals of TDLib."""

from dataclasses import dataclass, field

from telegram_bot.simulator.database import JSON
from telegram_bot.simulator.errors import bad_request
from telegram_bot.simulator.formatting.text import Formatted, byte_offset, sorted_entities, utf16_length

_RESERVED = "_*[]()~`>#+-=|{}.!"
_MARKS_2 = {"*": "bold", "_": "italic", "__": "underline", "~": "strikethrough", "||": "spoiler"}
_MARKS_1 = {"*": "bold", "_": "italic"}
_TITLES = {
    "bold": "Bold", "italic": "Italic", "underline": "Underline", "strikethrough": "Strikethrough",
    "spoiler": "Spoiler", "code": "Code", "pre": "PreCode", "text_link": "TextUrl",
}  # fmt: skip


@dataclass
class _Open:
    mark: str
    offset: int
    at: int


@dataclass
class _Parser:
    source: str
    marks: dict[str, str]
    strict: bool
    position: int = 0
    text: str = ""
    entities: list[JSON] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)

    def run(self) -> Formatted:
        while self.position < len(self.source):
            self._step()
        if self.stack:
            opened = self.stack[-1]
            kind = "text_link" if opened.mark == "[" else self.marks[opened.mark]
            raise self._refusal(f"Can't find end of {_TITLES[kind]} entity at byte offset {opened.at}")
        return Formatted(self.text, sorted_entities(self.entities))

    def _step(self) -> None:
        source, position = self.source, self.position
        character = source[position]
        if character == "\\" and self._escapes(position):
            self.text += source[position + 1]
            self.position += 2
        elif source.startswith("```", position):
            self._verbatim("```", "pre")
        elif character == "`":
            self._verbatim("`", "code")
        elif character == "[":
            self._open("[")
        elif character == "]" and self.stack and self.stack[-1].mark == "[":
            self._link()
        elif mark := self._mark(position):
            self._toggle(mark)
        elif self.strict and character in _RESERVED:
            raise self._refusal(f"Character '{character}' is reserved and must be escaped with the preceding '\\'")
        else:
            self.text += character
            self.position += 1

    def _escapes(self, position: int) -> bool:
        following = self.source[position + 1 : position + 2]
        return bool(following) and (following in (_RESERVED + "\\" if self.strict else "_*`["))

    def _mark(self, position: int) -> str:
        for length in (2, 1):
            mark = self.source[position : position + length]
            if len(mark) == length and mark in self.marks:
                return mark
        return ""

    def _open(self, mark: str) -> None:
        self.stack.append(_Open(mark, utf16_length(self.text), byte_offset(self.source, self.position)))
        self.position += len(mark)

    def _toggle(self, mark: str) -> None:
        if self.stack and self.stack[-1].mark == mark:
            self.position += len(mark)
            self._add(self.marks[mark], self.stack.pop().offset)
        elif not self.strict and self.stack:
            self.text += mark
            self.position += len(mark)
        else:
            self._open(mark)

    def _verbatim(self, fence: str, kind: str) -> None:
        start = self.position + len(fence)
        end = self._find_unescaped(fence, start)
        if end < 0:
            at = byte_offset(self.source, self.position)
            raise self._refusal(f"Can't find end of {_TITLES[kind]} entity at byte offset {at}")
        content, language = self.source[start:end], ""
        if kind == "pre" and "\n" in content:
            first, rest = content.split("\n", 1)
            language, content = (first, rest) if not first or first.isalnum() else ("", content)
        offset = utf16_length(self.text)
        self.text += content.replace("\\`", "`").replace("\\\\", "\\") if self.strict else content
        self.position = end + len(fence)
        self._add(kind, offset, **({"language": language} if language else {}))

    def _find_unescaped(self, fence: str, start: int) -> int:
        """Where the fence comes next; MarkdownV2 lets a backslash take its meaning away."""
        end = self.source.find(fence, start)
        while self.strict and end > start and self.source[end - 1] == "\\":
            end = self.source.find(fence, end + 1)
        return end

    def _link(self) -> None:
        opened = self.stack.pop()
        self.position += 1
        if not self.source.startswith("(", self.position):
            return
        end = self.source.find(")", self.position)
        if end < 0:
            raise self._refusal(f"Can't find end of a URL at byte offset {byte_offset(self.source, self.position)}")
        self._add("text_link", opened.offset, url=self.source[self.position + 1 : end].replace("\\", ""))
        self.position = end + 1

    def _add(self, kind: str, offset: int, **more: str) -> None:
        length = utf16_length(self.text) - offset
        if length > 0:
            self.entities.append({"offset": offset, "length": length, "type": kind, **more})

    def _refusal(self, text: str) -> Exception:
        return bad_request(f"can't parse entities: {text}")


def parse_markdown_v2(source: str) -> Formatted:
    return _Parser(source, _MARKS_2, strict=True).run()


def parse_markdown(source: str) -> Formatted:
    return _Parser(source, _MARKS_1, strict=False).run()
