"""A person as an agent needs them at hand: who it is, what there was, and what colleagues wrote down."""

from typing import Any
from uuid import UUID

from django.db.models import Avg, Count, Q

from accounts.actors import Actor
from accounts.representations import represent_user
from accounts.selectors.people import get_person
from tickets.models import PersonNote
from tickets.models.ticket import ACTIVE_STATUSES
from tickets.representations.people import represent_person
from tickets.representations.tickets import represent_tickets_for
from tickets.selectors.inbox import InboxQuery, list_tickets, page_of_tickets
from tickets.selectors.person_notes import list_person_notes

TICKETS_SHOWN = 20


def represent_person_note(note: PersonNote) -> dict[str, Any]:
    return {
        "id": note.pk,
        "author": represent_person(note.author) if note.author else None,
        "text": note.text,
        "created_at": note.created_at,
    }


def represent_card(actor: Actor, person_id: UUID) -> dict[str, Any]:
    """Of the tickets only those that this agent may see. Raises PermissionDenied, NotFound."""
    notes = [represent_person_note(note) for note in list_person_notes(actor, person_id)]
    query = InboxQuery(customer_id=person_id)
    tickets = represent_tickets_for(actor, page_of_tickets(actor, query, limit=TICKETS_SHOWN))
    totals = list_tickets(actor, query).aggregate(
        total=Count("pk"),
        active=Count("pk", filter=Q(status__in=ACTIVE_STATUSES)),
        rated=Count("rating_score"),
        average=Avg("rating_score"),
    )
    person, unreachable = get_person(person_id), tickets[0]["unreachable"] if tickets else ""
    return {
        "person": represent_user(person, reader=actor),
        "unreachable": unreachable,
        "reachable": bool(tickets) and person.telegram_id is not None and not unreachable,
        "counts": {"total": totals["total"], "active": totals["active"]},
        "ratings": {
            "count": totals["rated"],
            "average": round(totals["average"], 2) if totals["average"] is not None else None,
        },
        "tickets": tickets,
        "notes": notes,
    }
