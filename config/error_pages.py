"""Answers to what no view of ours answered: the API's one form under /api/, a plain page elsewhere."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

_TEXTS = {
    400: ("invalid_input", _("This request cannot be understood.")),
    403: ("permission_denied", _("You may not see this.")),
    404: ("not_found", _("There is nothing here, or you may not see it.")),
    500: ("internal_error", _("Something went wrong on our side. It is noted; try again in a moment.")),
}


def _answer(request: HttpRequest, status: int) -> HttpResponse:
    code, text = _TEXTS[status]
    if request.path.startswith("/api/"):
        error = {"code": code, "message": str(text), "fields": {}, "data": {}}
        return JsonResponse({"error": error}, status=status)
    # without the request: a context processor may be what failed
    return HttpResponse(render_to_string("errors/error.html", {"status": status, "text": text}), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return _answer(request, 500)


@csrf_exempt
def unknown_address(request: HttpRequest, **_kwargs: Any) -> HttpResponse:
    """Under /api/, where even a trial machine answers JSON."""
    return _answer(request, 404)
