"""Keyset pages: a cursor says where the last page ended, so depth costs nothing and new rows move nothing.

A cursor is opaque and unsigned: it holds sort keys of rows that its reader has seen, and every query asks for
permission anew.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import orjson
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.errors import InvalidInput

Position = tuple[datetime | int | str | UUID, ...]
_READERS: dict[str, Callable[[str], Any]] = {"t": datetime.fromisoformat, "i": int, "s": str, "u": UUID}
_LARGEST = 2**63


def encode_cursor(position: Sequence[datetime | int | str | UUID]) -> str:
    return urlsafe_b64encode(orjson.dumps([_write(value) for value in position])).rstrip(b"=").decode()


def decode_cursor(cursor: str, *, length: int, kinds: tuple[type, ...] | None = None) -> Position:
    """kinds: what the list sorts by, where a cursor of another list could be mistaken for its own.

    Raises InvalidInput for anything that `encode_cursor` did not make.
    """
    try:
        parts = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        position = tuple(_READERS[kind](text) for kind, text in parts)
        if len(position) != length or any(_is_out_of_range(value) for value in position):
            raise ValueError
        if kinds is not None and tuple(map(type, position)) != kinds:
            raise ValueError
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise InvalidInput.of("cursor", _("This cursor cannot be used. Start with the first page.")) from error
    return position


def build_page(request: HttpRequest, results: list[Any], *, next_position: Position | None) -> dict[str, Any]:
    """The one form of all lists."""
    following = link_to(request, cursor=encode_cursor(next_position)) if next_position is not None else None
    return {"results": results, "next": following, "previous": None}


def link_to(request: HttpRequest, **changes: Any) -> str:
    """The request's own address with other parameters; None removes one.

    Only its path, so that no proxy's host can stand in it.
    """
    query: QueryDict = request.GET.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"{request.path}?{urlencode(list(query.lists()), doseq=True)}"


def _write(value: datetime | int | str | UUID) -> tuple[str, str]:
    if isinstance(value, datetime):
        return "t", value.isoformat()
    if isinstance(value, UUID):
        return "u", str(value)
    return ("i", str(value)) if isinstance(value, int) else ("s", value)


def _is_out_of_range(value: object) -> bool:
    if isinstance(value, int):
        return abs(value) >= _LARGEST
    if isinstance(value, str):
        return "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value)
    return isinstance(value, datetime) and value.tzinfo is None
