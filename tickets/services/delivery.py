"""What became of a message on its way to the customer's Telegram."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.errors import NotFound
from tickets.events.catalogue import MessageDeliveryChanged, MessageRetried, TicketReachabilityChanged
from tickets.events.recording import record_event
from tickets.models import AuthorRole, Message, MessageDeliveryState, Ticket, TicketStatus
from tickets.permissions import require_can_retry
from tickets.selectors.inbox import list_active_with_bot
from tickets.selectors.tickets import get_message_for, get_ticket_for
from tickets.services.attachments import fetch_again


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The state of a whole message (of all its parts). reason: a stable code, empty where all is well.

    ambiguous: it may have arrived twice, because an answer of Telegram was lost.
    """

    state: MessageDeliveryState
    reason: str = ""
    ambiguous: bool = False


def record_outcome(*, message_id: UUID, outcome: Outcome) -> Message:
    """Idempotent: an outcome that is already recorded changes nothing. Raises NotFound."""
    ticket_id = Message.objects.filter(pk=message_id).values_list("ticket", flat=True).first()
    if ticket_id is None:
        raise NotFound
    with transaction.atomic(savepoint=False):
        ticket = get_ticket_for(Actor.system(), ticket_id, lock=True)
        return _record(ticket, get_message_for(Actor.system(), message_id), outcome)


def _record(ticket: Ticket, message: Message, outcome: Outcome) -> Message:
    old = Outcome(
        state=MessageDeliveryState(message.delivery_state),
        reason=message.delivery_reason,
        ambiguous=message.delivery_ambiguous,
    )
    if old == outcome:
        return message
    message.delivery_state = outcome.state
    message.delivery_reason = outcome.reason
    message.delivery_ambiguous = outcome.ambiguous
    message.save(update_fields=["delivery_state", "delivery_reason", "delivery_ambiguous"])
    fact = MessageDeliveryChanged(
        message=message.pk,
        old=old.state.value,
        new=outcome.state.value,
        reason=outcome.reason,
        ambiguous=outcome.ambiguous,
    )
    record_event(ticket, Actor.system(), fact, message=message)
    if outcome.state == MessageDeliveryState.BLOCKED:
        _mark(ticket, outcome.reason)
    elif outcome.state == MessageDeliveryState.SENT:
        _mark(ticket, "")
    return message


@transaction.atomic
def record_reachability(*, customer_id: UUID, reason: str) -> None:
    """Mark the customer's tickets that are not closed: why their chat takes nothing; empty where it does again.

    What they wrote to a company's own account has another chat (`record_reachability_of`).
    """
    _mark_all(list_active_with_bot(customer_id), reason)


@transaction.atomic
def record_reachability_of(*, tickets: Collection[UUID], reason: str) -> None:
    """As `record_reachability`, for these tickets, as far as they are not closed."""
    _mark_all(Ticket.objects.filter(pk__in=tickets).exclude(status=TicketStatus.CLOSED), reason)


def _mark_all(tickets: "QuerySet[Ticket]", reason: str) -> None:
    others = tickets.exclude(unreachable=reason).order_by("id")
    for ticket in others.select_for_update(of=("self",), no_key=True):
        _mark(ticket, reason)


def _mark(ticket: Ticket, reason: str) -> None:
    if ticket.unreachable == reason:
        return
    fact = TicketReachabilityChanged(old=ticket.unreachable, new=reason)
    ticket.unreachable = reason
    record_event(ticket, Actor.system(), fact, changed=["unreachable"])


def retry_message(*, actor: Actor, message_id: UUID) -> Message:
    """Try again what failed: an answer on its way to the customer, or the files of what the customer sent.

    Raises NotFound, PermissionDenied, NotEditable.
    """
    is_customers = get_message_for(actor, message_id).author_role == AuthorRole.CUSTOMER
    return (fetch_again if is_customers else retry_delivery)(actor=actor, message_id=message_id)


@transaction.atomic
def retry_delivery(*, actor: Actor, message_id: UUID) -> Message:
    """Have what did not arrive of a message sent again; nothing changes where all of it arrived or is on its way.

    Raises NotFound, PermissionDenied, NotEditable.
    """
    ticket = get_ticket_for(actor, get_message_for(actor, message_id).ticket_id, lock=True)
    message = get_message_for(actor, message_id)
    require_can_retry(actor, message)
    if message.delivery_state not in (MessageDeliveryState.FAILED, MessageDeliveryState.BLOCKED):
        return message
    fact = MessageRetried(message=message.pk, old=message.delivery_state, reason=message.delivery_reason)
    message.delivery_state, message.delivery_reason = MessageDeliveryState.QUEUED, ""
    message.save(update_fields=["delivery_state", "delivery_reason"])
    record_event(ticket, actor, fact, message=message)
    return message
