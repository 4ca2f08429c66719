"""What a button of ours carries: at most 64 bytes (Bot API, InlineKeyboardButton), versioned, believed in nothing.

A client may send any bytes as callback data. What parses is only well-formed; what it names is checked by the service.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

VERSION = "1"
LONGEST = 64  # bytes


class ForgedButton(ValueError):
    """Not a button that this version makes."""


class Action(StrEnum):
    SET_CATEGORY = "c"
    CHOOSE_TICKET = "t"
    NEW_TICKET = "n"
    SHOW_TICKET = "s"
    CLOSE_TICKET = "x"
    MORE_TICKETS = "z"
    TAKE_TICKET = "k"
    SET_LANGUAGE = "l"
    STOP_NEWS = "u"
    WANT_NEWS = "v"
    RATE = "r"
    COMMENT = "m"
    ASK_ERASURE = "e"
    ERASE = "y"
    KEEP_DATA = "q"
    EXPORT = "d"
    LINK_ACCOUNT = "i"
    KEEP_APART = "o"
    FORGET_PHONE = "f"
    # of the cards in the staff's group
    LIST_AGENTS = "g"
    MORE_AGENTS = "h"
    ASSIGN = "a"
    LIST_STATUSES = "w"
    SET_STATUS = "p"
    SHOW_CARD = "b"


# how many ids follow each action, and whether a word does
_IDS = {
    Action.SET_CATEGORY: 2,
    Action.CHOOSE_TICKET: 1,
    Action.NEW_TICKET: 0,
    Action.SHOW_TICKET: 1,
    Action.CLOSE_TICKET: 1,
    Action.MORE_TICKETS: 1,
    Action.TAKE_TICKET: 1,
    Action.SET_LANGUAGE: 0,
    Action.STOP_NEWS: 0,
    Action.WANT_NEWS: 0,
    Action.RATE: 1,
    Action.COMMENT: 1,
    Action.ASK_ERASURE: 0,
    Action.ERASE: 1,
    Action.KEEP_DATA: 0,
    Action.EXPORT: 0,
    Action.LINK_ACCOUNT: 1,
    Action.KEEP_APART: 0,
    Action.FORGET_PHONE: 0,
    Action.LIST_AGENTS: 1,
    Action.MORE_AGENTS: 2,
    Action.ASSIGN: 2,
    Action.LIST_STATUSES: 1,
    Action.SET_STATUS: 1,
    Action.SHOW_CARD: 1,
}
_WORDS = {
    Action.SET_LANGUAGE: frozenset({"ru", "en"}),
    Action.RATE: frozenset("12345"),
    Action.MORE_TICKETS: frozenset({Action.CHOOSE_TICKET.value, Action.CLOSE_TICKET.value, Action.SHOW_TICKET.value}),
    Action.SET_STATUS: frozenset({"open", "pending", "resolved", "closed"}),
}


@dataclass(frozen=True)
class Button:
    """A pressed or a drawn button."""

    action: Action
    ids: tuple[UUID, ...] = ()
    word: str = ""


def build(action: Action, *ids: UUID, word: str = "") -> str:
    """Callback data for a button."""
    parts = [VERSION, action.value, *(_shorten(one) for one in ids)]
    if word:
        parts.append(word)
    return ":".join(parts)


def parse(data: str | None) -> Button:
    """Raises ForgedButton."""
    if not data or len(data.encode("utf-8", "surrogatepass")) > LONGEST:
        raise ForgedButton("empty or too long")
    version, _colon, rest = data.partition(":")
    name, *arguments = rest.split(":")
    if version != VERSION:
        raise ForgedButton("of another version")
    try:
        action = Action(name)
    except ValueError:
        raise ForgedButton("unknown action") from None
    words = _WORDS.get(action)
    word = arguments.pop() if words and arguments else ""
    if len(arguments) != _IDS[action] or (words is not None and word not in words):
        raise ForgedButton("wrong arguments")
    return Button(action, tuple(_expand(one) for one in arguments), word)


def _shorten(value: UUID) -> str:
    return urlsafe_b64encode(value.bytes).rstrip(b"=").decode("ascii")


def _expand(text: str) -> UUID:
    try:
        value = UUID(bytes=urlsafe_b64decode(text.encode("ascii") + b"=="))
    except (ValueError, Base64Error) as error:
        raise ForgedButton("no id") from error
    if _shorten(value) != text:  # one spelling for one id
        raise ForgedButton("no id")
    return value
