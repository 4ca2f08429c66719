"""People as the API shows them."""

from typing import Any

from accounts.actors import Actor
from accounts.models import User
from accounts.permissions import Capability, can


def represent_me(user: User) -> dict[str, Any]:
    """A person to themselves."""
    return {
        "id": user.pk,
        "name": user.name,
        "role": user.role,
        "language": user.language,
        "availability": user.availability,
        "team": _represent_team(user),
        "telegram_id": user.telegram_id,
        "preferences": user.preferences,
    }


def represent_user(user: User, *, reader: Actor) -> dict[str, Any]:
    """A person to staff: what helps to answer and to assign. The Telegram id is for those who manage people."""
    return {
        "id": user.pk,
        "name": user.name,
        "role": user.role,
        "language": user.language,
        "availability": user.availability,
        "team": _represent_team(user),
        "username": user.username,
        "phone": user.phone,
        "telegram_id": user.telegram_id if can(reader, Capability.MANAGE_PEOPLE) else None,
        "is_active": user.is_active,
        "created_at": user.created_at,
    }


def _represent_team(user: User) -> dict[str, Any] | None:
    return {"id": user.team.pk, "name": user.team.name} if user.team else None
