"""What a ticket is called and how it is sorted: subject, category, priority, tags."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.announcements import announce
from accounts.errors import InvalidInput, NotFound
from accounts.text_cleaning import clean_line
from tickets.events.catalogue import (
    TicketCategoryChanged,
    TicketPriorityChanged,
    TicketSubjectChanged,
    TicketTagged,
    TicketUntagged,
    read_id,
)
from tickets.events.recording import record_event
from tickets.models import Category, EventType, Priority, Ticket, TicketEvent
from tickets.permissions import can_see, require_can_label, require_can_set_category, require_open
from tickets.selectors.tickets import Reference, get_ticket_for
from tickets.services.drafts import SUBJECT_LIMIT
from tickets.services.messages import find_change_to_undo, require_unchanged

TAG_LIMIT = 40
TAGS_LIMIT = 20


class Keep:
    """Marks a field that stays as it is (None is a value of its own for a category)."""


KEEP = Keep()


@dataclass(frozen=True, kw_only=True)
class TicketChanges:
    """New values for a ticket's labels; KEEP leaves one alone."""

    subject: str | Keep = KEEP
    category_id: UUID | Keep | None = KEEP
    priority: Priority | Keep = KEEP
    tags: Sequence[str] | Keep = KEEP


@transaction.atomic
def update_ticket(
    *, actor: Actor, ticket: Reference, changes: TicketChanges, expected_sequence: int | None = None
) -> Ticket:
    """Change labels, an event for each that really changes. Raises NotFound, PermissionDenied, Stale, InvalidInput.

    A customer may change the category only, and only while the ticket is new. A category brings its team; who takes
    back at once what they have just chosen (`expected_sequence` tells that they saw it) brings the former team back,
    also where that choice has taken the ticket out of their own sight.
    """
    row = _get_ticket(actor, ticket, changes, expected_sequence)
    if not isinstance(changes.category_id, Keep):
        require_can_set_category(actor, row)
        require_unchanged(actor, row, expected_sequence, EventType.TICKET_CATEGORY_CHANGED)
        last = find_change_to_undo(actor, row, expected_sequence, EventType.TICKET_CATEGORY_CHANGED)
        _change_category(actor, row, changes.category_id, undoing=last)
    if all(isinstance(value, Keep) for value in (changes.subject, changes.priority, changes.tags)):
        return row
    require_can_label(actor, row)
    if not isinstance(changes.subject, Keep):
        require_unchanged(actor, row, expected_sequence, EventType.TICKET_SUBJECT_CHANGED)
        _change_subject(actor, row, clean_line(changes.subject, field="subject", limit=SUBJECT_LIMIT))
    if not isinstance(changes.priority, Keep):
        require_unchanged(actor, row, expected_sequence, EventType.TICKET_PRIORITY_CHANGED)
        _change_priority(actor, row, changes.priority)
    if not isinstance(changes.tags, Keep):
        require_unchanged(actor, row, expected_sequence, EventType.TICKET_TAGGED, EventType.TICKET_UNTAGGED)
        _change_tags(actor, row, _clean_tags(changes.tags))
    return row


def _get_ticket(actor: Actor, reference: Reference, changes: TicketChanges, expected_sequence: int | None) -> Ticket:
    """The ticket, locked, if the actor sees it, or sees it again by taking back their own choice. Raises NotFound."""
    try:
        return get_ticket_for(actor, reference, lock=True)
    except NotFound:
        category_id = changes.category_id
        if isinstance(category_id, Keep) or changes != TicketChanges(category_id=category_id):
            raise
        row = get_ticket_for(Actor.system(), reference, lock=True)
        last = find_change_to_undo(actor, row, expected_sequence, EventType.TICKET_CATEGORY_CHANGED)
        if last is None or not _leads_back(last, category_id, row.team_id):
            raise
        before = Ticket(
            team_id=read_id(last.payload["old_team"]), assignee_id=row.assignee_id, customer_id=row.customer_id
        )
        if not can_see(actor, before):
            raise
        return row


def _change_category(actor: Actor, ticket: Ticket, category_id: UUID | None, *, undoing: TicketEvent | None) -> None:
    if category_id == ticket.category_id:
        return
    require_open(ticket)
    category = None
    if category_id is not None:
        category = Category.objects.filter(pk=category_id).first()
        if category is None or (not category.is_active and not actor.is_staff):
            raise InvalidInput.of("category", _("There is no such category."))
    old, old_team = ticket.category_id, ticket.team_id
    ticket.category = category
    if undoing is not None and _leads_back(undoing, category_id, old_team):
        ticket.team_id = read_id(undoing.payload["old_team"])
    elif category is not None and category.team_id is not None:
        ticket.team_id = category.team_id
    fact = TicketCategoryChanged(old=old, new=category_id, old_team=old_team, new_team=ticket.team_id)
    record_event(ticket, actor, fact, changed=["category", "team"])
    if old_team != ticket.team_id:
        announce("access_changed", ticket=ticket.pk)


def _leads_back(event: TicketEvent, category_id: UUID | None, team_id: UUID | None) -> bool:
    """Whether that is the category of before the event, and nobody has moved the ticket on since."""
    return (read_id(event.payload["old"]), read_id(event.payload["new_team"])) == (category_id, team_id)


def _change_subject(actor: Actor, ticket: Ticket, subject: str) -> None:
    old, ticket.subject = ticket.subject, subject
    if old != subject:
        record_event(ticket, actor, TicketSubjectChanged(old=old, new=subject), changed=["subject"])


def _change_priority(actor: Actor, ticket: Ticket, priority: Priority) -> None:
    old, ticket.priority = ticket.priority, priority
    if old != priority:
        record_event(ticket, actor, TicketPriorityChanged(old=old, new=priority.value), changed=["priority"])


def _change_tags(actor: Actor, ticket: Ticket, tags: set[str]) -> None:
    old = set(ticket.tags)
    for tag in sorted(tags - old):
        ticket.tags = sorted({*ticket.tags, tag})
        record_event(ticket, actor, TicketTagged(tag=tag), changed=["tags"])
    for tag in sorted(old - tags):
        ticket.tags = [kept for kept in ticket.tags if kept != tag]
        record_event(ticket, actor, TicketUntagged(tag=tag), changed=["tags"])


def _clean_tags(tags: Sequence[str]) -> set[str]:
    cleaned = {clean_line(tag, field="tags", limit=TAG_LIMIT).lower() for tag in tags}
    if len(cleaned) > TAGS_LIMIT:
        raise InvalidInput.of("tags", _("At most %(limit)d tags.") % {"limit": TAGS_LIMIT})
    return cleaned
