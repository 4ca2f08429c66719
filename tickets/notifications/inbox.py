"""A person's notifications in the app."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan

from accounts import clock
from accounts.actors import Actor
from tickets.models import Notification
from tickets.notifications.composing import compose
from tickets.permissions import visible_to

UNREAD_CAP = 100


def page_of_notifications(actor: Actor, *, after: tuple[Any, ...] | None, limit: int) -> list[dict[str, Any]]:
    """The newest first, behind the position `after` (created_at, id); of tickets that the person still may see."""
    notifications = _own(actor).select_related("ticket", "event", "user")
    if after is not None:
        notifications = notifications.filter(TupleLessThan(Tuple("created_at", "id"), after))
    return [represent_notification(found) for found in notifications.order_by("-created_at", "-id")[:limit]]


def list_notifications(ids: Collection[UUID]) -> "QuerySet[Notification]":
    """Of these the ones that no later one stands for, in the order in which they were made."""
    found = Notification.objects.filter(pk__in=ids, is_superseded=False)
    return found.select_related("ticket", "event", "user").order_by("created_at", "id")


def represent_notification(notification: Notification) -> dict[str, Any]:
    ticket = notification.ticket
    return {
        "id": notification.pk,
        "kind": notification.kind,
        "ticket": {"id": ticket.pk, "number": ticket.number, "subject": ticket.subject},
        "text": compose(notification),
        "count": notification.count,
        "read_at": notification.read_at,
        "created_at": notification.created_at,
    }


def count_unread(actor: Actor) -> int:
    """Counted up to UNREAD_CAP."""
    return _own(actor).filter(read_at=None)[:UNREAD_CAP].count()


def mark_notifications_read(*, actor: Actor, ids: Sequence[UUID] | None = None) -> int:
    """Mark these, or all, as read; what is not the person's own is passed over. Returns how many changed."""
    unread = Notification.objects.filter(user=actor.user_id, read_at=None)
    return (unread if ids is None else unread.filter(pk__in=ids)).update(read_at=clock.now())


def _own(actor: Actor) -> "QuerySet[Notification]":
    return Notification.objects.filter(user=actor.user_id, is_superseded=False, ticket__in=visible_to(actor))
