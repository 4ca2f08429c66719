"""Changing categories."""

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.errors import InvalidInput, NotFound
from accounts.models import Team
from accounts.permissions import Capability, require
from accounts.text_cleaning import clean_line
from tickets.models import Category, Ticket


@dataclass(frozen=True, kw_only=True)
class CategoryValues:
    """What a category gets; a field that is not given stays as it is. `others`: team_id, position, is_active."""

    name_ru: str | None = None
    name_en: str | None = None
    others: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def create_category(*, actor: Actor, values: CategoryValues) -> Category:
    """Needs both names. Raises PermissionDenied, InvalidInput."""
    require(actor, Capability.MANAGE_CATEGORIES)
    category = Category()
    _fill(category, replace(values, name_ru=values.name_ru or "", name_en=values.name_en or ""))
    category.save(force_insert=True)
    return category


@transaction.atomic
def change_category(*, actor: Actor, category_id: UUID, values: CategoryValues) -> Category:
    """Raises PermissionDenied, NotFound, InvalidInput. A new team takes the tickets that come from now on."""
    require(actor, Capability.MANAGE_CATEGORIES)
    category = _lock(category_id)
    _fill(category, values)
    category.save()
    return category


@transaction.atomic
def remove_category(*, actor: Actor, category_id: UUID) -> None:
    """Delete a category that no ticket has; one that was used is no longer offered. Raises as `change_category`."""
    require(actor, Capability.MANAGE_CATEGORIES)
    category = _lock(category_id)
    if Ticket.objects.filter(category=category).exists():
        category.is_active = False
        category.save(update_fields=["is_active", "updated_at"])
    else:
        category.delete()


def _lock(category_id: UUID) -> Category:
    category = Category.objects.select_for_update().filter(pk=category_id).first()
    if category is None:
        raise NotFound
    return category


def _fill(category: Category, values: CategoryValues) -> None:
    for name, value in (("name_ru", values.name_ru), ("name_en", values.name_en)):
        if value is not None:
            setattr(category, name, clean_line(value, field=name, limit=60))
    team_id = values.others.get("team_id")
    if team_id is not None and not Team.objects.filter(pk=team_id).exists():
        raise InvalidInput.of("team", _("There is no such team."))
    for name, other in values.others.items():
        setattr(category, name, other)
