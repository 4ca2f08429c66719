"""Changing categories."""

from dataclasses import dataclass
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
    """Names in both languages; `others`: team_id, position, is_active, as far as they are given."""

    name_ru: str
    name_en: str
    others: dict[str, Any]


@transaction.atomic
def create_category(*, actor: Actor, values: CategoryValues) -> Category:
    """Raises PermissionDenied, InvalidInput."""
    require(actor, Capability.MANAGE_CATEGORIES)
    category = Category()
    _fill(category, values)
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
    category.name_ru = clean_line(values.name_ru, field="name_ru", limit=60)
    category.name_en = clean_line(values.name_en, field="name_en", limit=60)
    team_id = values.others.get("team_id")
    if team_id is not None and not Team.objects.filter(pk=team_id).exists():
        raise InvalidInput.of("team", _("There is no such team."))
    for name, value in values.others.items():
        setattr(category, name, value)
