"""How many tickets the tabs of an inbox hold."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from tickets.models import AuthorRole, Message, Participant
from tickets.models.ticket import ACTIVE_STATUSES
from tickets.permissions import visible_to
from tickets.selectors.inbox import WAITING_STATUSES


@dataclass(frozen=True)
class TabCount:
    """unread: of how many tickets the actor has not read a message of somebody else."""

    count: int
    unread: int


def count_tabs(actor: Actor) -> dict[str, TabCount]:
    """Of the tickets that this actor may see, in one query: of staff the active ones, of customers all of theirs."""
    tabs = _tabs(actor)
    tickets = visible_to(actor).order_by()
    if actor.is_staff:
        tickets = tickets.filter(status__in=ACTIVE_STATUSES)
    read = Participant.objects.filter(ticket=OuterRef("pk"), user=actor.user_id).values("read_sequence")[:1]
    news = Message.objects.filter(ticket=OuterRef("pk"), sequence__gt=OuterRef("read"), deleted_at=None)
    news = news.exclude(author=actor.user_id)
    if not actor.is_staff:
        news = news.filter(internal=False)
    flags = {f"in_{tab}": Case(When(place, then=Value(True)), default=Value(False)) for tab, place in tabs.items()}
    groups = list(
        tickets.annotate(read=Coalesce(Subquery(read), 0))
        .annotate(unread=Exists(news), **flags)
        .values("unread", *flags)
        .annotate(count=Count("pk"))
    )
    return {tab: _sum([group for group in groups if group[f"in_{tab}"]]) for tab in tabs}


def _tabs(actor: Actor) -> dict[str, Q]:
    active, queued = Q(status__in=ACTIVE_STATUSES), Q(status__in=WAITING_STATUSES)
    if not actor.is_staff:
        return {"open": active, "done": ~active}
    here = Q(snoozed_until=None)
    return {
        "mine": here & Q(assignee=actor.user_id),
        "unassigned": here & queued & Q(assignee=None),
        "waiting": here & queued & Q(last_public_message__author_role=AuthorRole.CUSTOMER),
        "snoozed": ~here,
        "all": active,
    }


def _sum(groups: list[dict[str, Any]]) -> TabCount:
    unread = sum(group["count"] for group in groups if group["unread"])
    return TabCount(count=sum(group["count"] for group in groups), unread=unread)
