"""The local subscribers of tickets: staff and customer apart, since they see different frames."""

from collections.abc import Iterable
from uuid import UUID

from chat.metrics import FRAMES
from chat.protocol import encode, encode_resumed
from chat.reading import ReadPosition
from chat.sockets import Socket, Subscription
from tickets.models import Ticket
from tickets.representations.audiences import Audience
from tickets.representations.frames import Catchup


class AudienceGroup:
    """The subscribers who see the same.

    `position`: the last event that was read for them, None before the first has been answered. `heard`: the last that
    a nudge told of.
    """

    def __init__(self, ticket: UUID) -> None:
        self.ticket = ticket
        self.members: set[Subscription] = set()
        self.position: int | None = None
        self.heard = 0
        self._reads: dict[str, int] = {}

    @property
    def is_behind(self) -> bool:
        return bool(self.members) and self.position is not None and self.position < self.heard

    def fan_out(self, catchup: Catchup) -> None:
        """Each frame is encoded once and handed to all."""
        if self.position is not None and catchup.sequence < self.position and not catchup.reset:
            return  # a late answer
        self.position = catchup.sequence
        if catchup.reset:
            self.heard = min(self.heard, catchup.sequence)
            text = encode({"type": "reset", "ticket": self.ticket, "sequence": catchup.sequence})
            for member in tuple(self.members):
                member.reset(catchup.sequence, text)
            return
        FRAMES.inc(len(catchup.frames) * len(self.members))
        for frame in catchup.frames:
            sequence, text = frame["sequence"], encode(frame)
            for member in tuple(self.members):
                member.deliver(sequence, text)

    def note_reads(self, reads: Iterable[ReadPosition]) -> None:
        """Tell who has read on. Whoever read only what this audience does not see has not."""
        for read in reads:
            user_id = str(read.person["id"])
            if read.sequence <= self._reads.get(user_id, 0):
                continue
            self._reads[user_id] = read.sequence
            self.show(encode(_read_frame(self.ticket, read)))

    def welcome(self, member: Subscription, catchup: Catchup, reads: list[ReadPosition]) -> None:
        """Give a new member its answer, then what came meanwhile."""
        self.note_reads(reads)  # to the others
        if catchup.reset:
            member.socket.push(encode({"type": "reset", "ticket": self.ticket, "sequence": catchup.sequence}))
        else:
            answer, rest = encode_resumed(self.ticket, catchup.sequence, catchup.frames)
            member.socket.push(answer)
            for frame in rest:
                member.socket.push(encode(frame))
        member.open(catchup.sequence)
        for read in reads:
            if read.sequence:
                member.socket.push(encode(_read_frame(self.ticket, read)))
        if self.position is None:
            self.position = catchup.sequence

    def show(self, text: str, *, passing: bool = False, but: str = "") -> None:
        """A frame without a sequence, to all members but one person's."""
        for member in tuple(self.members):
            if member.is_open and member.socket.viewer.person["id"] != but:
                member.socket.push(text, passing=passing)


def _read_frame(ticket: UUID, read: ReadPosition) -> dict[str, object]:
    return {"type": "message_read", "ticket": ticket, "data": {"user": read.person, "sequence": read.sequence}}


class TicketGroup:
    """Both audiences of a ticket, and the ticket's standing as last read."""

    def __init__(self, ticket: UUID) -> None:
        self.ticket = ticket
        self.staff = AudienceGroup(ticket)
        self.customer = AudienceGroup(ticket)
        self.standing: Ticket | None = None

    def of(self, audience: Audience) -> AudienceGroup:
        return self.staff if audience is Audience.STAFF else self.customer

    def remove(self, subscription: Subscription) -> None:
        """The last of an audience takes its position along: the next one begins anew."""
        group = self.of(subscription.audience)
        group.members.discard(subscription)
        if group.members:
            return
        if subscription.audience is Audience.STAFF:
            self.staff = AudienceGroup(self.ticket)
        else:
            self.customer = AudienceGroup(self.ticket)

    def members(self) -> list[Subscription]:
        return [*self.staff.members, *self.customer.members]

    def hear(self, sequence: int, public_sequence: int) -> None:
        """There are events up to these."""
        self.staff.heard = max(self.staff.heard, sequence)
        self.customer.heard = max(self.customer.heard, public_sequence)

    def positions_behind(self) -> dict[Audience, int]:
        """For each audience that lacks something: the position after which to read."""
        groups = {audience: self.of(audience) for audience in Audience}
        return {audience: group.position or 0 for audience, group in groups.items() if group.is_behind}

    def audiences(self) -> list[Audience]:
        return [audience for audience in Audience if self.of(audience).members]


class Groups:
    """All tickets that somebody here follows."""

    def __init__(self) -> None:
        self._groups: dict[UUID, TicketGroup] = {}

    def find(self, ticket: UUID) -> TicketGroup | None:
        return self._groups.get(ticket)

    def tickets(self) -> list[UUID]:
        return list(self._groups)

    def tell_of_person(self, person: UUID) -> None:
        """What staff know of a customer has changed: whoever has a ticket of theirs open may ask for it anew."""
        text = encode({"type": "person_changed", "data": {"person": person}})
        for group in self._groups.values():
            if group.standing is not None and group.standing.customer_id == person:
                group.staff.show(text, passing=True)

    def join(self, socket: Socket, ticket: UUID) -> Subscription:
        """Follow the ticket; frames are held back until the subscription is opened."""
        subscription = socket.subscriptions.get(ticket)
        if subscription is not None:
            subscription.hold()
            return subscription
        subscription = socket.subscriptions[ticket] = Subscription(socket, ticket)
        group = self._groups.setdefault(ticket, TicketGroup(ticket))
        group.of(subscription.audience).members.add(subscription)
        return subscription

    def leave(self, subscription: Subscription) -> None:
        subscription.socket.subscriptions.pop(subscription.ticket, None)
        group = self._groups.get(subscription.ticket)
        if group is None:
            return
        group.remove(subscription)
        if not group.members():
            del self._groups[subscription.ticket]
