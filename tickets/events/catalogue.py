"""Every fact that can happen to a ticket, with its payload.

Payloads hold ids and old and new values, no text of messages (the subject excepted), so that erasing a person hardly
touches the log. `public` decides who may see the event: it is a property of the type, computed here and stored.
"""

from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar
from uuid import UUID

from tickets.models import EventType


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One event's payload."""

    type: ClassVar[EventType]
    public: ClassVar[bool] = True

    def payload(self) -> dict[str, Any]:
        return {name: str(value) if isinstance(value, UUID) else value for name, value in asdict(self).items()}

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> "Fact":
        """Raises TypeError for a field that the type does not declare."""
        return cls(**payload)


@dataclass(frozen=True, kw_only=True)
class TicketCreated(Fact):
    type = EventType.TICKET_CREATED
    subject: str
    customer: UUID
    priority: str
    category: UUID | None
    team: UUID | None
    continues: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class TicketAssigned(Fact):
    type = EventType.TICKET_ASSIGNED
    old: UUID | None
    new: UUID


@dataclass(frozen=True, kw_only=True)
class TicketUnassigned(Fact):
    type = EventType.TICKET_UNASSIGNED
    old: UUID


@dataclass(frozen=True, kw_only=True)
class TicketStatusChanged(Fact):
    type = EventType.TICKET_STATUS_CHANGED
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class TicketPriorityChanged(Fact):
    type = EventType.TICKET_PRIORITY_CHANGED
    public = False
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class TicketCategoryChanged(Fact):
    """A category may send its tickets to a team: the event carries both."""

    type = EventType.TICKET_CATEGORY_CHANGED
    old: UUID | None
    new: UUID | None
    old_team: UUID | None
    new_team: UUID | None


@dataclass(frozen=True, kw_only=True)
class TicketTagged(Fact):
    type = EventType.TICKET_TAGGED
    public = False
    tag: str


@dataclass(frozen=True, kw_only=True)
class TicketUntagged(Fact):
    type = EventType.TICKET_UNTAGGED
    public = False
    tag: str


@dataclass(frozen=True, kw_only=True)
class TicketSubjectChanged(Fact):
    type = EventType.TICKET_SUBJECT_CHANGED
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class TicketRated(Fact):
    """By its customer, from 1 to 5; the comment stays with the ticket. Equal values: only the comment changed."""

    type = EventType.TICKET_RATED
    old: int | None
    new: int


@dataclass(frozen=True, kw_only=True)
class TicketReachabilityChanged(Fact):
    """The customer's chat takes no messages (a reason of DeliveryReason), or takes them again (empty)."""

    type = EventType.TICKET_REACHABILITY_CHANGED
    public = False
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class TicketSnoozed(Fact):
    """Put aside until a time (RFC 3339), or taken up again (None)."""

    type = EventType.TICKET_SNOOZED
    public = False
    old: str | None
    new: str | None


@dataclass(frozen=True, kw_only=True)
class TicketMerged(Fact):
    """With another ticket of its customer: it goes on `into` that one, or has taken it in (`from`)."""

    type = EventType.TICKET_MERGED
    other: UUID
    number: int
    direction: str


@dataclass(frozen=True, kw_only=True)
class PersonalDataErased(Fact):
    """The customer is forgotten: the subject, here and in the log, and all texts and files are gone."""

    type = EventType.PERSONAL_DATA_ERASED


@dataclass(frozen=True, kw_only=True)
class MessageFact(Fact):
    """A fact about one message; `message` is also the event's foreign key."""

    message: UUID


@dataclass(frozen=True, kw_only=True)
class MessageSent(MessageFact):
    type = EventType.MESSAGE_SENT
    author_role: str


@dataclass(frozen=True, kw_only=True)
class NoteAdded(MessageFact):
    type = EventType.NOTE_ADDED
    public = False


@dataclass(frozen=True, kw_only=True)
class MessageEdited(MessageFact):
    """By an edit, or (`moved`) because the place that it shows has moved on, which leaves no version.

    item: in an album, the file that it is about. file: the one that came in the place of another. asks: its customer
    made a wish of what was only thanks.
    """

    type = EventType.MESSAGE_EDITED
    item: UUID | None = None
    file: UUID | None = None
    moved: bool = False
    asks: bool = False


@dataclass(frozen=True, kw_only=True)
class MessageDeleted(MessageFact):
    type = EventType.MESSAGE_DELETED


@dataclass(frozen=True, kw_only=True)
class MessageReacted(MessageFact):
    """Signs of Telegram's; None: none."""

    type = EventType.MESSAGE_REACTED
    old: str | None
    new: str | None


@dataclass(frozen=True, kw_only=True)
class AttachmentAdded(MessageFact):
    """A further part of an album has joined the message."""

    type = EventType.ATTACHMENT_ADDED
    attachment: UUID


@dataclass(frozen=True, kw_only=True)
class AttachmentStored(MessageFact):
    """A file that was being fetched is here, could not be fetched, or is fetched once more (state: pending)."""

    type = EventType.ATTACHMENT_STORED
    attachment: UUID
    state: str


@dataclass(frozen=True, kw_only=True)
class MessageDeliveryChanged(MessageFact):
    type = EventType.MESSAGE_DELIVERY_CHANGED
    public = False
    old: str
    new: str
    reason: str = ""
    ambiguous: bool = False


@dataclass(frozen=True, kw_only=True)
class MessageRetried(MessageFact):
    """Somebody asked to have what did not arrive sent again."""

    type = EventType.MESSAGE_RETRIED
    public = False
    old: str
    reason: str


def _facts(root: type[Fact]) -> list[type[Fact]]:
    found = [root] if hasattr(root, "type") else []
    return found + [fact for child in root.__subclasses__() for fact in _facts(child)]


CATALOGUE: dict[EventType, type[Fact]] = {fact.type: fact for fact in _facts(Fact)}


def read_fact(event_type: str, payload: dict[str, Any]) -> Fact:
    """The fact of a stored event."""
    return CATALOGUE[EventType(event_type)].from_payload(payload)


def read_id(value: object) -> UUID | None:
    """An id out of a payload."""
    return UUID(str(value)) if value is not None else None


def payload_fields(event_type: EventType) -> set[str]:
    return {field.name for field in fields(CATALOGUE[event_type])}
