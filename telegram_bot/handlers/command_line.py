"""How a command is written: `/name@bot argument`, as Telegram marks it at the beginning of a message."""

import re
from dataclasses import dataclass

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@(\w+))?(?:\s+(.*))?", re.DOTALL)

NOTE_SIGN = "//"
WRITING = frozenset({"new", "note"})  # what stands behind these is written down
_NUMBER = r"(?:[#№]?[0-9]{1,18})?"
# What else commands take behind them; most take nothing.
_TAKES = {"start": "[A-Za-z0-9_-]*", "ticket": _NUMBER, "close": _NUMBER, "take": _NUMBER, "role": ".*"}


@dataclass(frozen=True, kw_only=True)
class Command:
    name: str
    argument: str


def parse_command(text: str) -> Command | None:
    """None: the text is no command, whether the bot knows one of that name or not."""
    found = _COMMAND.fullmatch(text)
    return Command(name=found[1].lower(), argument=(found[3] or "").strip()) if found is not None else None


def is_understood(command: Command) -> bool:
    """Whether the command knows what to do with what stands behind it; else that is a message, and none is lost."""
    return (
        command.name in WRITING or re.fullmatch(_TAKES.get(command.name, ""), command.argument, re.DOTALL) is not None
    )


def strip_command(text: str) -> str:
    """The words behind a command or the sign of a note."""
    command = parse_command(text)
    return command.argument if command is not None else read_note(text)[1]


def split_number(argument: str) -> tuple[str, str]:
    """A ticket's number at the beginning (`12`, `#12`) and the words behind it; without a number it is empty."""
    first, *rest = argument.split(maxsplit=1) or [""]
    number = first.lstrip("#№")
    return (number, rest[0] if rest else "") if number.isascii() and number.isdecimal() else ("", argument)


def read_note(text: str) -> tuple[bool, str]:
    """Of staff: whether it is a note among them, and its words without the sign, `//` or /note."""
    command = parse_command(text)
    if command is not None and command.name == "note":
        return True, command.argument
    if text.startswith(NOTE_SIGN):
        return True, text.removeprefix(NOTE_SIGN).strip()
    return False, text
