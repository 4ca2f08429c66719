"""What the live part reads from the database. Synchronous: the hub calls these through the bridge."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from accounts import clock
from accounts.errors import NotFound
from accounts.models import User
from accounts.selectors.people import find_person
from accounts.selectors.sessions import list_signed_in_people
from chat.viewers import Viewer
from tickets.models import Ticket
from tickets.permissions import can_see, visible_to
from tickets.representations.audiences import Audience
from tickets.representations.frames import Catchup, frames_after
from tickets.representations.people import represent_person
from tickets.representations.tickets import represent_tickets, represent_tickets_for
from tickets.selectors.live import (
    list_changed_for,
    list_former_standings,
    list_moved_since,
    list_readers,
    list_standings,
    list_standings_of_customer,
    list_standings_since,
)
from tickets.selectors.tickets import get_ticket_for

# Of rows and removals. More than a page holds: then its first page says the same in one answer. And less than may wait
# for a client that reads slowly (connection_limits.WAITING_FRAMES): what it missed must not end its socket.
MISSED_TICKETS = 100
MOVED_TICKETS = 1000
SWEEP_OVERLAP = timedelta(seconds=90)  # a change carries the time at which its transaction made it, not of the commit
SWEPT_TICKETS = 1000
TICKETS_OF_A_CUSTOMER = 500


@dataclass(frozen=True)
class ReadPosition:
    """How far one person has read, in one audience's numbering."""

    person: dict[str, Any]
    sequence: int


@dataclass(frozen=True)
class Opening:
    """What a new subscriber gets: the ticket's standing, the frames it has missed, who has read how far."""

    standing: Ticket
    catchup: Catchup
    reads: list[ReadPosition]


@dataclass(frozen=True)
class Missed:
    """What a client's lists have missed, up to `at` at least. Not whole: too much, its lists are to be read anew."""

    at: datetime
    is_whole: bool
    rows: list[dict[str, Any]] = field(default_factory=list)
    gone: list[UUID] = field(default_factory=list)


@dataclass(frozen=True)
class News:
    """What is new in a ticket for each audience that listens here. standing None: there is no such ticket."""

    standing: Ticket | None
    catchups: dict[Audience, Catchup] = field(default_factory=dict)
    reads: dict[Audience, list[ReadPosition]] = field(default_factory=dict)


def read_opening(viewer: Viewer, ticket_id: UUID, after: int | None) -> Opening:
    """Raises NotFound."""
    standing = get_ticket_for(viewer.actor, ticket_id)
    if after is None:
        catchup = Catchup(standing.sequence if viewer.audience is Audience.STAFF else standing.public_sequence)
    else:
        catchup = frames_after(ticket_id, viewer.audience, after)
    return Opening(standing, catchup, _read_positions(ticket_id, viewer.audience))


def read_news(ticket_id: UUID, positions: dict[Audience, int], readers_for: Collection[Audience]) -> News:
    """Frames after these positions. The standing is read last: it is never older than what the frames tell."""
    try:
        catchups = {audience: frames_after(ticket_id, audience, after) for audience, after in positions.items()}
    except NotFound:
        return News(None)
    reads = {audience: _read_positions(ticket_id, audience) for audience in readers_for}
    return News(list_standings([ticket_id]).first(), catchups, reads)


def _read_positions(ticket_id: UUID, audience: Audience) -> list[ReadPosition]:
    staff = audience is Audience.STAFF
    return [
        ReadPosition(represent_person(reader.person), reader.sequence if staff else reader.public_sequence)
        for reader in list_readers(ticket_id)
    ]


def read_rows(ticket_id: UUID, audiences: Iterable[Audience]) -> tuple[dict[Audience, dict[str, Any]], Ticket | None]:
    """The ticket as lists show it, and its standing, read last. An audience is missing where there is no ticket."""
    rows = {audience: represent_tickets(list_standings([ticket_id]), audience) for audience in audiences}
    return {audience: found[0] for audience, found in rows.items() if found}, list_standings([ticket_id]).first()


def read_own_standings(viewer: Viewer) -> list[Ticket]:
    """Of a customer's own tickets: their lists are told of public changes only, so it must be known from where."""
    return list(list_standings_of_customer(viewer.user_id, limit=TICKETS_OF_A_CUSTOMER))


def read_missed(viewer: Viewer, since: datetime | None) -> Missed:
    """What lists that were whole at `since` (the server's time) must learn; None: nothing is known of them."""
    at = clock.now()
    if since is None:
        return Missed(at, is_whole=False)
    moment = min(since, at) - SWEEP_OVERLAP
    changed = list_changed_for(viewer.actor, moment, limit=MISSED_TICKETS + 1)
    rows = represent_tickets_for(viewer.actor, changed)
    if len(rows) > MISSED_TICKETS:
        return Missed(at, is_whole=False)
    moved = list(list_moved_since(moment, limit=MOVED_TICKETS + 1)) if viewer.actor.is_staff else []
    if len(moved) > MOVED_TICKETS:
        return Missed(at, is_whole=False)
    hidden = [standing for standing in moved if not can_see(viewer.actor, standing)]
    former = list_former_standings(hidden) if hidden else {}
    gone = [ticket for ticket, places in former.items() if any(can_see(viewer.actor, place) for place in places)]
    if len(rows) + len(gone) > MISSED_TICKETS:
        return Missed(at, is_whole=False)
    return Missed(at, is_whole=True, rows=rows, gone=gone)


def read_seen(viewer: Viewer, ticket_ids: Collection[UUID]) -> list[dict[str, Any]]:
    """Those of these tickets that the viewer may see now, as REST lists them."""
    return represent_tickets_for(viewer.actor, visible_to(viewer.actor).filter(pk__in=list(ticket_ids)))


def read_former_standings(standing: Ticket) -> list[Ticket]:
    return list_former_standings([standing])[standing.pk]


def read_standings(ticket_ids: Collection[UUID]) -> list[Ticket]:
    return list(list_standings(ticket_ids)) if ticket_ids else []


def read_changes(since: datetime) -> tuple[list[Ticket], datetime]:
    """The standings of what has changed, and the moment from which to ask the next time."""
    now = clock.now()
    return list(list_standings_since(since - SWEEP_OVERLAP, limit=SWEPT_TICKETS)), now


def read_person(user_id: UUID) -> User | None:
    return find_person(user_id)


def read_signed_in(families: Collection[UUID]) -> dict[UUID, User]:
    """Whose sign-ins these are; those that have ended, and those of banned people, are missing."""
    return list_signed_in_people(families) if families else {}
