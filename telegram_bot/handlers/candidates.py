"""Which of their tickets a customer's message may be about, where it gives no hint: those that go on, and what somebody
else ended lately, for its customer may have something to say about that."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from accounts import clock
from accounts.actors import Source
from accounts.models import User
from tickets.models import Ticket, TicketStatus
from tickets.selectors.inbox import (
    TicketEnd,
    find_ends,
    has_answer_last,
    list_active_with_bot,
    list_with_bot_lately,
)

_JUST_ENDED = timedelta(hours=24)
_DONE = (TicketStatus.RESOLVED, TicketStatus.CLOSED)


def list_lately(person: User) -> list[Ticket]:
    """Those that are not closed, and what was closed lately: the newest change first."""
    return list_with_bot_lately(person.pk, since=clock.now() - _JUST_ENDED)


def going_on(tickets: Sequence[Ticket]) -> list[Ticket]:
    return [ticket for ticket in tickets if ticket.status != TicketStatus.CLOSED]


def list_in_question(person: User, tickets: Sequence[Ticket] | None = None) -> list[Ticket]:
    """What a message to the bot may be about. tickets: as `list_lately` gives them, where they were read already.

    Of those that are done only what the customer may still think of, for somebody else said so: a day ago at most, or
    as the last that the chat spoke of, and they have begun no other in the chat since. These come first.
    """
    tickets = list_lately(person) if tickets is None else tickets
    active = going_on(tickets)
    begun_at = max((one.created_at for one in active if one.source == Source.TELEGRAM), default=None)
    ends = find_ends([ticket for ticket in tickets if ticket.status in _DONE])
    done = [
        ticket
        for place, ticket in enumerate(tickets)
        if _may_be_thought_of(ends.get(ticket.pk), begun_at, is_last=place == 0)
    ]
    return done + without_done(active) or active


def list_unresolved(person: User) -> list[Ticket]:
    """What its customer may end."""
    return without_done(list(list_active_with_bot(person.pk)))


def find_thanked(tickets: Sequence[Ticket]) -> Ticket | None:
    """The one that was done last, unless the desk has answered in another since. tickets: as of `list_lately`."""
    ends = find_ends([ticket for ticket in tickets if ticket.status in _DONE])
    if not ends:
        return None
    done = max((ticket for ticket in tickets if ticket.pk in ends), key=lambda ticket: ends[ticket.pk].at)
    others = [ticket.pk for ticket in tickets if ticket != done]
    return None if has_answer_last(others, since=ends[done.pk].at) else done


def has_answered_since(person: User, moment: datetime | None) -> bool:
    """Whether the desk has, in what goes on, so that what comes next may be about that."""
    active = list_active_with_bot(person.pk).values_list("pk", flat=True)
    return moment is not None and has_answer_last(active, since=moment)


def without_done(tickets: Sequence[Ticket]) -> list[Ticket]:
    return [ticket for ticket in tickets if ticket.status not in _DONE]


def _may_be_thought_of(end: TicketEnd | None, begun_at: datetime | None, *, is_last: bool) -> bool:
    """begun_at: when the customer began another ticket in the chat."""
    if end is None or end.by_customer or (begun_at is not None and begun_at > end.at):
        return False
    return is_last or end.at >= clock.now() - _JUST_ENDED
