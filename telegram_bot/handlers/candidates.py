"""Which of their tickets a customer's message may be about, where it gives no hint: those that go on, and what somebody
else ended lately, for its customer may have something to say about that."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from accounts import clock
from accounts.actors import Source
from accounts.models import User
from tickets.models import AuthorRole, Ticket, TicketStatus
from tickets.selectors.inbox import TicketEnd, find_ends, list_active_with_bot, list_closed_lately

_JUST_ENDED = timedelta(hours=24)
_DONE = (TicketStatus.RESOLVED, TicketStatus.CLOSED)


def list_going_on(person: User) -> list[Ticket]:
    """Those that are not closed, each with its last public message: the newest change first."""
    return list(list_active_with_bot(person.pk).select_related("last_public_message"))


def list_in_question(person: User, active: Sequence[Ticket] | None = None) -> list[Ticket]:
    """What a message to the bot may be about. active: those that are not closed, where they were read already.

    Of those that are done only what the customer may still think of, for somebody else said so: a day ago at most, or
    as the last that the chat spoke of, and they have begun no other in the chat since. These come first.
    """
    active = list_going_on(person) if active is None else active
    begun_at = max((one.created_at for one in active if one.source == Source.TELEGRAM), default=None)
    tickets = _with_closed(person, active)
    ends = find_ends([ticket for ticket in tickets if ticket.status in _DONE])
    done = [
        ticket
        for place, ticket in enumerate(tickets)
        if _may_be_thought_of(ends.get(ticket.pk), begun_at, is_last=place == 0)
    ]
    return done + without_done(active) or list(active)


def list_unresolved(person: User) -> list[Ticket]:
    """What its customer may end."""
    return without_done(list(list_active_with_bot(person.pk)))


def find_thanked(person: User, active: Sequence[Ticket]) -> Ticket | None:
    """The one that was done last, unless the desk has answered in another since. active: those that are not closed."""
    tickets = _with_closed(person, active)
    ends = find_ends([ticket for ticket in tickets if ticket.status in _DONE])
    if not ends:
        return None
    done = max((ticket for ticket in tickets if ticket.pk in ends), key=lambda ticket: ends[ticket.pk].at)
    return None if _is_answered([one for one in tickets if one != done], since=ends[done.pk].at) else done


def has_answered_since(person: User, moment: datetime | None) -> bool:
    """Whether the desk has, in what goes on, so that what comes next may be about that."""
    return moment is not None and _is_answered(list_going_on(person), since=moment)


def _is_answered(tickets: Sequence[Ticket], *, since: datetime) -> bool:
    """Whether the last that was said in one of them is an answer given since then."""
    last = [ticket.last_public_message for ticket in tickets]
    return any(one is not None and one.author_role == AuthorRole.AGENT and one.created_at > since for one in last)


def without_done(tickets: Sequence[Ticket]) -> list[Ticket]:
    return [ticket for ticket in tickets if ticket.status not in _DONE]


def _with_closed(person: User, active: Sequence[Ticket]) -> list[Ticket]:
    """The newest change first."""
    closed = list_closed_lately(person.pk, since=clock.now() - _JUST_ENDED).select_related("last_public_message")
    return sorted([*active, *closed], key=lambda ticket: (ticket.public_updated_at, ticket.pk), reverse=True)


def _may_be_thought_of(end: TicketEnd | None, begun_at: datetime | None, *, is_last: bool) -> bool:
    """begun_at: when the customer began another ticket in the chat."""
    if end is None or end.by_customer or (begun_at is not None and begun_at > end.at):
        return False
    return is_last or end.at >= clock.now() - _JUST_ENDED
