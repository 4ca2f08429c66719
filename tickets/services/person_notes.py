"""Writing down what staff should know about a person. No event: it belongs to no ticket; open cards are told."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.actors import Actor
from accounts.announcements import announce
from accounts.errors import InvalidInput, KeyReused, NotFound, PermissionDenied
from accounts.models import Role
from accounts.permissions import Capability, require
from accounts.selectors.people import get_person
from accounts.text_cleaning import clean_text
from tickets.models import PersonNote
from tickets.selectors.person_notes import list_person_notes

NOTE_LIMIT = 2000  # UTF-16 code units
MOST = 100  # of one person: lists answer all of them at once


def add_person_note(*, actor: Actor, person_id: UUID, note_id: UUID, text: str) -> tuple[PersonNote, bool]:
    """The stored note, and whether this call made it (else it is an earlier call's, by the same key).

    Raises PermissionDenied, NotFound, KeyReused, InvalidInput.
    """
    require(actor, Capability.WORK_TICKETS)
    person = get_person(person_id)
    text = clean_text(text, field="text", limit=NOTE_LIMIT)
    try:
        with transaction.atomic():
            known = _find(actor, person_id, note_id, text)
            if known is not None:
                return known, False
            if PersonNote.objects.filter(person=person).count() >= MOST:
                raise InvalidInput.of("text", _("There are too many notes about this person. Remove some first."))
            note = PersonNote(id=note_id, person=person, author_id=actor.user_id, text=text, created_at=clock.now())
            note.save(force_insert=True)
            announce("person_noted", user=person_id)
            return note, True
    except IntegrityError as error:  # the same key at the same moment: the other call has committed
        known = _find(actor, person_id, note_id, text)
        if known is None:
            raise KeyReused from error
        return known, False


@transaction.atomic
def remove_person_note(*, actor: Actor, person_id: UUID, note_id: UUID) -> None:
    """One removes what one wrote; a manager removes any. Raises PermissionDenied, NotFound."""
    note = list_person_notes(actor, person_id).select_for_update(of=("self",)).filter(pk=note_id).first()
    if note is None:
        raise NotFound
    own = note.author_id is not None and note.author_id == actor.user_id
    if not own and not actor.has_role(Role.MANAGER):
        raise PermissionDenied(_("You can remove only your own notes."))
    note.delete()
    announce("person_noted", user=person_id)


def _find(actor: Actor, person_id: UUID, note_id: UUID, text: str) -> PersonNote | None:
    note = PersonNote.objects.filter(pk=note_id).first()
    if note is not None and (note.person_id, note.author_id, note.text) != (person_id, actor.user_id, text):
        raise KeyReused
    return note
