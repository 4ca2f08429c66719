"""The desk in the back office. Pages show; every change goes through the services that all doors use."""

from tickets.admin import categories, events, hours, notifications, people, saved_replies, tickets

__all__ = ["categories", "events", "hours", "notifications", "people", "saved_replies", "tickets"]
