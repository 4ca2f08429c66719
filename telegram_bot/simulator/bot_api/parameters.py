"""Reads the parameters of a call: query string, form, multipart or JSON, all seen as texts."""

import json
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request

from telegram_bot.simulator.calls import readable
from telegram_bot.simulator.database import JSON
from telegram_bot.simulator.errors import BotApiError, bad_request
from telegram_bot.simulator.files import UPLOAD_LIMIT, Upload

PART_LIMIT = 1 << 20


@dataclass
class Call:
    """One Bot API call. Missing parameters read as empty, as on Telegram's server."""

    method: str
    params: dict[str, str] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)

    @property
    def chat_id(self) -> str:
        return self.params.get("chat_id", "").strip()

    def text(self, name: str) -> str:
        return self.params.get(name, "")

    def integer(self, name: str, default: int = 0, *, low: int | None = None, high: int | None = None) -> int:
        try:
            value = int(self.params.get(name, "") or default)
        except ValueError:
            value = default
        value = value if low is None else max(low, value)
        return value if high is None else min(high, value)

    def flag(self, name: str) -> bool:
        return self.params.get(name, "").lower() in ("true", "yes", "1")

    def json(self, name: str, kind: type, what: str) -> Any:
        """A parameter that holds JSON of this kind; None where it is missing."""
        source = self.params.get(name, "")
        if not source:
            return None
        try:
            value = json.loads(source)
        except ValueError as error:
            raise bad_request(f"can't parse {what} JSON object") from error
        if not isinstance(value, kind):
            raise bad_request(f"can't parse {what}: expected {'an Array' if kind is list else 'an Object'}")
        return value

    def message_id(self) -> int:
        number = self.integer("message_id")
        if number <= 0:
            raise bad_request("message identifier is not specified")
        return number

    def logged(self) -> JSON:
        """What the log of calls keeps."""
        attached = {name: {"name": file.name, "size": len(file.content)} for name, file in self.files.items()}
        return {**readable(self.params), **attached}


async def read_call(request: Request, method: str) -> Call:
    """Raises 400 for a body that cannot be read and 413 for a file above Telegram's limit."""
    call = Call(method)
    call.params.update(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method == "POST" and kind == "application/json":
        call.params.update(await _json_params(request))
    elif request.method == "POST" and kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        async with request.form(max_part_size=PART_LIMIT) as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    call.files[name] = await _upload(value)
                else:
                    call.params[name] = value
    return call


async def _json_params(request: Request) -> dict[str, str]:
    body = await request.body()
    if not body.strip():
        return {}
    try:
        values = json.loads(body)
    except ValueError as error:
        raise bad_request("can't parse request JSON object") from error
    if not isinstance(values, dict):
        raise bad_request("expected an Object")
    return {name: _as_text(value) for name, value in values.items() if value is not None}


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


async def _upload(part: UploadFile) -> Upload:
    content = await part.read(UPLOAD_LIMIT + 1)
    if len(content) > UPLOAD_LIMIT:
        raise BotApiError(413, "Request Entity Too Large")
    return Upload(part.filename or "file", part.content_type or "application/octet-stream", content)
