"""JSON in and out of the REST API: fast to write, strict to read."""

import json
from collections.abc import Mapping
from typing import IO, Any

import orjson
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS
_MOST_LEVELS = 32


class BodyTooLarge(APIException):
    status_code = 413
    default_code = "body_too_large"
    default_detail = _("The request is too large.")


class OrjsonRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else orjson.dumps(data, default=_render_other, option=_OPTIONS)


def _render_other(value: Any) -> Any:
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


class OrjsonParser(BaseParser):
    """Refuses what lenient parsers let through: NaN, bad UTF-8, lone surrogates, double keys, deep nesting."""

    media_type = "application/json"
    most_bytes: int | None = None  # less than DATA_UPLOAD_MAX_MEMORY_SIZE

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        limit = self.most_bytes or settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise BodyTooLarge
        return parse_json(body)


def parse_json(body: bytes) -> Any:
    """The value that `body` says. Raises ParseError."""
    try:
        value = orjson.loads(body)
        if body.count(b"{") + body.count(b"[") > _MOST_LEVELS:
            _refuse_deep(value)
        json.loads(body, object_pairs_hook=_refuse_doubles)
    except (ValueError, RecursionError) as error:
        raise ParseError(_("This is not valid JSON.")) from error
    return value


def _refuse_doubles(pairs: list[tuple[str, Any]]) -> None:
    if len({key for key, _value in pairs}) != len(pairs):
        raise ValueError("a key stands twice")


def _refuse_deep(value: Any) -> None:
    level = [value]
    for _depth in range(_MOST_LEVELS + 1):
        level = [child for item in level for child in _children(item)]
        if not level:
            return
    raise ValueError("nested too deep")


def _children(item: Any) -> list[Any]:
    if isinstance(item, dict):
        return list(item.values())
    return item if isinstance(item, list) else []
