"""Choosing customers by what they are and did."""

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Role, User
from tickets.models import Ticket


def list_customers(
    *, language: str = "", category_id: UUID | None = None, seen_since: datetime | None = None
) -> "QuerySet[User]":
    """Customers who are not banned: of a language, with a ticket in a category, here since a moment."""
    people = User.objects.filter(role=Role.CUSTOMER, is_active=True).order_by("pk")
    if language:
        people = people.filter(language=language)
    if seen_since is not None:
        people = people.filter(last_seen_at__gte=seen_since)
    if category_id is not None:
        people = people.filter(Exists(Ticket.objects.filter(customer=OuterRef("pk"), category=category_id)))
    return people
