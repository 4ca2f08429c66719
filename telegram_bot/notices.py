"""The bot's own words to a chat, owed through the outbox."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from accounts import clock
from telegram_bot.outbox import CALLBACK_LIFE, CallDraft, enqueue
from telegram_bot.speech import texts

Markup = dict[str, Any]
_place: ContextVar[tuple[int, int] | None] = ContextVar("place", default=None)


@contextmanager
def answering_in(chat_id: int, thread_id: int | None) -> Iterator[None]:
    """What is said to this chat meanwhile goes into this topic of it, where there is one."""
    token = _place.set((chat_id, thread_id) if thread_id else None)
    try:
        yield
    finally:
        _place.reset(token)


def place_in(chat_id: int) -> dict[str, Any]:
    """What a message to this chat says of the topic that is answered in."""
    place = _place.get()
    return {"message_thread_id": place[1]} if place is not None and place[0] == chat_id else {}


def build_notice(
    chat_id: int, name: str, /, *, markup: Markup | None = None, ticket: UUID | None = None, **context: Any
) -> CallDraft:
    """A message from the template `name` in the active language. ticket: where a reply to it belongs."""
    params: dict[str, Any] = {
        "text": texts.render(name, **context),
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
        **place_in(chat_id),
    }
    if markup and markup.get("inline_keyboard") != []:
        params["reply_markup"] = markup
    if ticket is not None:
        params["@ticket"] = str(ticket)
    return CallDraft(method="sendMessage", params=params, queue=chat_id)


def send_notice(chat_id: int, name: str, /, **more: Any) -> None:
    enqueue([build_notice(chat_id, name, **more)])


def answer_button(callback_query_id: str, text: str = "", *, alert: bool = False) -> None:
    """Stop the button's spinner; the call is useless when Telegram has forgotten the press."""
    params: dict[str, Any] = {"callback_query_id": callback_query_id}
    if text:
        params |= {"text": text[:200], "show_alert": alert}
    enqueue([CallDraft(method="answerCallbackQuery", params=params, expires_at=clock.now() + CALLBACK_LIFE)])


def replace_notice(
    chat_id: int, message_id: int, name: str, /, *, markup: Markup | None = None, key: str = "", **context: Any
) -> None:
    """Put another text, and other buttons or none, into a message of the bot's; `key`: by which the call is found."""
    params: dict[str, Any] = {
        "message_id": message_id,
        "text": texts.render(name, **context),
        "parse_mode": "HTML",
        "reply_markup": markup or {"inline_keyboard": []},
    }
    enqueue([CallDraft(method="editMessageText", params=params, queue=chat_id, coalesce_key=key)])
