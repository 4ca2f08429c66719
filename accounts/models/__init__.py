from accounts.models.ban import Ban
from accounts.models.one_time_link import LinkPurpose, OneTimeLink
from accounts.models.session import RefreshSession, SocketTicket
from accounts.models.team import Team
from accounts.models.user import Availability, Language, Role, User

__all__ = [
    "Availability",
    "Ban",
    "Language",
    "LinkPurpose",
    "OneTimeLink",
    "RefreshSession",
    "Role",
    "SocketTicket",
    "Team",
    "User",
]
