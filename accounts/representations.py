"""People as the API shows them."""

from typing import Any

from accounts.models import User


def represent_me(user: User) -> dict[str, Any]:
    """A person to themselves."""
    return {
        "id": user.pk,
        "name": user.name,
        "role": user.role,
        "language": user.language,
        "availability": user.availability,
        "team": {"id": user.team.pk, "name": user.team.name} if user.team else None,
        "telegram_id": user.telegram_id,
        "preferences": user.preferences,
    }


def represent_user(user: User) -> dict[str, Any]:
    """A person to staff."""
    return represent_me(user) | {
        "username": user.username,
        "is_active": user.is_active,
        "created_at": user.created_at,
    }
