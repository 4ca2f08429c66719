"""Passes `/simulator/` on to the simulator's process, so that its page and the Mini App share one origin.

`config.urls` includes this only where USE_SIMULATOR is on.
"""

from urllib.parse import quote

import httpx
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

# The page waits at most 8 s for changes (static/simulator/store.js).
TIMEOUT_SECONDS = 30.0
PASSED_ON = ("Content-Type", "Accept", "If-None-Match", "If-Modified-Since", "Range", "Sec-Fetch-Site")
PASSED_BACK = (
    "Content-Type",
    "Content-Disposition",
    "Content-Security-Policy",
    "Content-Range",
    "Accept-Ranges",
    "Cache-Control",
    "ETag",
    "Last-Modified",
    "Referrer-Policy",
    "X-Content-Type-Options",
)
_client = httpx.Client(timeout=TIMEOUT_SECONDS, trust_env=False)


@csrf_exempt  # the simulator itself refuses what comes from other sites
def forward_to_simulator(request: HttpRequest, rest: str) -> HttpResponse:
    """The simulator's answer, or 503 while it does not run."""
    try:
        incoming = _client.request(
            request.method or "GET",
            f"{settings.SIMULATOR_URL}/simulator/{quote(rest)}?{request.META.get('QUERY_STRING', '')}",
            headers={name: request.headers[name] for name in PASSED_ON if name in request.headers},
            content=request.read(),
        )
    except httpx.TransportError:
        text = _("The simulated Telegram does not run. Start it with: manage.py run_simulator")
        return HttpResponse(text, status=503, content_type="text/plain; charset=utf-8", headers={"Retry-After": "2"})
    answer = HttpResponse(incoming.content, status=incoming.status_code)
    for name in PASSED_BACK:
        if name in incoming.headers:
            answer[name] = incoming.headers[name]
    return answer


urlpatterns: list[URLPattern] = [
    path("", forward_to_simulator, {"rest": ""}),
    path("<path:rest>", forward_to_simulator),
]
