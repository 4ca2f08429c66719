"""Says what is wrong with a Bot API call, by models and rules that others wrote: aiogram's types, teremok's limits."""

from collections.abc import Iterator
from typing import Any

import aiogram.methods
from aiogram import Bot
from pydantic import BaseModel, ValidationError
from teremok.validation import ApiRuleViolation, validate_method

from telegram_bot.bot_api import Upload
from tests.support.simulator import TOKEN, Simulator

JSON = dict[str, Any]
_BOT = Bot(TOKEN)
_TEXTS = {"callback_query_id"}


def find_invalid_calls(telegram: Simulator) -> list[str]:
    """Of all that reached the simulated Telegram."""
    calls = telegram.calls(limit=20_000)
    return [problem for call in calls for problem in find_problems(call["method"], _as_logged(call["params"]))]


def _as_logged(params: JSON) -> JSON:
    """The log shows a file by what it is, and digits as a number whatever they stood for."""
    values = {
        name: Upload(field=name, name=value["name"], content=b"") if _is_file(value) else value
        for name, value in params.items()
    }
    return values | {name: str(values[name]) for name in _TEXTS & values.keys()}


def _is_file(value: object) -> bool:
    return isinstance(value, dict) and value.keys() == {"name", "size"}


def find_problems(method: str, params: JSON) -> list[str]:
    """In plain words, each with the method's name; nothing where the call is as documented."""
    model = getattr(aiogram.methods, method[:1].upper() + method[1:], None)
    if model is None or not issubclass(model, aiogram.methods.TelegramMethod):
        return [f"{method}: no such method"]
    try:
        call = model.model_validate(_as_sent(params, set(model.model_fields)))
        validate_method(_BOT, call)
    except ValidationError as error:
        return [f"{method}: {'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
    except ApiRuleViolation as error:
        return [f"{method}: {error}"]
    return [f"{method}: no parameter {name}" for name in _unknown(call, "")]


def _as_sent(params: JSON, known: set[str]) -> JSON:
    """A file stands in its own parameter, or beside the media that names it."""
    return {
        name: f"attach://{name}" if isinstance(value, Upload) else value
        for name, value in params.items()
        if not isinstance(value, Upload) or name in known
    }


def _unknown(value: object, path: str) -> Iterator[str]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _unknown(item, path)
    elif isinstance(value, BaseModel):
        for name in value.model_extra or ():
            yield f"{path}{name}"
        for name in type(value).model_fields:
            yield from _unknown(getattr(value, name), f"{path}{name}.")
