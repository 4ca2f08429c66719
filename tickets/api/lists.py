"""Pages of tickets, as the list and the answer to a sign-in give them."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from accounts.actors import Actor
from accounts.errors import InvalidInput, PermissionDenied
from accounts.pagination import build_page, decode_cursor, encode_cursor
from tickets.api.inputs import TicketQuery
from tickets.models import Priority, TicketStatus
from tickets.representations.tickets import represent_tickets_for
from tickets.selectors.inbox import InboxQuery, named_rank, page_of_tickets, position_columns, priority_rank
from tickets.selectors.search import find_matches, number_in, represent_match

FIRST_PAGE = 25
_STAFF_FILTERS = {"priority", "tag", "snoozed", "waiting"}
_STAFF_ORDERS = {"priority", "-priority", "waiting", "-waiting"}


def read_ticket_query(actor: Actor, request: Request) -> tuple[InboxQuery, str | None, int]:
    """The wanted tickets, the cursor, and the length of the page. Raises InvalidInput, PermissionDenied."""
    query = TicketQuery(data=request.query_params)
    query.is_valid(raise_exception=True)
    wanted = query.validated_data
    if not actor.is_staff and (_STAFF_FILTERS & set(wanted) or wanted["order"] in _STAFF_ORDERS):
        raise PermissionDenied  # an order or a match would tell what the customer's picture hides
    assignee = wanted.get("assignee")
    inbox = InboxQuery(
        statuses=[TicketStatus(status) for status in wanted.get("status", ())],
        assignee_id=_assignee(actor, assignee) if assignee not in (None, "none") else None,
        unassigned=assignee == "none",
        category_ids=wanted.get("category", ()),
        priorities=[Priority(priority) for priority in wanted.get("priority", ())],
        tags=[tag.lower() for tag in wanted.get("tag", ())],
        customer_id=wanted.get("customer"),
        snoozed=wanted["snoozed"] == "true" if "snoozed" in wanted else None,
        waiting=wanted.get("waiting") == "true",
        text=wanted.get("q", ""),
        order=wanted["order"],
    )
    return inbox, wanted.get("cursor"), wanted["limit"]


def _assignee(actor: Actor, word: str) -> UUID | None:
    if word == "me":
        return actor.user_id
    try:
        return UUID(word)
    except ValueError as error:
        raise InvalidInput.of("assignee", _("Give me, none, or a person's id.")) from error


def build_ticket_page(request: Request, actor: Actor, query: InboxQuery, cursor: str | None, limit: int) -> Any:
    """One page, and the way to the next."""
    columns = position_columns(actor, query)
    after = decode_cursor(cursor, length=len(columns)) if cursor else None
    tickets = page_of_tickets(actor, query, after=after, limit=limit)
    pictures = represent_tickets_for(actor, tickets)
    if query.text:
        matches = find_matches(actor, [picture["id"] for picture in pictures], query.text)
        for picture in pictures:
            picture["match"] = represent_match(matches.get(picture["id"]))
    following = _position_after(actor, pictures[-1], query) if len(pictures) == limit else None
    return build_page(request, pictures, next_position=following)


def build_first_page(actor: Actor) -> dict[str, Any]:
    """The first page for a client that has just signed in: staff begin with what is not closed."""
    statuses = (TicketStatus.NEW, TicketStatus.OPEN, TicketStatus.PENDING) if actor.is_staff else ()
    query = InboxQuery(statuses=statuses)
    pictures = represent_tickets_for(actor, page_of_tickets(actor, query, limit=FIRST_PAGE))
    following = None
    if len(pictures) == FIRST_PAGE:
        cursor = encode_cursor(_position_after(actor, pictures[-1], query))
        following = f"/api/v1/tickets/?cursor={cursor}" + (f"&status={','.join(statuses)}" if statuses else "")
    return {"results": pictures, "next": following, "previous": None}


def _position_after(actor: Actor, picture: dict[str, Any], query: InboxQuery) -> tuple[Any, ...]:
    """Of the values that the picture showed, so that a change meanwhile neither hides nor repeats others."""
    ranked = {"rank": priority_rank(picture["priority"])} if "priority" in picture else {}
    named = {"named": named_rank(query, named=picture["number"] == number_in(query.text))}
    values = picture | ranked | named | {"public_updated_at": picture["updated_at"]}
    return tuple(values[column] for column in position_columns(actor, query))
