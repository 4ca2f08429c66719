"""Reads what the control API is asked."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request

from telegram_bot.simulator.errors import ControlError
from telegram_bot.simulator.files import Upload

FILE_LIMIT = 64 << 20


@dataclass
class Ask:
    """One request: parts of its path, its query, its JSON or form values, its files."""

    path: Mapping[str, Any]
    query: Mapping[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    uploads: list[Upload] = field(default_factory=list)

    @property
    def user_id(self) -> int:
        return int(self.path["user_id"])

    @property
    def chat_id(self) -> int:
        return int(self.path["chat_id"])


async def read_ask(request: Request) -> Ask:
    ask = Ask(request.path_params, request.query_params)
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form() as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    ask.uploads.append(await _read(value))
                else:
                    ask.values[name] = value
        return ask
    try:
        values = json.loads(await request.body() or b"{}")
    except ValueError as error:
        raise ControlError("The body is not JSON.") from error
    if not isinstance(values, dict):
        raise ControlError("The body must be a JSON object.")
    ask.values = values
    return ask


async def _read(part: UploadFile) -> Upload:
    content = await part.read(FILE_LIMIT + 1)
    if len(content) > FILE_LIMIT:
        raise ControlError("The file is too large for the simulator.", 413)
    return Upload(part.filename or "file.bin", part.content_type or "application/octet-stream", content)
