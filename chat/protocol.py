"""The language of the socket, version 1: what a client may say, and how frames are written.

Whatever a client sends is taken apart here, field by field; what is not in the list is refused. Nothing of it is ever
used as a name inside the desk.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast
from uuid import UUID

import orjson
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.errors import HelpDeskError

VERSION = "desk.v1"
LARGEST_FRAME = 65_536  # bytes, in both directions
_ROOM_AROUND_EVENTS = 500  # bytes
_LARGEST_NUMBER = 2**53 - 1  # a client counts in doubles
_LONGEST_TIME = 40  # characters
_FIRST_YEAR = 2000
_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS

Frame = Mapping[str, Any]


class InvalidFrame(HelpDeskError):
    code = "invalid_frame"
    text = _("The desk did not understand this frame.")


class NotSubscribed(HelpDeskError):
    code = "not_subscribed"
    status = 409
    text = _("Subscribe to the ticket first.")


class TooManySubscriptions(HelpDeskError):
    code = "too_many_subscriptions"
    status = 429
    text = _("Too many tickets are open at once.")


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Follow a ticket. `after`: the last sequence the client has; None: only what comes from now on."""

    ticket: UUID
    after: int | None


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    ticket: UUID


@dataclass(frozen=True, slots=True)
class Typing:
    """internal: it is a note that is being typed."""

    ticket: UUID
    internal: bool


@dataclass(frozen=True, slots=True)
class Read:
    ticket: UUID
    sequence: int


@dataclass(frozen=True, slots=True)
class Viewing:
    """The ticket on the client's screen, if any; `away`: the window is hidden."""

    ticket: UUID | None
    state: Literal["viewing", "away"]


@dataclass(frozen=True, slots=True)
class CatchUp:
    """What lists have missed. `since`: the server's time up to which the client's are whole; None: it knows of none."""

    since: datetime | None


@dataclass(frozen=True, slots=True)
class Ping:
    pass


ClientFrame = Subscribe | Unsubscribe | Typing | Read | Viewing | CatchUp | Ping


def read_frame(text: str) -> ClientFrame:
    """Raises InvalidFrame."""
    try:
        fields = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InvalidFrame from error
    if not isinstance(fields, dict):
        raise InvalidFrame
    kind = fields.pop("type", None)
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        raise InvalidFrame
    frame = reader(fields)
    if fields:  # each reader takes its own fields out
        raise InvalidFrame
    return frame


def _subscribe(fields: dict[str, Any]) -> Subscribe:
    if fields.get("after") is None:
        fields.pop("after", None)
        return Subscribe(_id(fields), None)
    return Subscribe(_id(fields), _number(fields, "after"))


def _typing(fields: dict[str, Any]) -> Typing:
    internal = fields.pop("internal", False)
    if not isinstance(internal, bool):
        raise InvalidFrame
    return Typing(_id(fields), internal)


def _viewing(fields: dict[str, Any]) -> Viewing:
    state = fields.pop("state", "viewing")
    if state not in ("viewing", "away"):
        raise InvalidFrame
    if fields.get("ticket", ...) is None:
        fields.pop("ticket")
        return Viewing(None, state)
    return Viewing(_id(fields), state)


def _catch_up(fields: dict[str, Any]) -> CatchUp:
    text = fields.pop("since", None)
    if text is None:
        return CatchUp(None)
    if not isinstance(text, str) or len(text) > _LONGEST_TIME:
        raise InvalidFrame
    try:
        since = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidFrame from None
    if since.tzinfo is None or since.year < _FIRST_YEAR:
        raise InvalidFrame
    return CatchUp(since)


def _id(fields: dict[str, Any]) -> UUID:
    text = fields.pop("ticket", None)
    if not isinstance(text, str) or len(text) != 36:
        raise InvalidFrame
    try:
        return UUID(text)
    except ValueError:
        raise InvalidFrame from None


def _number(fields: dict[str, Any], name: str) -> int:
    number = fields.pop(name, None)
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= _LARGEST_NUMBER:
        raise InvalidFrame
    return number


_READERS: dict[str, Callable[[dict[str, Any]], ClientFrame]] = {
    "subscribe": _subscribe,
    "unsubscribe": lambda fields: Unsubscribe(_id(fields)),
    "typing": _typing,
    "read": lambda fields: Read(_id(fields), _number(fields, "sequence")),
    "viewing": _viewing,
    "catch_up": _catch_up,
    "ping": lambda fields: Ping(),
}


def encode(frame: Frame) -> str:
    return orjson.dumps(frame, option=_OPTIONS).decode()


def encode_resumed(ticket: UUID, sequence: int, frames: Sequence[Frame]) -> tuple[str, Sequence[Frame]]:
    """The answer to `subscribe`, and the frames that no longer fit into it: they follow one by one.

    sequence: how far all of it leads. Daphne's limit for what comes in holds for what goes out, too.
    """
    parts: list[bytes] = []
    room = LARGEST_FRAME - _ROOM_AROUND_EVENTS
    for frame in frames:
        part = orjson.dumps(frame, option=_OPTIONS)
        room -= len(part) + 1
        if room < 0:
            break
        parts.append(part)
    rest = frames[len(parts) :]
    if rest:
        sequence = rest[0]["sequence"] - 1
    events = [orjson.Fragment(part) for part in parts]
    return encode({"type": "resumed", "ticket": ticket, "sequence": sequence, "data": {"events": events}}), rest


def encode_error(error: HelpDeskError, *, language: str, ticket: UUID | None = None) -> str:
    """An error in the reader's language, with the ticket that the refused frame was about."""
    with translation.override(language):
        frame: dict[str, Any] = {"type": "error", "code": error.code, "message": str(error)}
    if ticket is not None:
        frame["ticket"] = ticket
    return encode(frame)


def ticket_of(frame: ClientFrame) -> UUID | None:
    return cast("UUID | None", getattr(frame, "ticket", None))
