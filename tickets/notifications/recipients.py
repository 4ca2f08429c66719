"""Who should know of an event. The only place that decides it."""

from collections.abc import Callable
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import Availability, Role, User
from tickets.models import AuthorRole, EventType, MessageDeliveryState, NotificationKind, Ticket, TicketEvent
from tickets.permissions import people_who_can_see

_ENDS = ("resolved", "closed")
_NOT_ARRIVED = (MessageDeliveryState.FAILED, MessageDeliveryState.BLOCKED)
Decision = tuple[NotificationKind, "QuerySet[User]"]


def find_recipients(event: TicketEvent) -> Decision | None:
    """The kind of the notification and the people who get it; None where nobody has to know.

    Never the person who did it, never somebody who may not see the ticket.
    """
    decide = _DECISIONS.get(EventType(event.type))
    decision = decide(event) if decide is not None else None
    if decision is None:
        return None
    kind, people = decision
    return kind, people.exclude(pk=event.actor_id) if event.actor_id else people


def may_concern(event: TicketEvent) -> bool:
    """Whether anybody may have to know, as far as the event itself says: most ends of a delivery concern nobody."""
    match event.type:
        case EventType.TICKET_STATUS_CHANGED:
            return event.payload["new"] in _ENDS
        case EventType.MESSAGE_DELIVERY_CHANGED:
            return event.payload["new"] in _NOT_ARRIVED
        case EventType.MESSAGE_EDITED:
            return bool(event.payload.get("asks"))  # older events say nothing of it
    return True


def _customer(event: TicketEvent) -> "QuerySet[User]":
    return User.objects.filter(pk=event.ticket.customer_id, is_active=True)


def _those_who_answer(ticket: Ticket) -> "QuerySet[User]":
    """Its agent; while it has none, the available agents of its queue."""
    people = people_who_can_see(ticket).exclude(pk=ticket.customer_id)
    if ticket.assignee_id is not None:
        return people.filter(pk=ticket.assignee_id)
    queue = Q(team=ticket.team_id) if ticket.team_id else Q()
    return people.filter(queue, role=Role.AGENT, availability=Availability.AVAILABLE)


def _ticket_created(event: TicketEvent) -> Decision:
    return NotificationKind.TICKET_CREATED, _those_who_answer(event.ticket)


def _ticket_assigned(event: TicketEvent) -> Decision:
    agent = people_who_can_see(event.ticket).filter(pk=UUID(event.payload["new"]))
    return NotificationKind.TICKET_ASSIGNED, agent


def _status_changed(event: TicketEvent) -> Decision | None:
    """Only an end matters to the customer; that a ticket moved on, or goes on in another one, they see there."""
    if event.payload["new"] not in _ENDS or event.ticket.merged_into_id is not None:
        return None
    return NotificationKind.TICKET_STATUS_CHANGED, _customer(event)


def _snoozed(event: TicketEvent) -> Decision | None:
    """Its time has come; whoever took it up, or woke it by writing, is heard of otherwise."""
    if event.payload["new"] is not None or event.actor_id is not None:
        return None
    return NotificationKind.TICKET_WOKEN, _those_who_answer(event.ticket)


def _merged(event: TicketEvent) -> Decision | None:
    """The agent of the ticket that has taken the other one in; where nobody has it, nobody's work has grown."""
    if event.payload["direction"] != "from":
        return None
    agent = people_who_can_see(event.ticket).filter(pk__in=[event.ticket.assignee_id])
    return NotificationKind.TICKET_MERGED, agent


def _message_sent(event: TicketEvent) -> Decision | None:
    """A customer's first message is the ticket itself, of which its own event tells."""
    if event.payload["author_role"] == AuthorRole.SYSTEM:  # automatic words: there is nothing to be told of
        return None
    if event.payload["author_role"] != AuthorRole.CUSTOMER:
        return NotificationKind.MESSAGE_RECEIVED, _customer(event)
    if event.message is not None and event.message.sequence == 2:
        return None
    return NotificationKind.MESSAGE_RECEIVED, _those_who_answer(event.ticket)


def _message_edited(event: TicketEvent) -> Decision | None:
    """Thanks that became a wish: nobody has looked at them. Of every other edit the conversation itself tells."""
    return (NotificationKind.MESSAGE_RECEIVED, _those_who_answer(event.ticket)) if may_concern(event) else None


def _delivery_changed(event: TicketEvent) -> Decision | None:
    """The author of what did not arrive, and the ticket's agent."""
    if event.payload["new"] not in _NOT_ARRIVED:
        return None
    author = event.message.author_id if event.message is not None else None
    people = people_who_can_see(event.ticket).filter(pk__in=[author, event.ticket.assignee_id])
    return NotificationKind.DELIVERY_FAILED, people.exclude(pk=event.ticket.customer_id)


_DECISIONS: dict[EventType, Callable[[TicketEvent], Decision | None]] = {
    EventType.TICKET_CREATED: _ticket_created,
    EventType.TICKET_ASSIGNED: _ticket_assigned,
    EventType.TICKET_STATUS_CHANGED: _status_changed,
    EventType.TICKET_SNOOZED: _snoozed,
    EventType.TICKET_MERGED: _merged,
    EventType.MESSAGE_SENT: _message_sent,
    EventType.MESSAGE_EDITED: _message_edited,
    EventType.MESSAGE_DELIVERY_CHANGED: _delivery_changed,
}
WANTED_EVENTS = frozenset(_DECISIONS)
