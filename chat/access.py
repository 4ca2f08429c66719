"""Who may still listen. Asked again whenever something can have changed it, and on every heartbeat."""

from uuid import UUID

from accounts.models import User
from chat import bridge
from chat.groups import Groups
from chat.lists import encode_removal
from chat.reading import read_person, read_signed_in
from chat.registry import Registry
from chat.sockets import CloseCode, Socket
from chat.viewers import Viewer
from tickets.models import Ticket
from tickets.permissions import can_see


class Access:
    def __init__(self, registry: Registry, groups: Groups) -> None:
        self._registry = registry
        self._groups = groups

    def narrow(self, standing: Ticket) -> set[Socket]:
        """End the subscriptions of those who may no longer see the ticket. Returns their sockets."""
        group = self._groups.find(standing.pk)
        if group is None:
            return set()
        before = group.standing
        if before is not None and before.sequence > standing.sequence:
            return set()  # a late answer
        group.standing = standing
        if before is not None and _place(before) == _place(standing):
            return set()
        text = encode_removal(standing.pk)
        narrowed = set()
        for member in group.members():
            if not can_see(member.socket.viewer.actor, standing):
                self._groups.leave(member)
                member.socket.push(text)
                narrowed.add(member.socket)
        return narrowed

    def end_session(self, user_id: UUID, family: UUID | None) -> None:
        """Close a person's sockets of one sign-in, or of all."""
        for socket in self._registry.of_person(user_id):
            if family is None or socket.viewer.family == family:
                socket.close(CloseCode.SIGNED_OUT)

    async def check_person(self, user_id: UUID) -> None:
        """Read a person again: another role or team, a ban, a new name or language."""
        if not self._registry.is_here(user_id):
            return
        user = await bridge.run_patiently(read_person, user_id)
        for socket in self._registry.of_person(user_id):
            _check(socket, user)

    async def check_everybody(self) -> None:
        """The same for all who are here, and whether their sign-ins go on; one query."""
        families = {socket.viewer.family for socket in self._registry}
        people = await bridge.run(read_signed_in, families)
        for socket in self._registry:
            if socket.viewer.family in families:  # not those who came meanwhile
                _check(socket, people.get(socket.viewer.family))


def _place(standing: Ticket) -> tuple[UUID | None, ...]:
    return standing.team_id, standing.assignee_id, standing.customer_id


def _check(socket: Socket, user: User | None) -> None:
    if user is None or not user.is_active:
        socket.close(CloseCode.SIGNED_OUT)
    elif not socket.viewer.sees_as(user):
        # the client comes again and gets another picture: lists, too, hold what it may no longer see
        socket.close(CloseCode.ACCESS_CHANGED)
    else:
        socket.viewer = Viewer.of(user, socket.viewer.family)
