"""The door: who may open a socket. Everything is checked before the handshake is answered.

The client offers two subprotocols, `desk.v1` and a one-time ticket that it got over REST thirty seconds ago at most.
A header cannot be set from a browser, and a query string ends up in logs.
"""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from accounts import rate_limits
from accounts.errors import PermissionDenied, RateLimited, Unauthenticated
from accounts.services.sessions import redeem_socket_ticket
from chat import bridge
from chat.connection_limits import SOCKETS_OF_A_PROCESS, SOCKETS_OF_AN_ADDRESS
from chat.protocol import VERSION
from chat.registry import Registry
from chat.viewers import Viewer

_LONGEST_TICKET = 200  # characters


async def admit(scope: dict[str, Any], registry: Registry) -> Viewer:
    """Raises PermissionDenied (a foreign page), RateLimited, Unauthenticated."""
    require_own_origin(scope)
    ticket = find_ticket(scope)
    address = address_of(scope)
    if len(registry) >= SOCKETS_OF_A_PROCESS or registry.count_of_address(address) >= SOCKETS_OF_AN_ADDRESS:
        raise RateLimited(retry_after=5)
    return await bridge.run(_redeem, ticket, address)


def _redeem(ticket: str, address: str) -> Viewer:
    rate_limits.socket_connect(address)
    user, family = redeem_socket_ticket(ticket)
    return Viewer.of(user, family)


def find_ticket(scope: dict[str, Any]) -> str:
    """The second subprotocol. Raises Unauthenticated."""
    offered = scope.get("subprotocols", [])
    if len(offered) != 2 or offered[0] != VERSION or not 0 < len(offered[1]) <= _LONGEST_TICKET:
        raise Unauthenticated
    return str(offered[1])


def address_of(scope: dict[str, Any]) -> str:
    """The client's address, as the proxies that we trust tell it."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def require_own_origin(scope: dict[str, Any]) -> None:
    """Browsers always say which page opens a socket; only ours may. Raises PermissionDenied.

    Telegram Web and the simulator show our pages in a frame: their origin is ours too. A program that is no browser
    sends no Origin; its one-time ticket is what counts.
    """
    origins = [value.decode("latin-1") for name, value in scope.get("headers", ()) if name == b"origin"]
    if any(origin not in allowed_origins() for origin in origins):
        raise PermissionDenied


def allowed_origins() -> set[str]:
    """The desk's own address; on a trial machine also its other names for itself."""
    parts = urlsplit(settings.PUBLIC_URL)
    origins = {f"{parts.scheme}://{parts.netloc}"}
    if settings.DEBUG:
        origins |= {f"http://{host}:{settings.PORT}" for host in ("127.0.0.1", "localhost", "[::1]")}
    return origins
