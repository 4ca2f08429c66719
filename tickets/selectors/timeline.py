"""Reading the log as a story."""

from collections.abc import Iterable

from django.db.models import QuerySet

from accounts.actors import Actor
from tickets.models import EventType, Ticket, TicketEvent
from tickets.permissions import visible_to


def list_events(ticket: Ticket, *, but: Iterable[EventType] = ()) -> QuerySet[TicketEvent]:
    """A ticket's events with their authors, the last one first; without the steps of live locations."""
    events = TicketEvent.objects.filter(ticket=ticket).exclude(type__in=list(but))
    events = events.exclude(type=EventType.MESSAGE_EDITED, payload__contains={"moved": True})
    return events.select_related("actor").order_by("-sequence")


def list_latest_events(actor: Actor, *, limit: int) -> QuerySet[TicketEvent]:
    """The last events of all tickets that this actor may see."""
    events = TicketEvent.objects.filter(ticket__in=visible_to(actor))
    return events.select_related("actor", "ticket").order_by("-pk")[:limit]
