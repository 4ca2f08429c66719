"""The capability table: which role may do what, whatever the ticket. The only place that compares roles."""

from enum import StrEnum

from accounts.actors import Actor
from accounts.errors import PermissionDenied
from accounts.models import Role


class Capability(StrEnum):
    OPEN_TICKETS = "open_tickets"
    SEE_PEOPLE = "see_people"
    WORK_TICKETS = "work_tickets"
    ASSIGN_OTHERS = "assign_others"
    SEE_EVERY_TEAM = "see_every_team"
    MANAGE_CATEGORIES = "manage_categories"
    SHARE_REPLIES = "share_replies"
    SET_HOURS = "set_hours"
    BROADCAST = "broadcast"
    WORD_MESSAGES = "word_messages"
    SEE_STATISTICS = "see_statistics"
    ENTER_ADMIN = "enter_admin"
    MANAGE_PEOPLE = "manage_people"
    RUN_THE_DESK = "run_the_desk"


LOWEST_ROLE: dict[Capability, Role] = {
    Capability.OPEN_TICKETS: Role.CUSTOMER,
    Capability.SEE_PEOPLE: Role.AGENT,
    Capability.WORK_TICKETS: Role.AGENT,
    Capability.ASSIGN_OTHERS: Role.AGENT,
    Capability.SEE_EVERY_TEAM: Role.MANAGER,
    Capability.MANAGE_CATEGORIES: Role.MANAGER,
    Capability.SHARE_REPLIES: Role.MANAGER,
    Capability.SET_HOURS: Role.MANAGER,
    Capability.BROADCAST: Role.MANAGER,
    Capability.WORD_MESSAGES: Role.MANAGER,
    Capability.SEE_STATISTICS: Role.MANAGER,
    Capability.ENTER_ADMIN: Role.MANAGER,
    Capability.MANAGE_PEOPLE: Role.ADMIN,
    Capability.RUN_THE_DESK: Role.ADMIN,
}


def can(actor: Actor, capability: Capability) -> bool:
    return actor.has_role(LOWEST_ROLE[capability])


def require(actor: Actor, capability: Capability) -> None:
    """Raises PermissionDenied."""
    if not can(actor, capability):
        raise PermissionDenied
