"""Raw updates into the inbox. The fetcher and the webhook both end here, and confirm only what is committed."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts import clock
from telegram_bot.business import business_key
from telegram_bot.models import Update
from telegram_bot.nudges import INBOX, nudge

LARGEST_UPDATE = 1_048_576  # bytes; Telegram's own are far smaller

# Telegram leaves out what is not listed, and remembers the list of the last call: always pass it.
ALLOWED_UPDATES = [
    "message",
    "edited_message",
    "callback_query",
    "message_reaction",
    "my_chat_member",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
]


class MalformedUpdate(ValueError):
    """These bytes are no update."""


@dataclass(frozen=True, kw_only=True)
class RawUpdate:
    raw: bytes
    update_id: int
    kind: str
    queue: int
    content_hash: bytes


def read_update(raw: bytes) -> RawUpdate:
    """What the inbox has to know of an update. Raises MalformedUpdate."""
    try:
        body = json.loads(raw.decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError) as error:
        raise MalformedUpdate("Not JSON") from error
    if not isinstance(body, dict) or not _is_identifier(body.get("update_id")):
        raise MalformedUpdate("No update_id")
    kind = next((str(key) for key in body if key != "update_id"), "")
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return RawUpdate(
        raw=raw,
        update_id=body["update_id"],
        kind=kind[:40] if kind.isidentifier() and kind.isascii() else "unknown",
        queue=_queue_of(body.get(kind)),
        content_hash=hashlib.sha256(canonical.encode("ascii")).digest(),
    )


def store_updates(bot_id: int, updates: Iterable[RawUpdate]) -> None:
    """Insert what the inbox does not have yet; committed when this returns. Raises DatabaseError."""
    now = clock.now()
    rows = [
        Update(
            bot_id=bot_id,
            update_id=update.update_id,
            content_hash=update.content_hash,
            raw=update.raw,
            queue=update.queue,
            kind=update.kind,
            received_at=now,
        )
        for update in updates
    ]
    with transaction.atomic():
        Update.objects.bulk_create(rows, ignore_conflicts=True)
        transaction.on_commit(lambda: nudge(INBOX), robust=True)


def _queue_of(content: Any) -> int:
    """The chat whose updates are handled one after another: by that a button waits for the messages before it."""
    if not isinstance(content, dict):
        return 0
    message = content.get("message")
    for place in (content, message if isinstance(message, dict) else {}):
        chat = place.get("chat")
        if isinstance(chat, dict) and _is_identifier(chat.get("id")):
            connection = content.get("business_connection_id")
            return business_key(connection, chat["id"]) if isinstance(connection, str) else int(chat["id"])
    for key in ("from", "user"):
        person = content.get(key)
        if isinstance(person, dict) and _is_identifier(person.get("id")):
            return int(person["id"])
    return 0


def _is_identifier(value: Any) -> bool:
    """A whole number that fits 64 bits (Telegram's ids need 52)."""
    return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63
