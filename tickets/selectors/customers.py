"""Choosing customers by what they are and did."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Role, User
from tickets.models import Attachment, AuthorRole, Message, Ticket


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


@dataclass(frozen=True)
class Traces:
    """Rows about one customer, for an app that keeps rows of its own about these."""

    tickets: list[UUID]
    numbers: list[int]
    messages: list[UUID]
    files: list[UUID]


def list_traces(customer_id: UUID) -> Traces:
    tickets = list(Ticket.objects.filter(customer=customer_id).values_list("pk", "number"))
    messages = list(messages_about(customer_id).values_list("pk", flat=True))
    files = list(files_about(customer_id).values_list("pk", flat=True))
    return Traces([pk for pk, _number in tickets], [number for _pk, number in tickets], messages, files)


def messages_about(customer_id: UUID) -> "QuerySet[Message]":
    """All of the customer's tickets, answers and notes included, and what they wrote as a customer elsewhere."""
    own = Q(author=customer_id, author_role=AuthorRole.CUSTOMER)
    return Message.objects.filter(Q(ticket__customer=customer_id) | own)


def files_about(customer_id: UUID) -> "QuerySet[Attachment]":
    """Of those messages, of their earlier versions, and what was uploaded and not sent."""
    messages = messages_about(customer_id)
    bound = Q(message__in=messages) | Q(revision__message__in=messages)
    return Attachment.objects.filter(bound | (Q(owner=customer_id) & Attachment.UNBOUND))
