"""Reading a ticket's messages by the viewer's own numbering."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.actors import Actor
from tickets.models import Attachment, AuthorRole, Message, MessageRevision, Ticket
from tickets.permissions import require_can_see_history
from tickets.selectors.tickets import get_message_for

MAXIMUM_PAGE = 100


@dataclass(frozen=True, kw_only=True)
class Window:
    """Which part of a conversation: the last `limit` messages, those before or after a sequence, or around one.

    All sequences are in the viewer's numbering and exclusive, but for `around`.
    """

    before: int | None = None
    after: int | None = None
    around: int | None = None
    limit: int = 40


def number_column(actor: Actor) -> str:
    """The column of the actor's numbering: staff count all messages, customers the public ones."""
    return "sequence" if actor.is_staff else "public_sequence"


def list_messages(actor: Actor, ticket: Ticket) -> QuerySet[Message]:
    """All messages that this actor may see."""
    messages = Message.objects.filter(ticket=ticket)
    return messages if actor.is_staff else messages.filter(public_sequence__isnull=False)


def message_window(actor: Actor, ticket: Ticket, window: Window) -> QuerySet[Message]:
    """The window's messages as one query, from the window's anchor outwards."""
    messages, number = list_messages(actor, ticket), number_column(actor)
    limit = max(1, min(window.limit, MAXIMUM_PAGE))
    if window.around is not None:
        older = messages.filter(**{f"{number}__lte": window.around}).order_by(f"-{number}")[: limit // 2 + 1]
        newer = messages.filter(**{f"{number}__gt": window.around}).order_by(number)[: limit // 2]
        return messages.filter(Q(pk__in=older.values("pk")) | Q(pk__in=newer.values("pk"))).order_by(number)
    if window.after is not None:
        return messages.filter(**{f"{number}__gt": window.after}).order_by(number)[:limit]
    if window.before is not None:
        messages = messages.filter(**{f"{number}__lt": window.before})
    return messages.order_by(f"-{number}")[:limit]


def is_begun_by_customer(ticket: Ticket) -> bool:
    """Whether its customer wrote first; staff may open a ticket for somebody."""
    messages = Message.objects.filter(ticket=ticket, internal=False).order_by("sequence")
    return messages.values_list("author_role", flat=True).first() == AuthorRole.CUSTOMER


def find_first_messages(tickets: Iterable[UUID]) -> dict[UUID, Message]:
    """By the ticket, of those that have any: what they begin with."""
    messages = Message.objects.filter(ticket__in=tickets).order_by("ticket_id", "sequence").distinct("ticket_id")
    return {message.ticket_id: message for message in messages}


def find_last_answer(ticket: Ticket) -> Message | None:
    """The newest message of the desk's side that the customer can see."""
    answers = Message.objects.filter(ticket=ticket, internal=False, author_role=AuthorRole.AGENT, deleted_at=None)
    return answers.order_by("-sequence").first()


def has_messages_beyond(actor: Actor, ticket: Ticket, *, before: int | None = None, after: int | None = None) -> bool:
    """Whether there is anything older than `before`, or newer than `after`, in the actor's numbering."""
    number = number_column(actor)
    bound = {f"{number}__lt": before} if before is not None else {f"{number}__gt": after}
    return list_messages(actor, ticket).filter(**bound).exists()


def list_files_of_place(attachment: Attachment) -> QuerySet[Attachment]:
    """The file of a message and those that stood in its place before."""
    message = attachment.message_id
    files = Attachment.objects.filter(Q(message=message) | Q(revision__message=message))
    return files.filter(position=attachment.position)


def list_revisions_of(ticket: Ticket, messages: Iterable[UUID]) -> QuerySet[MessageRevision]:
    """What these messages said before their edits, as staff read it, oldest first; nothing of removed ones."""
    former = MessageRevision.objects.filter(message__ticket=ticket, message__in=list(messages))
    return former.filter(message__deleted_at=None).order_by("replaced_at", "id")


def list_revisions_for(actor: Actor, message_id: UUID) -> QuerySet[MessageRevision]:
    """What a message said before its edits, oldest first; nothing of a removed one.

    Raises NotFound, PermissionDenied.
    """
    message = get_message_for(actor, message_id)
    require_can_see_history(actor, message)
    return message.revisions.filter(message__deleted_at=None).order_by("replaced_at", "id")
