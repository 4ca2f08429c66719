from accounts.models.session import RefreshSession, SocketTicket
from accounts.models.team import Team
from accounts.models.user import Availability, Language, Role, User

__all__ = ["Availability", "Language", "RefreshSession", "Role", "SocketTicket", "Team", "User"]
