"""Fetching a ticket and authorising it in one call: what one may not see does not exist."""

from uuid import UUID

from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.compiled_queries import CompiledQuery, Given
from accounts.errors import NotFound
from tickets.models import Attachment, EventType, Message, Ticket, TicketEvent
from tickets.permissions import can_see, can_see_history, visible_to
from tickets.selectors.saved_replies import may_use_saved_reply

Reference = UUID | int | str  # a ticket's id, or its number


def get_ticket_for(actor: Actor, reference: Reference, *, lock: bool = False) -> Ticket:
    """The ticket, if this actor may see it; `lock` takes its row lock for the transaction. Raises NotFound."""
    if isinstance(reference, UUID):
        ticket = (_LOCKED if lock else _BY_ID).first(id=reference)
        if ticket is not None and not can_see(actor, ticket):
            raise NotFound
    else:
        tickets = visible_to(actor).filter(**_match(reference))
        ticket = (_lock(tickets) if lock else tickets).first()
    if ticket is None:
        raise NotFound
    return ticket


def _lock(tickets: "QuerySet[Ticket]") -> "QuerySet[Ticket]":
    """Plain FOR UPDATE would block every insert that refers to the ticket."""
    return tickets.select_for_update(of=("self",), no_key=True)


_BY_ID = CompiledQuery(lambda: Ticket.objects.filter(pk=Given("id")))
_LOCKED = CompiledQuery(lambda: _lock(Ticket.objects.filter(pk=Given("id"))))


def find_ticket(reference: Reference) -> Ticket | None:
    """The ticket, whoever asks: for the desk's own reactions to events."""
    if isinstance(reference, UUID):
        return _BY_ID.first(id=reference)
    return Ticket.objects.filter(**_match(reference)).first()


def list_subjects(ticket_id: UUID) -> list[str]:
    """All that the ticket has had, the first one first, by its log: whoever asks. Erased ones are blotted out there."""
    kinds = (EventType.TICKET_CREATED, EventType.TICKET_SUBJECT_CHANGED)
    log = TicketEvent.objects.filter(ticket=ticket_id, type__in=kinds).order_by("sequence")
    payloads = list(log.values_list("payload", flat=True))
    return [payload["subject"] if "subject" in payload else payload["new"] for payload in payloads]


def _match(reference: Reference) -> dict[str, object]:
    if isinstance(reference, UUID):
        return {"pk": reference}
    text = str(reference)
    if text.isascii() and text.isdigit() and len(text) <= 18:
        return {"number": int(text)}
    try:
        return {"pk": UUID(text)}
    except ValueError:
        raise NotFound from None


def get_message_for(actor: Actor, message_id: UUID) -> Message:
    """The message, if this actor may see it: a customer sees no internal note. Raises NotFound."""
    messages = Message.objects.filter(ticket__in=visible_to(actor))
    if not actor.is_staff:
        messages = messages.filter(internal=False)
    message = messages.filter(pk=message_id).first()
    if message is None:
        raise NotFound
    return message


def get_attachment_for(actor: Actor, attachment_id: UUID) -> Attachment:
    """The file, if this actor uploaded it, may see its message or that message's history, or use its saved reply.

    Raises NotFound.
    """
    attachment = Attachment.objects.select_related("message", "revision__message").filter(pk=attachment_id).first()
    if attachment is None:
        raise NotFound
    message = attachment.message
    if attachment.revision is not None:
        message = attachment.revision.message
        if not can_see_history(actor, message):
            raise NotFound
    if attachment.saved_reply_id is not None:
        if not may_use_saved_reply(actor, attachment.saved_reply_id):
            raise NotFound
    elif message is None:
        if attachment.owner_id is None or attachment.owner_id != actor.user_id:
            raise NotFound
    elif (
        (message.internal and not actor.is_staff)
        or message.deleted_at is not None
        or not visible_to(actor).filter(pk=message.ticket_id).exists()
    ):
        raise NotFound
    return attachment
