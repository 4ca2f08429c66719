"""Changing teams."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.announcements import announce
from accounts.errors import InvalidInput, NotFound
from accounts.models import Team
from accounts.permissions import Capability, require
from accounts.text_cleaning import clean_line


@transaction.atomic
def save_team(*, actor: Actor, team_id: UUID, name: str, assigns_automatically: bool) -> Team:
    """Make a team, or change it. Raises PermissionDenied, InvalidInput."""
    require(actor, Capability.MANAGE_PEOPLE)
    values = {"name": clean_line(name, field="name", limit=80), "assigns_automatically": assigns_automatically}
    try:
        with transaction.atomic():
            return Team.objects.update_or_create(pk=team_id, defaults=values)[0]
    except IntegrityError as error:
        raise InvalidInput.of("name", _("Another team has this name.")) from error


@transaction.atomic
def remove_team(*, actor: Actor, team_id: UUID) -> None:
    """Its people and categories are left without a team. Raises PermissionDenied, NotFound, ProtectedError."""
    require(actor, Capability.MANAGE_PEOPLE)
    team = Team.objects.filter(pk=team_id).first()
    if team is None:
        raise NotFound
    team.delete()
    announce("access_changed", team=team_id)
