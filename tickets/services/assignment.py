"""Giving tickets to agents."""

from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.announcements import announce
from accounts.errors import InvalidInput, NotFound
from accounts.models import Availability, Role, User
from tickets.errors import AlreadyAssigned, NoAgentAvailable
from tickets.events.catalogue import TicketAssigned, TicketUnassigned, read_id
from tickets.events.recording import record_event
from tickets.models import EventType, Ticket, TicketStatus
from tickets.models.ticket import ACTIVE_STATUSES
from tickets.permissions import can_be_assigned, can_see, people_who_can_see, require_can_assign
from tickets.selectors.tickets import Reference, get_ticket_for
from tickets.services.messages import find_change_to_undo, require_unchanged
from tickets.services.statuses import move_to_status

_KINDS = (EventType.TICKET_ASSIGNED, EventType.TICKET_UNASSIGNED)


@transaction.atomic
def assign_ticket(
    *, actor: Actor, ticket: Reference, assignee_id: UUID | None, expected_sequence: int | None = None
) -> Ticket:
    """Give the ticket to an agent, or to nobody. The agent who has it already keeps it, and nothing happens.

    Two agents who take one ticket at once: the second gets AlreadyAssigned, unless they had seen the first.
    Who takes back at once what they have just done (`expected_sequence` tells that they saw it) may give it to whoever
    had it, whatever its team, also where that has taken the ticket out of their own sight.
    Raises NotFound, PermissionDenied, TicketClosed, AlreadyAssigned, Stale, InvalidInput.
    """
    row = _get_ticket(actor, ticket, assignee_id, expected_sequence)
    require_can_assign(actor, row)
    if row.assignee_id == assignee_id:
        return row
    _require_fresh_assignment(actor, row, assignee_id, expected_sequence)
    if assignee_id is None:
        _take_away(actor, row)
        return row
    agent = User.objects.filter(pk=assignee_id, is_active=True).first()
    if agent is None or not (
        can_be_assigned(agent, row)
        or (agent.has_role(Role.AGENT) and _leads_back(actor, row, assignee_id, expected_sequence))
    ):
        raise InvalidInput.of("assignee", _("This person cannot have this ticket."))
    _give(actor, row, agent)
    return row


@transaction.atomic
def assign_by_rule(*, actor: Actor, ticket: Reference) -> Ticket:
    """Give the ticket to the available agent with the fewest active tickets. Raises also NoAgentAvailable."""
    row = get_ticket_for(actor, ticket, lock=True)
    require_can_assign(actor, row)
    agent = find_least_loaded_agent(row)
    if agent is None:
        raise NoAgentAvailable
    if row.assignee_id != agent.pk:
        _give(actor, row, agent)
    return row


def find_least_loaded_agent(ticket: Ticket) -> User | None:
    """Among the available agents who may see the ticket (of its team, where it has one)."""
    agents = people_who_can_see(ticket).filter(role=Role.AGENT, availability=Availability.AVAILABLE)
    if ticket.team_id is not None:
        agents = agents.filter(team_id=ticket.team_id)
    active = Count("assigned_tickets", filter=Q(assigned_tickets__status__in=ACTIVE_STATUSES))
    return agents.annotate(load=active).order_by("load", "pk").first()


def assign_automatically(ticket: Ticket) -> None:
    """The team's rule for a ticket just opened; the ticket is locked. No agent available: it waits in the queue."""
    if ticket.team is None or not ticket.team.assigns_automatically or ticket.assignee_id is not None:
        return
    agent = find_least_loaded_agent(ticket)
    if agent is not None:
        _give(Actor.system(), ticket, agent)


def _require_fresh_assignment(
    actor: Actor, ticket: Ticket, assignee_id: UUID | None, expected_sequence: int | None
) -> None:
    if expected_sequence is None and assignee_id == actor.user_id and ticket.assignee_id is not None:
        raise AlreadyAssigned(data={"assignee": str(ticket.assignee_id)})
    require_unchanged(actor, ticket, expected_sequence, *_KINDS)


def _get_ticket(actor: Actor, reference: Reference, assignee_id: UUID | None, expected_sequence: int | None) -> Ticket:
    """The ticket, locked, if the actor sees it, or sees it again by taking back what they did. Raises NotFound."""
    try:
        return get_ticket_for(actor, reference, lock=True)
    except NotFound:
        row = get_ticket_for(Actor.system(), reference, lock=True)
        before = Ticket(team_id=row.team_id, assignee_id=assignee_id, customer_id=row.customer_id)
        if not can_see(actor, before) or not _leads_back(actor, row, assignee_id, expected_sequence):
            raise
        return row


def _leads_back(actor: Actor, ticket: Ticket, assignee_id: UUID | None, expected_sequence: int | None) -> bool:
    """Whether that person had it before the actor's own last change of this, which nobody has changed since."""
    last = find_change_to_undo(actor, ticket, expected_sequence, *_KINDS)
    if last is None:
        return False
    return (read_id(last.payload["old"]), read_id(last.payload.get("new"))) == (assignee_id, ticket.assignee_id)


def _give(actor: Actor, ticket: Ticket, agent: User) -> None:
    old, ticket.assignee = ticket.assignee_id, agent
    record_event(ticket, actor, TicketAssigned(old=old, new=agent.pk), changed=["assignee"])
    if ticket.status == TicketStatus.NEW:
        move_to_status(actor, ticket, TicketStatus.OPEN)
    announce("access_changed", ticket=ticket.pk)


def _take_away(actor: Actor, ticket: Ticket) -> None:
    old, ticket.assignee = ticket.assignee_id, None
    if old is not None:
        record_event(ticket, actor, TicketUnassigned(old=old), changed=["assignee"])
        announce("access_changed", ticket=ticket.pk)
