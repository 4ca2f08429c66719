"""What Prometheus reads at `/metrics`: requests by route, and the process itself.

Each app adds what it counts to the same registry. With several processes behind one address, PROMETHEUS_MULTIPROC_DIR
(an empty folder, emptied at the start) adds them up.
"""

import os
from ipaddress import ip_address

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

_METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}
REQUEST_SECONDS = Histogram(
    "desk_request_seconds",
    "Time to answer a request",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


def record_request(request: HttpRequest, status: int, seconds: float) -> None:
    """By route, never by path: a path holds ids, and there is no end of them."""
    match = request.resolver_match
    route = match.route if match else "none"
    method = (
        request.method if request.method in {"GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS"} else "other"
    )
    REQUEST_SECONDS.labels(method, route, status).observe(seconds)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For the inside only: whoever comes from a public address finds nothing here."""
    if not _is_inside(request.META.get("REMOTE_ADDR", "")):
        raise Http404
    registry: CollectorRegistry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _is_inside(address: str) -> bool:
    try:
        return not address or ip_address(address).is_private  # empty: a Unix socket
    except ValueError:
        return False
