"""Following a ticket: join first, then read the log, so that nothing falls in between."""

from typing import TYPE_CHECKING

from accounts.errors import HelpDeskError, NotFound
from chat import bridge
from chat.connection_limits import TICKETS_OF_A_SOCKET
from chat.protocol import Subscribe, TooManySubscriptions
from chat.reading import Opening, read_opening
from chat.sockets import Socket, Subscription
from chat.updates import Wanted
from tickets.permissions import can_see

if TYPE_CHECKING:
    from chat.hub import Hub


async def resume(hub: "Hub", socket: Socket, frame: Subscribe) -> None:
    """Answer `subscribe`: `resumed` with what came after, or `reset`. Raises NotFound, TooManySubscriptions."""
    if frame.ticket not in socket.subscriptions and len(socket.subscriptions) >= TICKETS_OF_A_SOCKET:
        raise TooManySubscriptions
    subscription = hub.groups.join(socket, frame.ticket)
    try:
        opening = await bridge.run(read_opening, socket.viewer, frame.ticket, frame.after)
    except HelpDeskError:
        hub.groups.leave(subscription)
        raise
    if socket.closed or socket.subscriptions.get(frame.ticket) is not subscription:
        return  # the ticket left the viewer's sight while it was read
    _welcome(hub, subscription, opening)


def _welcome(hub: "Hub", subscription: Subscription, opening: Opening) -> None:
    group = hub.groups.find(subscription.ticket)
    if group is None:
        return
    hub.access.narrow(opening.standing)
    if group.standing is not None and not can_see(subscription.socket.viewer.actor, group.standing):
        hub.groups.leave(subscription)  # it moved while the log was read
        raise NotFound
    group.of(subscription.audience).welcome(subscription, opening.catchup, opening.reads)
    hub.presence.joined(subscription)
    hub.viewing.greet(subscription)
    hub.updates.touch(subscription.ticket, Wanted())  # a nudge that came while the log was read
