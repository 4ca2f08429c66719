"""Who acts, and through which door. Every service takes an actor first."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from accounts.models import Role, User


class Source(StrEnum):
    """The door through which a change came."""

    TELEGRAM = "telegram"
    BUSINESS = "business"  # a company's own Telegram account, to which the bot is connected
    MINI_APP = "mini_app"
    API = "api"
    ADMIN = "admin"
    COMMAND = "command"
    SYSTEM = "system"


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A person with the role they had when the request came, or the desk itself (`user_id` None)."""

    user_id: UUID | None
    role: Role
    source: Source
    team_id: UUID | None = None

    @classmethod
    def of(cls, user: User, source: Source) -> "Actor":
        return cls(user_id=user.pk, role=Role(user.role), source=source, team_id=user.team_id)

    @classmethod
    def system(cls, source: Source = Source.SYSTEM) -> "Actor":
        """The desk itself: schedules, rules and commands. It may do everything."""
        return cls(user_id=None, role=Role.ADMIN, source=source)

    @property
    def is_system(self) -> bool:
        return self.user_id is None

    @property
    def is_staff(self) -> bool:
        return self.has_role(Role.AGENT)

    def has_role(self, lowest: Role) -> bool:
        return self.role.includes(lowest)
