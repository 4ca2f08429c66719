"""Who is at the other end: the address that a proxy reports is believed only where the proxy is ours.

Both applications are wrapped, so that everything behind them (views, rate limits, sockets) sees one plain address.
"""

from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

Network = IPv4Network | IPv6Network
AsgiApplication = Callable[[dict[str, Any], Any, Any], Any]
WsgiApplication = Callable[[dict[str, Any], Any], Iterable[bytes]]


def parse_networks(words: list[str]) -> list[Network]:
    """TRUSTED_PROXIES as networks. Raises ValueError."""
    return [ip_network(word, strict=False) for word in words]


def find_client(peer: str, forwarded_for: str, trusted: list[Network]) -> str:
    """The nearest address in the chain of X-Forwarded-For that is no proxy of ours."""
    client = peer
    for word in [*reversed(forwarded_for.split(",")), None]:
        address = _parse(client)
        if address is None or not any(address in network for network in trusted):
            return client
        nearer = _parse(word.strip()) if word else None
        if nearer is None:
            return client
        client = str(nearer)
    return client


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def believe_proxies_wsgi(application: WsgiApplication, trusted: list[Network]) -> WsgiApplication:
    def wrapped(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        peer, forwarded = environ.get("REMOTE_ADDR", ""), environ.get("HTTP_X_FORWARDED_FOR", "")
        environ["REMOTE_ADDR"] = find_client(peer, forwarded, trusted)
        return application(environ, start_response)

    return wrapped if trusted else application


def believe_proxies_asgi(application: AsgiApplication, trusted: list[Network]) -> AsgiApplication:
    async def wrapped(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope.get("client"):
            headers = scope.get("headers", ())
            forwarded = ",".join(value.decode("latin-1") for name, value in headers if name == b"x-forwarded-for")
            peer, port = scope["client"]
            scope = {**scope, "client": (find_client(peer, forwarded, trusted), port)}
        await application(scope, receive, send)

    return wrapped if trusted else application
