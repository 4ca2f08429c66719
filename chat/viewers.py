"""Who sits at the other end of a socket."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from accounts.actors import Actor, Source
from accounts.models import User
from tickets.representations.audiences import Audience
from tickets.representations.people import represent_person


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person as the database had them when it was last asked; `family` is the sign-in that the socket belongs to."""

    actor: Actor
    user_id: UUID
    family: UUID
    language: str
    person: dict[str, Any]
    audience: Audience

    @classmethod
    def of(cls, user: User, family: UUID) -> "Viewer":
        actor = Actor.of(user, Source.MINI_APP)
        person = represent_person(user) | {"id": str(user.pk)}  # as it also travels between processes
        return cls(actor, user.pk, family, user.language, person, Audience.of(actor))

    def sees_as(self, user: User) -> bool:
        """Whether this person still has the role and the team that decide what the socket shows."""
        return user.is_active and (user.role, user.team_id) == (self.actor.role, self.actor.team_id)
