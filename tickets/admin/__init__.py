"""The help desk in the back office. Facts are read; changes go through services."""

from tickets.admin import categories, log, notifications, tickets

__all__ = ["categories", "log", "notifications", "tickets"]
