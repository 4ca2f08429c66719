"""What of a ticket's log stands between the messages of its conversation: who changed what, and when."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.actors import Actor
from tickets.events.descriptions import describe_events
from tickets.models import EventType, Ticket, TicketEvent, TicketStatus
from tickets.representations.people import represent_person
from tickets.selectors.conversation import Window, number_column

_SHOWN_TO_STAFF = (
    EventType.TICKET_ASSIGNED,
    EventType.TICKET_UNASSIGNED,
    EventType.TICKET_STATUS_CHANGED,
    EventType.TICKET_PRIORITY_CHANGED,
    EventType.TICKET_CATEGORY_CHANGED,
    EventType.TICKET_TAGGED,
    EventType.TICKET_UNTAGGED,
    EventType.TICKET_SUBJECT_CHANGED,
    EventType.TICKET_RATED,
    EventType.TICKET_REACHABILITY_CHANGED,
    EventType.TICKET_SNOOZED,
    EventType.TICKET_MERGED,
    EventType.PERSONAL_DATA_ERASED,
)
_SAID_TO_CUSTOMER: dict[EventType, Callable[[dict[str, Any], Ticket], str]] = {
    EventType.TICKET_STATUS_CHANGED: lambda p, ticket: (
        _("Opened again") if p["new"] == TicketStatus.OPEN else TicketStatus(p["new"]).said_to_customer
    ),
    EventType.TICKET_ASSIGNED: lambda p, ticket: (
        _("%(agent)s answers you") % {"agent": ticket.assignee.name if ticket.assignee else ""}
    ),
}


def list_changes(actor: Actor, ticket: Ticket, window: Window) -> list[dict[str, Any]]:
    """The window's changes in chronological order, in the actor's numbering and language.

    Customers read what became of their ticket and who answers now: neither who did it nor who answered before.
    """
    number = number_column(actor)
    events = _shown(actor, ticket).select_related("actor")
    if window.after is not None:
        page = list(events.filter(**{f"{number}__gt": window.after}).order_by(number)[: window.limit])
    else:
        older = Q() if window.before is None else Q(**{f"{number}__lt": window.before})
        page = list(events.filter(older).order_by(f"-{number}")[: window.limit])[::-1]
    return [
        {
            "sequence": getattr(event, number),
            "type": event.type,
            "actor": represent_person(event.actor) if event.actor and _is_told_who(actor, event) else None,
            "text": text,
            "until": event.payload["new"] if event.type == EventType.TICKET_SNOOZED else None,
            "created_at": event.created_at,
        }
        for event, text in _described(actor, ticket, page)
    ]


def has_changes_before(actor: Actor, ticket: Ticket, before: int) -> bool:
    return _shown(actor, ticket).filter(**{f"{number_column(actor)}__lt": before}).exists()


def _shown(actor: Actor, ticket: Ticket) -> "QuerySet[TicketEvent]":
    """Without what goes without saying: that an answer opens what is new, and its customer's message what waited."""
    status = Q(type=EventType.TICKET_STATUS_CHANGED)
    unsaid = Q(payload__old=TicketStatus.NEW) | Q(payload__old=TicketStatus.PENDING, actor=ticket.customer_id)
    events = TicketEvent.objects.filter(ticket=ticket).exclude(status & unsaid & Q(payload__new=TicketStatus.OPEN))
    if actor.is_staff:
        return events.filter(type__in=_SHOWN_TO_STAFF)
    public = events.filter(public_sequence__isnull=False)
    answering = public.filter(type=EventType.TICKET_ASSIGNED, payload__new=str(ticket.assignee_id))
    last = answering.order_by("-sequence").values("pk")[:1]
    taken_up = status & Q(payload__old=TicketStatus.PENDING, payload__new=TicketStatus.OPEN)
    return public.filter((status & ~taken_up) | Q(type=EventType.TICKET_MERGED) | Q(pk__in=last))


def _is_told_who(reader: Actor, event: TicketEvent) -> bool:
    return reader.is_staff or event.actor_id == reader.user_id


def _described(actor: Actor, ticket: Ticket, events: list[TicketEvent]) -> list[tuple[TicketEvent, str]]:
    sentences = describe_events(events)
    if actor.is_staff:
        return sentences
    own = {kind.value: say for kind, say in _SAID_TO_CUSTOMER.items()}
    return [(event, own[event.type](event.payload, ticket) if event.type in own else text) for event, text in sentences]
