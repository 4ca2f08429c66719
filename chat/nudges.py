"""The notes that processes pass each other through the channel layer. They carry ids and numbers, no content.

One group reaches every live process. `type` is fixed: a note says what it is in `kind`.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

GROUP = "live"
TYPE = "nudge"

Nudge = Mapping[str, Any]


class Kind(StrEnum):
    TICKET = "ticket"  # a ticket has new events
    READ = "read"  # somebody has read on
    ACCESS = "access"  # who may see a ticket has changed
    PERSON = "person"  # role, team, ban, name or language; `noted`: only what staff note about them
    SESSION = "session"  # a sign-in has ended
    NOTIFICATION = "notification"
    TYPING = "typing"
    VIEWING = "viewing"
    PRESENCE = "presence"  # somebody has come or gone at another live process
    ROLL_CALL = "roll_call"  # everybody who is at another live process
    PULSE = "pulse"  # to oneself: is the channel layer there?


def make_nudge(kind: Kind, **content: Any) -> dict[str, Any]:
    """Ids as text, None left out."""
    plain = {name: str(value) if isinstance(value, UUID) else value for name, value in content.items()}
    return {"type": TYPE, "kind": kind.value, **{name: value for name, value in plain.items() if value is not None}}
