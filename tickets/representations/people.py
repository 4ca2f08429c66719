"""How one person looks to another."""

from collections.abc import Mapping
from typing import Any

from accounts.models import Role, User

PERSON_FIELDS = ("id", "first_name", "last_name", "login", "telegram_id", "role")


def person_columns(relation: str) -> tuple[str, ...]:
    """The columns that `person_from` needs, over a relation such as `customer`."""
    return tuple(f"{relation}__{name}" for name in PERSON_FIELDS)


def person_from(row: Mapping[str, Any], relation: str) -> dict[str, Any] | None:
    """The person at the end of a relation, from a row that holds `person_columns(relation)`."""
    if row[f"{relation}__id"] is None:
        return None
    return build_person({name: row[f"{relation}__{name}"] for name in PERSON_FIELDS})


def represent_person(user: User) -> dict[str, Any]:
    return build_person({name: getattr(user, name) for name in PERSON_FIELDS})


def build_person(columns: Mapping[str, Any]) -> dict[str, Any]:
    """From the columns of PERSON_FIELDS. Neither a sign-in nor an agent's Telegram number reaches others."""
    role = Role(columns["role"])
    name = f"{columns['first_name']} {columns['last_name']}".strip()
    if not name and role is Role.CUSTOMER and columns["telegram_id"]:
        name = f"#{columns['telegram_id']}"
    return {"id": columns["id"], "name": name or "", "role": role.value}
