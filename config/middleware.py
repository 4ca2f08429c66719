"""What every request carries: an id that its log lines, its answer and its errors share, and one line of its own."""

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject, empty

from config.error_pages import bad_request
from config.metrics import record_request

log = structlog.get_logger("desk.request")

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_QUIET = ("/health/", "/static/", "/metrics", "/simulator/")
# the Mini App records voice messages; no page of ours asks the browser for any of the others
_PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(self), payment=(), usb=()"


class RequestContextMiddleware:
    """Binds `request_id`, names the request in the log when it is answered, counts it, and sets X-Request-ID."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = _request_id(request)
        begun = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
            seconds = time.perf_counter() - begun
            record_request(request, response.status_code, seconds)
            if not request.path.startswith(_QUIET):
                _log_answer(request, response, seconds * 1000)
        response["X-Request-ID"] = request_id
        response.setdefault("Permissions-Policy", _PERMISSIONS_POLICY)
        if request.path.startswith("/api/"):
            response.setdefault("Cache-Control", "no-store")  # tokens, and what one person may see at this moment
        return response


def refuse_unstorable_queries(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """A NUL in an address can be in no row, and PostgreSQL refuses to be asked for it. The API says so by itself."""

    def answer(request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if ("%00" in query or "\x00" in query) and not request.path.startswith("/api/"):
            return bad_request(request)
        return get_response(request)

    return answer


def _request_id(request: HttpRequest) -> str:
    """The proxy's id where it sent a sane one, so that its log and ours can be read together."""
    given = request.headers.get("X-Request-ID", "")
    return given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def _log_answer(request: HttpRequest, response: HttpResponse, milliseconds: float) -> None:
    level = log.warning if response.status_code >= 500 else log.info
    level(
        "request",
        method=request.method,
        path=request.path,
        status=response.status_code,
        ms=round(milliseconds, 1),
        user=_known_user(request),
    )


def _known_user(request: HttpRequest) -> str | None:
    """Who asked, if that was found out on the way: asking now would cost a query."""
    user = getattr(request, "user", None)
    if isinstance(user, SimpleLazyObject) and user.__dict__.get("_wrapped") is empty:
        return None
    key = getattr(user, "pk", None)
    return str(key) if key else None
