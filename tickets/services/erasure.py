"""Erasing a customer's personal data. The log keeps its facts and ids; texts, names and files go."""

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction

from accounts import clock
from accounts.actors import Actor
from accounts.errors import NotFound
from accounts.models import User
from accounts.services.erasure import ERASED, forget_in_admin_log, forget_person
from tickets.events.catalogue import MessageDeleted, PersonalDataErased
from tickets.events.recording import record_event, redact_subjects
from tickets.models import (
    Attachment,
    AttachmentState,
    EventDelivery,
    EventType,
    Message,
    MessageDeliveryState,
    MessageRevision,
    Notification,
    PersonNote,
    Ticket,
    TicketEvent,
    TicketStatus,
)
from tickets.permissions import require_can_erase
from tickets.selectors.customers import files_about, messages_about
from tickets.services.statuses import move_to_status


@dataclass(frozen=True)
class Belongings:
    """How much there is of a customer."""

    tickets: int
    messages: int
    files: int


@transaction.atomic
def survey_customer(*, actor: Actor, user_id: UUID) -> Belongings:
    """What `erase_customer` would erase now; changes nothing. Raises NotFound, PermissionDenied, InvalidInput."""
    return _count(_lock_person(actor, user_id))


@transaction.atomic
def erase_customer(*, actor: Actor, user_id: UUID) -> Belongings:
    """Erase all that says who a customer is or that they and others wrote about their matters; close their tickets.

    Final. What is there is erased once: another call erases only what has come since. Files leave the storage after
    the commit. Raises NotFound, PermissionDenied, InvalidInput (somebody who works here).
    """
    person = _lock_person(actor, user_id)
    found = _count(person)
    tickets = Ticket.objects.select_for_update(of=("self",), no_key=True)
    about = messages_about(person.pk).order_by().values("ticket")
    for ticket in list(tickets.filter(pk__in=about).order_by("pk")):
        _erase_ticket(actor, ticket, person)
    _erase_files(person)
    Notification.objects.filter(user=person).delete()
    PersonNote.objects.filter(person=person).delete()
    forget_person(person)
    return found


def _lock_person(actor: Actor, user_id: UUID) -> User:
    person = User.objects.select_for_update(of=("self",), no_key=True).filter(pk=user_id).first()
    if person is None:
        raise NotFound
    require_can_erase(actor, person)
    return person


def _count(person: User) -> Belongings:
    return Belongings(
        tickets=Ticket.objects.filter(customer=person).exclude(subject=ERASED).count(),
        messages=messages_about(person.pk).exclude(request_digest=b"").count(),
        files=files_about(person.pk).exclude(storage_key="").count(),
    )


def _erase_ticket(actor: Actor, ticket: Ticket, person: User) -> None:
    messages = messages_about(person.pk).filter(ticket=ticket).select_for_update(of=("self",), no_key=True)
    for message in messages.exclude(request_digest=b"").order_by("sequence"):
        _erase_message(actor, ticket, message)
    last = TicketEvent.objects.filter(ticket=ticket, sequence=ticket.sequence).values_list("type", flat=True).first()
    if ticket.customer_id != person.pk or last == EventType.PERSONAL_DATA_ERASED:
        return
    EventDelivery.objects.filter(ticket=ticket).exclude(last_error="").update(last_error="")
    forget_in_admin_log(ticket)
    redact_subjects(ticket)
    move_to_status(actor, ticket, TicketStatus.CLOSED)
    ticket.subject, ticket.rating_comment, ticket.request_digest = ERASED, "", b""
    record_event(ticket, actor, PersonalDataErased(), changed=["subject", "rating_comment", "request_digest"])


def _erase_message(actor: Actor, ticket: Ticket, message: Message) -> None:
    """A tombstone is left in its place. Its digest goes too: it could confirm a guess at the text."""
    was_there = message.deleted_at is None
    # the rows of their files outlive the versions
    Attachment.objects.filter(revision__message=message).update(message=message, revision=None)
    MessageRevision.objects.filter(message=message).delete()
    message.text, message.entities, message.content = "", [], {}
    message.forwarded_from, message.reactions, message.request_digest = None, [], b""
    message.deleted_at = message.deleted_at or clock.now()
    if message.delivery_state == MessageDeliveryState.QUEUED:
        message.delivery_state = MessageDeliveryState.NONE
    message.save(
        update_fields=[
            "text", "entities", "content", "forwarded_from", "reactions", "request_digest", "deleted_at",
            "delivery_state",
        ]
    )  # fmt: skip
    if was_there:
        record_event(ticket, actor, MessageDeleted(message=message.pk), message=message)


def _erase_files(person: User) -> None:
    """The rows stay, empty: other apps know them by their ids, and a file still being fetched finds itself refused."""
    files = files_about(person.pk)
    stored = files.exclude(storage_key="", thumbnail_key="").values_list("storage_key", "thumbnail_key")
    keys = [key for pair in stored for key in pair if key]
    rows = Attachment.objects.filter(pk__in=list(files.order_by().values_list("pk", flat=True)))
    rows.update(name=ERASED, storage_key="", thumbnail_key="", size=0, state=AttachmentState.FAILED)
    transaction.on_commit(partial(_remove_stored, keys), robust=True)


def _remove_stored(keys: list[str]) -> None:
    """After the commit; what a killed process leaves has no row and goes with `prune_files`."""
    for key in keys:
        default_storage.delete(key)
