"""What a live process asks the database about many tickets at once."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery, Window
from django.db.models.functions import Coalesce, RowNumber

from accounts.actors import Actor
from accounts.models import User
from tickets.models import EventType, Message, Participant, Ticket, TicketEvent
from tickets.permissions import visible_to

_STANDING = ("id", "sequence", "public_sequence", "customer_id", "assignee_id", "team_id")
_MOVES = (EventType.TICKET_ASSIGNED, EventType.TICKET_UNASSIGNED, EventType.TICKET_CATEGORY_CHANGED)
_MOVES_LOOKED_AT = 5


def list_standings(ticket_ids: Iterable[UUID]) -> "QuerySet[Ticket]":
    """How far these tickets are and what decides who sees them; the other columns are not loaded."""
    return Ticket.objects.filter(pk__in=list(ticket_ids)).only(*_STANDING)


def list_standings_since(moment: datetime, *, limit: int) -> "QuerySet[Ticket]":
    """The same of the tickets that have changed since, the last change first."""
    return Ticket.objects.filter(updated_at__gt=moment).order_by("-updated_at", "-id").only(*_STANDING)[:limit]


def list_standings_of_customer(customer_id: UUID, *, limit: int) -> "QuerySet[Ticket]":
    """The same of a customer's tickets, the last change first."""
    return Ticket.objects.filter(customer=customer_id).order_by("-public_updated_at", "-id").only(*_STANDING)[:limit]


def list_changed_for(actor: Actor, moment: datetime, *, limit: int) -> "QuerySet[Ticket]":
    """What one person sees of what has changed since, or of how far they have read since, the last change first.

    Two sets, each by its own index: one condition with an OR between them would be tried on every ticket there is.
    """
    changed_at = "updated_at" if actor.is_staff else "public_updated_at"
    visible = visible_to(actor)
    newest = (f"-{changed_at}", "-id")
    changed = visible.filter(**{f"{changed_at}__gt": moment}).order_by(*newest).values("pk")[:limit]
    read = Participant.objects.filter(user=actor.user_id, updated_at__gt=moment, ticket__in=visible)
    found = changed.union(read.order_by("-updated_at").values("ticket")[:limit])
    return Ticket.objects.filter(pk__in=found).order_by(*newest)[:limit]


def list_moved_since(moment: datetime, *, limit: int) -> "QuerySet[Ticket]":
    """The standings of those of which since then other people may see them, or no longer do."""
    moves = TicketEvent.objects.filter(ticket=OuterRef("pk"), type__in=_MOVES, created_at__gt=moment)
    moved = Ticket.objects.filter(Exists(moves), updated_at__gt=moment).order_by("-updated_at", "-id")
    return moved.only(*_STANDING)[:limit]


def list_former_standings(standings: Collection[Ticket]) -> dict[UUID, list[Ticket]]:
    """Each ticket as it stood before its last moves: who saw it then may have to forget it. Not for saving."""
    former: dict[UUID, list[Ticket]] = {standing.pk: [] for standing in standings}
    latest = {standing.pk: standing for standing in standings}
    moves = TicketEvent.objects.filter(ticket__in=list(former), type__in=_MOVES)
    back = Window(RowNumber(), partition_by="ticket", order_by="-sequence")
    last = moves.annotate(back=back).filter(back__lte=_MOVES_LOOKED_AT).order_by("ticket", "back")
    for pk, kind, payload in last.values_list("ticket", "type", "payload"):
        latest[pk] = _before(latest[pk], kind, payload)
        former[pk].append(latest[pk])
    return former


def _before(standing: Ticket, kind: str, payload: Mapping[str, Any]) -> Ticket:
    assignee, team = standing.assignee_id, standing.team_id
    if kind == EventType.TICKET_CATEGORY_CHANGED:
        team = _id(payload["old_team"])
    else:
        assignee = _id(payload["old"])
    return Ticket(pk=standing.pk, customer_id=standing.customer_id, assignee_id=assignee, team_id=team)


def _id(text: str | None) -> UUID | None:
    return UUID(text) if text else None


@dataclass(frozen=True)
class Reader:
    """How far one person has read a ticket.

    `public_sequence` is that of the last public message they have read: an agent who writes a note, and so has read
    all that was there, shows nothing new to the customer.
    """

    person: User
    sequence: int
    public_sequence: int


def list_readers(ticket_id: UUID) -> list[Reader]:
    """Everybody who has read anything of the ticket."""
    public = Message.objects.filter(
        ticket=OuterRef("ticket"), sequence__lte=OuterRef("read_sequence"), public_sequence__isnull=False
    )
    last = public.order_by("-sequence").values("public_sequence")[:1]
    participants = Participant.objects.filter(ticket=ticket_id, read_sequence__gt=0).select_related("user")
    rows = participants.annotate(public_read=Coalesce(Subquery(last), 0)).order_by("id")
    return [Reader(row.user, row.read_sequence, row.public_read) for row in rows]
