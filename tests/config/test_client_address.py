from typing import Any

import pytest

from config.client_address import believe_proxies_asgi, believe_proxies_wsgi, find_client, parse_networks

TRUSTED = parse_networks(["10.0.0.0/8", "127.0.0.1", "::1"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # not our proxy: its word counts for nothing
        ("10.0.0.2", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "1.2.3.4, 198.51.100.1", "198.51.100.1"),  # what the client itself claims is ignored
        ("10.0.0.2", "198.51.100.1, 10.0.0.7", "198.51.100.1"),  # two proxies of ours
        ("10.0.0.2", "", "10.0.0.2"),
        ("10.0.0.2", "nonsense", "10.0.0.2"),
        ("10.0.0.2", "10.0.0.3", "10.0.0.3"),
        ("::1", "2001:db8::1", "2001:db8::1"),
        ("", "198.51.100.1", ""),  # a Unix socket has no address
    ],
)
def test_only_our_proxies_are_believed(peer: str, forwarded: str, client: str) -> None:
    assert find_client(peer, forwarded, TRUSTED) == client


def test_without_trusted_proxies_nothing_is_wrapped() -> None:
    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        return []

    assert believe_proxies_wsgi(application, []) is application


def test_the_web_sees_the_client() -> None:
    seen = []

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.append(environ["REMOTE_ADDR"])
        return []

    believe_proxies_wsgi(application, TRUSTED)(
        {"REMOTE_ADDR": "10.1.1.1", "HTTP_X_FORWARDED_FOR": "198.51.100.1"}, None
    )
    assert seen == ["198.51.100.1"]


async def test_sockets_see_the_client() -> None:
    seen = []

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        seen.append(scope["client"])

    wrapped = believe_proxies_asgi(application, TRUSTED)
    headers = [(b"x-forwarded-for", b"198.51.100.1"), (b"x-forwarded-for", b"10.2.2.2")]
    await wrapped({"type": "websocket", "client": ("10.1.1.1", 5), "headers": headers}, None, None)
    assert seen == [("198.51.100.1", 5)]
