"""The sockets of this process, found by person, by address and by who reads lists of all tickets."""

from collections import Counter
from collections.abc import Iterable, Iterator
from uuid import UUID

from chat.sockets import Socket
from tickets.representations.audiences import Audience


class Registry:
    def __init__(self) -> None:
        self._by_person: dict[UUID, list[Socket]] = {}
        self._by_address: Counter[str] = Counter()
        self._staff: set[Socket] = set()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Socket]:
        """A copy: sockets may go while one walks."""
        return iter([socket for sockets in self._by_person.values() for socket in sockets])

    def add(self, socket: Socket) -> bool:
        """Whether this is the person's first."""
        sockets = self._by_person.setdefault(socket.viewer.user_id, [])
        sockets.append(socket)
        self._by_address[socket.address] += 1
        self._count += 1
        if socket.viewer.audience is Audience.STAFF:
            self._staff.add(socket)
        return len(sockets) == 1

    def remove(self, socket: Socket) -> bool:
        """Whether it was the person's last."""
        sockets = self._by_person.get(socket.viewer.user_id, [])
        if socket not in sockets:
            return False
        sockets.remove(socket)
        self._staff.discard(socket)
        self._count -= 1
        self._by_address[socket.address] -= 1
        if not self._by_address[socket.address]:
            del self._by_address[socket.address]
        if sockets:
            return False
        del self._by_person[socket.viewer.user_id]
        return True

    def of_person(self, user_id: UUID | None) -> list[Socket]:
        """Oldest first."""
        return list(self._by_person.get(user_id, ())) if user_id else []

    def is_here(self, user_id: UUID) -> bool:
        return user_id in self._by_person

    def people(self) -> Iterable[Socket]:
        """One socket of each person."""
        return [sockets[-1] for sockets in self._by_person.values()]

    def staff(self) -> list[Socket]:
        return list(self._staff)

    def count_of_address(self, address: str) -> int:
        return self._by_address[address]
