"""Where a request comes from. The process already believes our own proxies (TRUSTED_PROXIES), so this is plain."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The client's address, or "" where it cannot be known."""
    return request.META.get("REMOTE_ADDR") or ""


def network_of(address: str) -> str:
    """What limits count by: the address, and for IPv6 the /64 that one customer of a provider gets."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(ip_network((parsed, 64), strict=False))
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)
