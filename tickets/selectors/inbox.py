"""Lists of tickets: filters, orders and keyset pages."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

from accounts import clock
from accounts.actors import Actor, Source
from accounts.compiled_queries import CompiledQuery, Given
from tickets.models import AuthorRole, EventType, Priority, Ticket, TicketEvent, TicketStatus
from tickets.permissions import is_over_for_customer, visible_to
from tickets.selectors.search import matching, number_in

_LATELY = timedelta(days=7)
Order = Literal[
    "newest", "oldest", "updated", "-updated", "created", "-created", "priority", "-priority", "waiting", "-waiting"
]  # the last change first; the first opened last; the most urgent, or who waits longest, first; with a minus reversed
_SAME: dict[str, str] = {"newest": "updated", "oldest": "-updated"}
WAITING_STATUSES = (TicketStatus.NEW, TicketStatus.OPEN)
Position = tuple[datetime | int | str | UUID, ...]  # where a page ended: the values of the order's columns


@dataclass(frozen=True, kw_only=True)
class InboxQuery:
    """Which tickets, in which order. Several values of one filter mean any of them."""

    statuses: Sequence[TicketStatus] = ()
    assignee_id: UUID | None = None
    unassigned: bool = False
    category_ids: Sequence[UUID] = ()
    priorities: Sequence[Priority] = ()
    tags: Sequence[str] = ()
    customer_id: UUID | None = None
    snoozed: bool | None = None  # only those put aside, or none of them
    waiting: bool = False  # only those whose customer waits for an answer
    text: str = ""
    order: Order = "newest"


def list_tickets(actor: Actor, query: InboxQuery) -> QuerySet[Ticket]:
    """The visible tickets that match, unordered: `page_of_tickets` orders and cuts."""
    tickets = visible_to(actor)
    if query.statuses:
        tickets = tickets.filter(status__in=query.statuses)
    if query.unassigned:
        tickets = tickets.filter(assignee=None)
    elif query.assignee_id is not None:
        tickets = tickets.filter(assignee_id=query.assignee_id)
    if query.category_ids:
        tickets = tickets.filter(category_id__in=query.category_ids)
    if query.priorities:
        tickets = tickets.filter(priority__in=query.priorities)
    if query.tags:
        tickets = tickets.filter(tags__overlap=list(query.tags))
    if query.customer_id is not None:
        tickets = tickets.filter(customer_id=query.customer_id)
    if query.snoozed is not None:
        tickets = tickets.filter(snoozed_until__isnull=not query.snoozed)
    if query.waiting or _key(query.order) == "waiting":
        tickets = waiting_for_an_answer(tickets)
    if query.text:
        tickets = matching(actor, tickets, query.text)
    return tickets


def waiting_for_an_answer(tickets: "QuerySet[Ticket]") -> "QuerySet[Ticket]":
    """Those new or open whose last public message is the customer's."""
    return tickets.filter(status__in=WAITING_STATUSES, last_public_message__author_role=AuthorRole.CUSTOMER)


def page_of_tickets(
    actor: Actor, query: InboxQuery, *, after: Position | None = None, limit: int = 25
) -> QuerySet[Ticket]:
    """`limit` tickets behind the position `after` (depth costs nothing: the comparison is one of rows)."""
    tickets, columns = list_tickets(actor, query), position_columns(actor, query)
    if "named" in columns:
        named = When(number=number_in(query.text), then=Value(named_rank(query, named=True)))
        rest = Value(named_rank(query, named=False))
        tickets = tickets.annotate(named=Case(named, default=rest, output_field=IntegerField()))
    if "rank" in columns:
        tickets = tickets.annotate(rank=_rank())
    elif "waiting_since" in columns:
        tickets = tickets.annotate(waiting_since=F("last_public_message__created_at"))
    rising = _is_rising(query.order)
    if after is not None:
        behind = TupleGreaterThan if rising else TupleLessThan
        tickets = tickets.filter(behind(Tuple(*columns), after))
    return tickets.order_by(*(column if rising else f"-{column}" for column in columns))[:limit]


def position_columns(actor: Actor, query: InboxQuery) -> tuple[str, ...]:
    """What the actor's list is sorted by; the last row's values are the position of the next page."""
    columns = _columns_of_order(actor, query.order)
    return columns if number_in(query.text) is None else ("named", *columns)


def _columns_of_order(actor: Actor, order: Order) -> tuple[str, ...]:
    changed = "updated_at" if actor.is_staff else "public_updated_at"
    match _key(order):
        case "priority":
            return ("rank", changed, "id")
        case "created":
            return ("created_at", "id")
        case "waiting":
            return ("waiting_since", "id")
    return (changed, "id")


def _key(order: Order) -> str:
    return _SAME.get(order, order).removeprefix("-")


def _is_rising(order: Order) -> bool:
    """Whether the smallest value comes first: who waits longest has waited since the earliest moment."""
    reversed_ = _SAME.get(order, order).startswith("-")
    return reversed_ != (_key(order) == "waiting")


def named_rank(query: InboxQuery, *, named: bool) -> int:
    """Where a ticket whose number is what one searches for stands: before the others in each order."""
    return int(named != _is_rising(query.order))


def priority_rank(priority: str) -> int:
    """Where a priority stands in the order `priority`."""
    return list(Priority).index(Priority(priority))


def _rank() -> Case:
    cases = [When(priority=priority, then=Value(priority_rank(priority))) for priority in Priority]
    return Case(*cases, default=Value(0), output_field=IntegerField())


def count_unassigned(actor: Actor, *, cap: int = 100) -> int:
    """How many active tickets nobody has, counted up to `cap`."""
    query = InboxQuery(statuses=(TicketStatus.NEW, TicketStatus.OPEN), unassigned=True, snoozed=False)
    return list_tickets(actor, query)[:cap].count()


def find_done_of_customer(customer_id: UUID, *, lately: bool) -> Ticket | None:
    """The customer's ticket that was resolved or closed last, `lately` a week ago at most: what a message to the bot
    may still be about. What came to a company's own account goes on there."""
    done = Ticket.objects.exclude(source=Source.BUSINESS).filter(
        customer_id=customer_id, status__in=(TicketStatus.RESOLVED, TicketStatus.CLOSED)
    )
    if lately:
        done = done.filter(public_updated_at__gt=clock.now() - _LATELY)
    return done.order_by("-public_updated_at", "-id").first()


def list_with_bot_lately(customer_id: UUID, *, since: datetime) -> list[Ticket]:
    """What a message to the bot may go on, the newest change first: what is not closed, and what was closed within a
    week and goes on in no other ticket yet; what was resolved before `since` and closed later, by the clock say, was
    over already. What came to a company's own account is left out."""
    return _WITH_BOT_LATELY.fetch(customer=customer_id, since=since, lately=clock.now() - _LATELY)


@CompiledQuery
def _WITH_BOT_LATELY() -> QuerySet[Ticket]:
    closed_lately = Q(
        Q(resolved_at=None) | Q(resolved_at__gte=Given("since")),
        merged_into=None,
        public_updated_at__gt=Given("lately"),
    ) & ~Exists(Ticket.objects.filter(continues=OuterRef("pk")))
    with_bot = Ticket.objects.filter(customer_id=Given("customer")).exclude(source=Source.BUSINESS)
    lately = with_bot.filter(~Q(status=TicketStatus.CLOSED) | closed_lately)
    return lately.order_by("-public_updated_at", "-id")


def has_answer_last(ticket_ids: Iterable[UUID], *, since: datetime) -> bool:
    """Whether the last that was said in public in one of them is an agent's answer given since then."""
    return Ticket.objects.filter(
        pk__in=ticket_ids,
        last_public_message__author_role=AuthorRole.AGENT,
        last_public_message__created_at__gt=since,
    ).exists()


@dataclass(frozen=True, kw_only=True)
class TicketEnd:
    """When a ticket was done, and whether its customer said so themselves."""

    at: datetime
    by_customer: bool


def find_ends(tickets: Collection[Ticket]) -> dict[UUID, TicketEnd]:
    """Of resolved or closed tickets, by their ids, by one query: what was closed after it had been resolved was done
    then."""
    customers = {ticket.pk: ticket.customer_id for ticket in tickets}
    if not customers:
        return {}
    ends = TicketEvent.objects.filter(
        ticket__in=customers,
        type=EventType.TICKET_STATUS_CHANGED,
        payload__new__in=[TicketStatus.RESOLVED, TicketStatus.CLOSED],
    ).exclude(payload__old__in=[TicketStatus.RESOLVED, TicketStatus.CLOSED])
    return {
        end.ticket_id: TicketEnd(at=end.created_at, by_customer=end.actor_id == customers[end.ticket_id])
        for end in ends.order_by("ticket_id", "-sequence").distinct("ticket_id")
    }


def find_continuation(ended: Ticket, *, through_business: bool) -> Ticket | None:
    """The newest ticket that goes on from this one, by however many steps, and that its customer can still write in.

    through_business: one that is answered by a company's own account, or else one that is not.
    """
    found: list[Ticket] = []
    ends = [ended.pk]
    while ends:  # a ticket can go on from an earlier one only
        followers = list(Ticket.objects.filter(continues__in=ends, customer_id=ended.customer_id))
        found += [follower.lasting for follower in followers]
        ends = [follower.pk for follower in followers]
    takes_words = [
        ticket
        for ticket in found
        if (ticket.source == Source.BUSINESS) == through_business and not is_over_for_customer(ticket)
    ]
    return max(takes_words, key=lambda ticket: ticket.number, default=None)


def list_of_customer(customer_id: UUID) -> QuerySet[Ticket]:
    """All tickets of a customer, the newest change first."""
    return Ticket.objects.filter(customer_id=customer_id).order_by("-public_updated_at", "-id")


def list_active_of_customer(customer_id: UUID) -> QuerySet[Ticket]:
    """Those of them that are not closed."""
    return list_of_customer(customer_id).exclude(status=TicketStatus.CLOSED)


def list_active_with_bot(customer_id: UUID) -> QuerySet[Ticket]:
    """Of these, those that a message to the bot goes on: what came to a company's own account is answered there."""
    return list_active_of_customer(customer_id).exclude(source=Source.BUSINESS)
