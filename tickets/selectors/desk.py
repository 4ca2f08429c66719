"""The desk at a glance."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from accounts import clock
from accounts.actors import Actor
from tickets.models import DeliveryState, EventDelivery, TicketStatus
from tickets.permissions import visible_to


@dataclass(frozen=True, kw_only=True)
class Queues:
    """How many tickets are in each status; of the active ones without an agent, how many, and since when the first."""

    by_status: dict[str, int]
    unassigned: int
    waiting_since: datetime | None


@dataclass(frozen=True, kw_only=True)
class Reactions:
    """Reactions that are due and not done, since when the first, and those that were given up."""

    due: int
    due_since: datetime | None
    dead: int


def read_queues(actor: Actor) -> Queues:
    """Of the tickets that this actor may see."""
    active = visible_to(actor).exclude(status=TicketStatus.CLOSED)
    counts = dict(active.order_by().values_list("status").annotate(count=Count("pk")))
    waiting = active.filter(status__in=(TicketStatus.NEW, TicketStatus.OPEN), assignee=None)
    totals = waiting.aggregate(count=Count("pk"), since=Min("created_at"))
    return Queues(by_status=counts, unassigned=totals["count"], waiting_since=totals["since"])


def read_reactions() -> Reactions:
    pending = EventDelivery.objects.filter(state=DeliveryState.PENDING, next_attempt_at__lte=clock.now())
    totals = pending.aggregate(due=Count("pk"), since=Min("next_attempt_at"))
    dead = EventDelivery.objects.filter(state=DeliveryState.DEAD).count()
    return Reactions(due=totals["due"], due_since=totals["since"], dead=dead)
