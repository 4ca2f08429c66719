"""How many sockets, how many frames, how much may wait."""

import time

SOCKETS_OF_A_PERSON = 10  # the oldest makes room
SOCKETS_OF_AN_ADDRESS = 2000  # an office, or a mobile network, behind one address
SOCKETS_OF_A_PROCESS = 10_000
TICKETS_OF_A_SOCKET = 50

FRAMES_AT_ONCE = 40
FRAMES_PER_SECOND = 20.0
OFFENCES = 100  # frames over the limit, or not understood, until the socket is closed

# for a client that reads too slowly; then it is closed, and resumes later
WAITING_FRAMES = 200
WAITING_CHARACTERS = 2**20
WAITING_BEFORE_PASSING_ARE_DROPPED = 20  # frames


class Allowance:
    """A token bucket for the frames of one client."""

    __slots__ = ("_at", "_frames", "_offences")

    def __init__(self) -> None:
        self._frames = float(FRAMES_AT_ONCE)
        self._at = time.monotonic()
        self._offences = 0

    def take(self) -> bool:
        """Whether one more frame may be looked at now."""
        now = time.monotonic()
        self._frames = min(float(FRAMES_AT_ONCE), self._frames + (now - self._at) * FRAMES_PER_SECOND)
        self._at = now
        if self._frames < 1:
            return False
        self._frames -= 1
        return True

    def offend(self) -> bool:
        """Count an offence; whether that was one too many."""
        self._offences += 1
        return self._offences > OFFENCES
