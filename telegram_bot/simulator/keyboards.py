"""Checks `reply_markup` as the Bot API server does."""

import json
from typing import Any
from urllib.parse import urlsplit

from telegram_bot.simulator.database import JSON
from telegram_bot.simulator.errors import bad_request

_ACTIONS = [
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
]
_DRAWN = ("style", "icon_custom_emoji_id")
CALLBACK_BYTES = 64
MAX_BUTTONS = 100


def read_markup(text: str, *, chat_type: str, desk_url: str) -> JSON | None:
    """The markup of a request, or None; raises what Telegram answers to a wrong one."""
    if not text:
        return None
    try:
        markup = json.loads(text)
    except ValueError as error:
        raise bad_request("can't parse reply keyboard markup JSON object") from error
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        return _inline(markup["inline_keyboard"], chat_type, desk_url)
    if "keyboard" in markup:
        return {**markup, "keyboard": _rows(markup["keyboard"], "keyboard")}
    return markup if markup.get("remove_keyboard") or markup.get("force_reply") else None


def _rows(rows: Any, name: str) -> list[list[Any]]:
    if not isinstance(rows, list):
        raise bad_request(f'can\'t parse {name}: Field "{name}" must be of the type Array')
    answer = []
    for row in rows:
        if not isinstance(row, list):
            raise bad_request(f"can't parse {name}: expected an Array of Button")
        answer.append([{"text": button} if isinstance(button, str) else button for button in row])
    return [row for row in answer if row]


def _inline(rows: Any, chat_type: str, desk_url: str) -> JSON | None:
    checked = [[_button(button, chat_type, desk_url) for button in row] for row in _rows(rows, "inline_keyboard")]
    if sum(len(row) for row in checked) > MAX_BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    return {"inline_keyboard": checked} if checked else None


def _button(button: Any, chat_type: str, desk_url: str) -> JSON:
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise bad_request("can't parse inline keyboard button: Can't find field \"text\"")
    actions = [name for name in _ACTIONS if name in button]
    if not actions:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if not button["text"].strip():
        raise bad_request("can't parse inline keyboard button: Button text must not be empty")
    action, value = actions[0], button[actions[0]]
    if action == "callback_data" and not 1 <= len(str(value).encode()) <= CALLBACK_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    if action == "url" and urlsplit(str(value)).scheme not in ("http", "https", "tg"):
        raise bad_request(f"inline keyboard button URL '{value}' is invalid: Unsupported URL protocol")
    if action == "web_app":
        if chat_type != "private":
            raise bad_request("BUTTON_TYPE_INVALID")
        check_web_app_url(value.get("url") if isinstance(value, dict) else None, desk_url)
    return {"text": button["text"], action: value, **{name: button[name] for name in _DRAWN if name in button}}


def check_web_app_url(url: Any, desk_url: str) -> None:
    """Telegram takes https only; the desk's address and this machine pass, so that a trial needs no certificate."""
    if not isinstance(url, str) or not url:
        raise bad_request("inline keyboard button Web App URL '' is invalid: URL host is empty")
    parts = urlsplit(url)
    near = parts.hostname in ("127.0.0.1", "localhost", "::1", urlsplit(desk_url).hostname)
    if parts.scheme != "https" and not (parts.scheme == "http" and near):
        raise bad_request(f"inline keyboard button Web App URL '{url}' is invalid: Only HTTPS links are allowed")
