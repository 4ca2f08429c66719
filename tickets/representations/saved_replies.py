"""Saved replies as agents see them, and as they read for one ticket."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from tickets.models import SavedReply
from tickets.representations.messages import FILE_COLUMNS, build_attachment
from tickets.selectors.saved_replies import list_files_of_replies

VARIABLES = ("customer_name", "agent_name", "ticket_number", "subject")
_VARIABLE = re.compile(r"\{([A-Za-z_]{1,40})\}")


def represent_saved_replies(
    replies: Iterable[SavedReply], values: dict[str, str] | None = None
) -> list[dict[str, Any]]:
    """With their files, in two queries. values: of the variables, for the ticket that they are wanted for."""
    replies = list(replies)
    files: defaultdict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in list_files_of_replies(reply.pk for reply in replies).values("saved_reply_id", *FILE_COLUMNS):
        files[row["saved_reply_id"]].append(build_attachment(row))
    return [_build(reply, values, files[reply.pk]) for reply in replies]


def _build(reply: SavedReply, values: dict[str, str] | None, files: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": reply.pk,
        "title": reply.title,
        "shortcut": reply.shortcut,
        "text": reply.text,
        "shared": reply.owner_id is None,
        "team": {"id": reply.team.pk, "name": reply.team.name} if reply.team else None,
        "filled": fill(reply.text, values) if values is not None else None,
        "files": files,
        "updated_at": reply.updated_at,
    }


def values_of(ticket: dict[str, Any], agent_name: str) -> dict[str, str]:
    """What the variables stand for, out of a ticket's picture; what is not known is empty."""
    return {
        "customer_name": ticket["customer"]["name"],
        "agent_name": agent_name,
        "ticket_number": str(ticket["number"]),
        "subject": ticket["subject"],
    }


def fill(text: str, values: dict[str, str]) -> dict[str, Any]:
    """The text with its variables in one pass (a value is never read as a variable). Those of no value stay as they
    stand, and `unresolved` names them."""
    unresolved: list[str] = []

    def value_of(match: re.Match[str]) -> str:
        value = values.get(match[1], "")
        if not value and match[1] not in unresolved:
            unresolved.append(match[1])
        return value or match[0]

    return {"text": _VARIABLE.sub(value_of, text), "unresolved": unresolved}
