"""Reading what staff wrote about a person."""

from uuid import UUID

from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.permissions import Capability, require
from accounts.selectors.people import get_person
from tickets.models import PersonNote


def list_person_notes(actor: Actor, person_id: UUID) -> "QuerySet[PersonNote]":
    """The newest first. Raises PermissionDenied, NotFound."""
    require(actor, Capability.WORK_TICKETS)
    person = get_person(person_id)
    return PersonNote.objects.filter(person=person).select_related("author").order_by("-created_at", "-id")
