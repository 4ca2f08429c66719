"""Who may see a ticket, and who may do what with it. The one source for services, selectors, sockets and notices."""

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.errors import InvalidInput, PermissionDenied
from accounts.models import Role, User
from accounts.permissions import Capability, can, require
from tickets.errors import NotEditable, TicketClosed, TicketMerged, TransitionRefused
from tickets.models import Message, Ticket, TicketEvent, TicketStatus

STAFF_TRANSITIONS: dict[str, frozenset[str]] = {
    TicketStatus.NEW: frozenset({TicketStatus.OPEN, TicketStatus.PENDING, TicketStatus.RESOLVED, TicketStatus.CLOSED}),
    TicketStatus.OPEN: frozenset({TicketStatus.PENDING, TicketStatus.RESOLVED, TicketStatus.CLOSED}),
    TicketStatus.PENDING: frozenset({TicketStatus.OPEN, TicketStatus.RESOLVED, TicketStatus.CLOSED}),
    TicketStatus.RESOLVED: frozenset({TicketStatus.OPEN, TicketStatus.PENDING, TicketStatus.CLOSED}),
    TicketStatus.CLOSED: frozenset({TicketStatus.OPEN}),
}
CUSTOMER_TRANSITIONS: dict[str, frozenset[str]] = {
    status: frozenset({TicketStatus.RESOLVED}) for status in (TicketStatus.NEW, TicketStatus.OPEN, TicketStatus.PENDING)
}


def visible_to(actor: Actor) -> "QuerySet[Ticket]":
    """The tickets that this actor may see.

    A customer sees their own. An agent without a team sees all; an agent of a team sees its tickets, those of no team
    and those assigned to them. Managers see every team's.
    """
    if not can(actor, Capability.WORK_TICKETS):
        return Ticket.objects.filter(customer_id=actor.user_id)
    if actor.team_id is None or can(actor, Capability.SEE_EVERY_TEAM):
        return Ticket.objects.all()
    return Ticket.objects.filter(Q(team_id=actor.team_id) | Q(team_id=None) | Q(assignee_id=actor.user_id))


def can_see(actor: Actor, ticket: Ticket) -> bool:
    """`visible_to` for one ticket already at hand, without a query: live sockets ask it for every change."""
    if not can(actor, Capability.WORK_TICKETS):
        return actor.user_id is not None and ticket.customer_id == actor.user_id
    if actor.team_id is None or can(actor, Capability.SEE_EVERY_TEAM):
        return True
    return ticket.team_id in (None, actor.team_id) or ticket.assignee_id == actor.user_id


def people_who_can_see(ticket: Ticket) -> "QuerySet[User]":
    """The mirror of `visible_to`: its customer, and the staff whose team allows it."""
    managers = Q(role__in=[role for role in Role if role.includes(Role.MANAGER)])
    agents = Q(role=Role.AGENT) & (Q(team=None) | Q(pk=ticket.assignee_id))
    agents |= Q(role=Role.AGENT) if ticket.team_id is None else Q(role=Role.AGENT, team_id=ticket.team_id)
    return User.objects.filter(is_active=True).filter(managers | agents | Q(pk=ticket.customer_id))


def require_not_merged(ticket: Ticket) -> None:
    """Raises TicketMerged: nothing begins anew in a ticket that goes on in another one."""
    if ticket.merged_into_id is not None:
        lasting = ticket.lasting
        text = _("This ticket was merged into #%(number)s. Go on there.") % {"number": lasting.number}
        raise TicketMerged(text, data={"ticket": str(lasting.pk), "number": lasting.number})


def require_open(ticket: Ticket) -> None:
    """Raises TicketMerged, TicketClosed."""
    require_not_merged(ticket)
    if ticket.is_closed:
        raise TicketClosed


def is_over_for_customer(ticket: Ticket) -> bool:
    """Whether its customer's further words go into another ticket: it is closed or, by AFTER_RESOLVED, resolved."""
    return ticket.is_closed or (ticket.status == TicketStatus.RESOLVED and settings.AFTER_RESOLVED == "new")


def require_can_write(actor: Actor, ticket: Ticket) -> None:
    """Raises TicketMerged, TicketClosed. Whoever sees an open ticket may write in it."""
    require_open(ticket)


def require_can_note(actor: Actor, ticket: Ticket) -> None:
    """Notes may be added to closed tickets too: what one learns afterwards belongs there."""
    require(actor, Capability.WORK_TICKETS)
    require_not_merged(ticket)


def require_can_merge(actor: Actor, ticket: Ticket) -> None:
    require(actor, Capability.WORK_TICKETS)
    require_not_merged(ticket)


def require_can_label(actor: Actor, ticket: Ticket) -> None:
    require(actor, Capability.WORK_TICKETS)


def require_can_set_category(actor: Actor, ticket: Ticket) -> None:
    """A customer may say what their ticket is about until somebody works on it."""
    if not can(actor, Capability.WORK_TICKETS) and ticket.status != TicketStatus.NEW:
        raise PermissionDenied


def people_who_can_have(ticket: Ticket) -> "QuerySet[User]":
    """Whom the ticket may be given to: the staff who may see it."""
    return people_who_can_see(ticket).filter(role__in=[role for role in Role if role.includes(Role.AGENT)])


def can_be_assigned(agent: User, ticket: Ticket) -> bool:
    return people_who_can_have(ticket).filter(pk=agent.pk).exists()


def require_can_assign(actor: Actor, ticket: Ticket) -> None:
    require(actor, Capability.WORK_TICKETS)
    require_open(ticket)


def require_can_snooze(actor: Actor, ticket: Ticket) -> None:
    """Staff put aside what they still work on."""
    require(actor, Capability.WORK_TICKETS)
    require_open(ticket)
    if ticket.status == TicketStatus.RESOLVED:
        raise TransitionRefused(data={"from": ticket.status, "to": "snoozed"})


def require_can_change_status(
    actor: Actor, ticket: Ticket, status: TicketStatus, *, undoing: TicketEvent | None = None
) -> None:
    """By the table; staff also back to where their own last change (`undoing`) came from, though never to "new"."""
    require_not_merged(ticket)
    is_staff = can(actor, Capability.WORK_TICKETS)
    if is_staff and undoing is not None and status == undoing.payload["old"] != TicketStatus.NEW:
        return
    table = STAFF_TRANSITIONS if is_staff else CUSTOMER_TRANSITIONS
    if status not in table.get(ticket.status, frozenset()):
        raise TransitionRefused(data={"from": ticket.status, "to": str(status)})


def require_can_rate(actor: Actor, ticket: Ticket) -> None:
    """Only its customer rates a ticket, and only what is done."""
    if actor.user_id is None or actor.user_id != ticket.customer_id:
        raise PermissionDenied(_("Only the customer can rate a ticket."))
    require_not_merged(ticket)
    if ticket.status not in (TicketStatus.RESOLVED, TicketStatus.CLOSED):
        text = _("This ticket is open. You can rate it when it is done.")
        raise TransitionRefused(text, data={"from": ticket.status, "to": "rated"})


def can_see_history(actor: Actor, message: Message) -> bool:
    """What a message said before is for staff and for its author: an agent may take a word back."""
    is_own = message.author_id is not None and message.author_id == actor.user_id
    return is_own or can(actor, Capability.WORK_TICKETS)


def require_can_see_history(actor: Actor, message: Message) -> None:
    if not can_see_history(actor, message):
        raise PermissionDenied


def require_can_edit(actor: Actor, message: Message) -> None:
    """One edits only what one wrote; so does the desk itself."""
    if message.deleted_at is not None:
        raise NotEditable
    if message.author_id != actor.user_id:
        raise PermissionDenied(_("You can change only your own messages."))


def require_can_retry(actor: Actor, message: Message) -> None:
    """Staff send again what did not arrive; what was removed meanwhile stays removed."""
    require(actor, Capability.WORK_TICKETS)
    if message.deleted_at is not None:
        raise NotEditable


def require_can_delete(actor: Actor, message: Message) -> None:
    """One removes what one wrote; a manager removes what any agent wrote."""
    if message.deleted_at is not None:
        raise NotEditable
    own = message.author_id is not None and message.author_id == actor.user_id
    if not own and not (actor.has_role(Role.MANAGER) and message.author_role != "customer"):
        raise PermissionDenied(_("You can remove only your own messages."))


def require_can_erase(actor: Actor, person: User) -> None:
    """One's own data, or, for administrators, a customer's. Whoever works here has a role to be taken away first."""
    if actor.user_id != person.pk:
        require(actor, Capability.MANAGE_PEOPLE)
    if person.has_role(Role.AGENT):
        raise InvalidInput.of("user", _("This person works at the desk. Make them a customer first."))
