"""Every address of the API, as the URL configuration has it."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

API = "api/v1/"
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def list_endpoints() -> list[str]:
    """`METHOD route` of everything under /api/v1/, without the prefix."""
    return sorted(
        f"{method} {route.removeprefix(API)}"
        for route, view in _walk(get_resolver().url_patterns, "")
        if route.startswith(API)
        for method in _METHODS
        if hasattr(view, method.lower())
    )


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        else:
            yield route, getattr(pattern.callback, "view_class", None) or getattr(pattern.callback, "cls", None)
