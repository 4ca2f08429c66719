"""What the end of a Bot API call means. The strings are Telegram's own (the Bot API server's source, Client.cpp)."""

import re
from dataclasses import dataclass
from typing import Any

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from accounts.masking import mask_secrets
from accounts.text_cleaning import repair_text
from telegram_bot.models import Unreachable


class ServerFailed(NetworkError):
    """Telegram, or something before it, answered with a status that is not Telegram's: what it did is unknown."""


class NotSent(NetworkError):
    """The request certainly did not leave: no connection could be made."""


@dataclass(frozen=True, kw_only=True)
class Sent:
    """Done. asked: Telegram said so; else there was nothing left to ask it for.

    step: what was done is no more than this, which the call itself needs first (telegram_bot.staff_group.rendering).
    """

    result: Any
    asked: bool = True
    step: str = ""


@dataclass(frozen=True, kw_only=True)
class Failed:
    """Trying again would not help. `unreachable`: the whole chat cannot be written to."""

    code: str
    text: str = ""
    unreachable: str = ""
    ambiguous: bool = False


@dataclass(frozen=True, kw_only=True)
class Again:
    """Try later. `counts`: it may be this call's own fault; `whole_channel`: no call would fare better; `aside`: until
    then the chat's other calls go past it.
    """

    code: str
    text: str = ""
    delay: float | None = None
    counts: bool = False
    ambiguous: bool = False
    whole_channel: bool = False
    aside: bool = False


@dataclass(frozen=True, kw_only=True)
class Changed:
    """Try at once, a little differently: with these parameters added, or in another chat."""

    code: str
    params: dict[str, Any]
    queue: int | None = None


Verdict = Sent | Failed | Again | Changed

NO_CONNECTION = "no_connection"
TIMED_OUT = "timed_out"
SERVER_FAILED = "server_failed"
RATE_LIMITED = "rate_limited"
TOKEN_REFUSED = "token_refused"  # noqa: S105
PAUSED = "paused"  # nothing goes out for a while; this call was not tried
BROKEN = "broken"  # by a fault of our own
TOPIC_GONE = "topic_gone"
TOPIC_CLOSED = "topic_closed"
NO_TOPICS = "no_topics"
MIGRATED = "migrated"
TRANSIENT = (NO_CONNECTION, TIMED_OUT, SERVER_FAILED)

_UNREACHABLE = (
    ("bot was blocked by the user", Unreachable.BLOCKED),
    ("user is deactivated", Unreachable.DEACTIVATED),
    ("bot can't initiate conversation", Unreachable.NOT_STARTED),
    ("bot was kicked", Unreachable.REMOVED),
    ("bot is not a member", Unreachable.REMOVED),
    ("chat not found", Unreachable.NOT_STARTED),
    ("peer_id_invalid", Unreachable.NOT_STARTED),
    ("business_connection_invalid", Unreachable.DISCONNECTED),
    ("business connection not found", Unreachable.DISCONNECTED),
)
# what the call wanted is so already
_ALREADY_SO = ("message is not modified", "message to delete not found", "topic_not_modified")
# of forum topics: people delete and close them, or give the bot no right to make them
_TOPICS = (
    ("message thread not found", TOPIC_GONE),
    ("topic_deleted", TOPIC_GONE),
    ("topic_id_invalid", TOPIC_GONE),
    ("topic_closed", TOPIC_CLOSED),
    ("chat is not a forum", NO_TOPICS),
    ("not enough rights to manage topics", NO_TOPICS),
    ("not enough rights to create a topic", NO_TOPICS),
    ("not enough rights to close or open the topic", NO_TOPICS),
    ("chat_admin_required", NO_TOPICS),
)
# the id of a file names none (any more), or one of another kind
_FILE_UNKNOWN = (
    "wrong file_id",
    "wrong file identifier",  # so the Bot API server says MEDIA_EMPTY
    "media_empty",
    "invalid file_id",
    "invalid file id",
    "file_reference_",
    "wrong remote file",
    "file is temporarily unavailable",
    "can't use file of type",
)
_FAILURES = (
    ("query is too old", "expired"),
    ("business_peer_usage_missing", "reply_window_over"),
    ("business_connection_not_allowed", "reply_not_allowed"),
    ("message is too long", "too_long"),
    ("file is too big", "file_too_big"),
    ("message to edit not found", "message_gone"),
    ("message_id_invalid", "message_gone"),
    ("message can't be edited", "message_fixed"),
    ("message can't be deleted", "message_fixed"),
)


def judge(error: BaseException) -> Verdict:
    """The verdict on a call that raised."""
    text = repair_text(mask_secrets(str(error)))[:500]
    match error:
        case RetryAfter():
            seconds = error.retry_after
            delay = float(seconds) if isinstance(seconds, int | float) else seconds.total_seconds()
            return Again(code=RATE_LIMITED, text=text, delay=delay)
        case ChatMigrated():
            return Changed(code=MIGRATED, params={}, queue=error.new_chat_id)
        case Forbidden():
            return Failed(code="forbidden", text=text, unreachable=_unreachable(text) or Unreachable.REMOVED)
        case BadRequest():
            return _judge_refusal(text)
        case InvalidToken() | EndPointNotFound():
            return Again(code=TOKEN_REFUSED, text=text, whole_channel=True)
        case NotSent():
            return Again(code=NO_CONNECTION, text=text, whole_channel=True)
        case ServerFailed():
            return Again(code=SERVER_FAILED, text=text, counts=True, ambiguous=True)
        case Conflict() | NetworkError() if re.search(r"\(4\d\d\)", text):
            return Failed(code="refused", text=text)
        case NetworkError() | TimeoutError() | httpx.HTTPError():
            return Again(code=TIMED_OUT, text=text or type(error).__name__, counts=True, ambiguous=True)
        case TelegramError():
            return Again(code=SERVER_FAILED, text=text, counts=True, ambiguous=True)
        case _:
            return Again(code=BROKEN, text=f"{type(error).__name__}: {text}", counts=True)


def _judge_refusal(text: str) -> Verdict:
    """400: Telegram understood, and refuses."""
    words = text.lower()
    if any(phrase in words for phrase in _ALREADY_SO):
        return Sent(result=True)
    if "can't parse entities" in words or ("entity" in words and "parse" in words):
        return Changed(code="bad_entities", params={"@plain": True})
    if any(phrase in words for phrase in _FILE_UNKNOWN):
        return Changed(code="file_unknown", params={"@upload": True})
    if "photo_invalid_dimensions" in words or "image_process_failed" in words:
        return Changed(code="photo_refused", params={"@document": True})
    if "voice_messages_forbidden" in words or "video_messages_forbidden" in words:
        return Changed(code="voice_forbidden", params={"@document": True})
    if "quote_text_invalid" in words:
        return Changed(code="quote_refused", params={"@unquoted": True})
    if "message to copy not found" in words or "message can't be copied" in words:
        return Changed(code="copy_refused", params={"@described": True})
    if code := next((code for phrase, code in _TOPICS if phrase in words), ""):
        return Failed(code=code, text=text)
    if reason := _unreachable(text):
        return Failed(code="chat_gone", text=text, unreachable=reason)
    code = next((code for phrase, code in _FAILURES if phrase in words), "refused")
    return Failed(code=code, text=text)


def tells_of_removal(text: str) -> bool:
    """Whether Telegram says in so many words that the bot is not in the chat. A 403 with any other words that nobody
    knows is judged so, too."""
    return _unreachable(text) == Unreachable.REMOVED


def _unreachable(text: str) -> str:
    words = text.lower()
    return next((reason.value for phrase, reason in _UNREACHABLE if phrase in words), "")
