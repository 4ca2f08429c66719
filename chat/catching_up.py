"""What the lists of one client have missed: between its sign-in and its first socket as between any two sockets.

A change carries the time at which its transaction made it, not of its commit; `reading.SWEEP_OVERLAP` covers that. What
comes twice changes nothing, since rows have sequences.
"""

from uuid import UUID

from chat import bridge
from chat.lists import encode_removal, encode_row
from chat.protocol import CatchUp, encode
from chat.reading import read_missed, read_seen, read_standings
from chat.sockets import Socket
from tickets.permissions import can_see


async def catch_up(socket: Socket, frame: CatchUp) -> None:
    """Rows as REST lists them, tickets that have left the viewer's sight, then `caught_up`. Raises Unavailable."""
    viewer = socket.viewer
    missed = await bridge.run(read_missed, viewer, frame.since)
    for row in missed.rows:
        socket.push(encode_row(row))
    for ticket in missed.gone:
        socket.push(encode_removal(ticket))
    await _correct(socket, {row["id"] for row in missed.rows}, set(missed.gone))
    actor = viewer.actor
    data = {"server_time": missed.at, "is_whole": missed.is_whole, "role": actor.role.value, "team": actor.team_id}
    socket.push(encode({"type": "caught_up", "data": data}))


async def _correct(socket: Socket, seen: set[UUID], gone: set[UUID]) -> None:
    """A ticket may have moved after it was read: what the feed told of that stood before what was told here."""
    if not socket.viewer.actor.is_staff or not (seen or gone):
        return
    standings = await bridge.run(read_standings, seen | gone)
    visible = {standing.pk for standing in standings if can_see(socket.viewer.actor, standing)}
    for ticket in seen - visible:
        socket.push(encode_removal(ticket))
    if back := gone & visible:
        for row in await bridge.run(read_seen, socket.viewer, back):
            socket.push(encode_row(row))
