"""People in the back office."""

from accounts.admin import people, sessions, teams

__all__ = ["people", "sessions", "teams"]
