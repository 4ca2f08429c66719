"""Changing teams."""

from uuid import UUID

from django.db import transaction

from accounts.actors import Actor
from accounts.announcements import announce
from accounts.errors import NotFound
from accounts.models import Team
from accounts.permissions import Capability, require
from accounts.text_cleaning import clean_line


@transaction.atomic
def save_team(*, actor: Actor, team_id: UUID, name: str, assigns_automatically: bool) -> Team:
    """Make a team, or change it. Raises PermissionDenied, InvalidInput."""
    require(actor, Capability.MANAGE_PEOPLE)
    team, _created = Team.objects.update_or_create(
        pk=team_id,
        defaults={
            "name": clean_line(name, field="name", limit=80),
            "assigns_automatically": assigns_automatically,
        },
    )
    return team


@transaction.atomic
def remove_team(*, actor: Actor, team_id: UUID) -> None:
    """Its people and categories are left without a team. Raises PermissionDenied, NotFound, ProtectedError."""
    require(actor, Capability.MANAGE_PEOPLE)
    team = Team.objects.filter(pk=team_id).first()
    if team is None:
        raise NotFound
    team.delete()
    announce("access_changed", team=team_id)
