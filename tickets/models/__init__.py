from tickets.models.attachment import Attachment, AttachmentFailure, AttachmentState
from tickets.models.category import Category
from tickets.models.delivery_reason import DeliveryReason, explain_delivery
from tickets.models.event import DeliveryState, EventDelivery, EventType, TicketEvent
from tickets.models.message import (
    BARE,
    SEARCH_CONFIG,
    AuthorRole,
    BareText,
    Message,
    MessageDeliveryState,
    MessageKind,
    MessageRevision,
    SearchableText,
)
from tickets.models.notification import Notification, NotificationKind
from tickets.models.participant import Participant
from tickets.models.person_note import PersonNote
from tickets.models.saved_reply import SavedReply
from tickets.models.ticket import RATING_CHANGEABLE, RATING_SCORES, Priority, Ticket, TicketStatus
from tickets.models.working_hours import SpecialDay, Weekday, WorkingTime

__all__ = [
    "BARE",
    "RATING_CHANGEABLE",
    "RATING_SCORES",
    "SEARCH_CONFIG",
    "Attachment",
    "AttachmentFailure",
    "AttachmentState",
    "AuthorRole",
    "BareText",
    "Category",
    "DeliveryReason",
    "DeliveryState",
    "EventDelivery",
    "EventType",
    "Message",
    "MessageDeliveryState",
    "MessageKind",
    "MessageRevision",
    "Notification",
    "NotificationKind",
    "Participant",
    "PersonNote",
    "Priority",
    "SavedReply",
    "SearchableText",
    "SpecialDay",
    "Ticket",
    "TicketEvent",
    "TicketStatus",
    "Weekday",
    "WorkingTime",
    "explain_delivery",
]
