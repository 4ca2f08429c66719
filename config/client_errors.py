"""What goes wrong in people's browsers, told by the Mini App: a warning in the log, and two counts.

One is at `/metrics`, the other one is the back office's light (`browser_errors.py`).

Each field is a name, a number or a place in the program, so that no text of a person has room in it.
"""

import structlog
from django.core.validators import RegexValidator
from prometheus_client import Counter
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import rate_limits
from accounts.addresses import address_of
from accounts.api.documentation import documented
from accounts.api.serializers import StrictSerializer, WordField
from config.browser_errors import note_browser_error
from config.json import OrjsonParser

log = structlog.get_logger("desk.browser")

KINDS = ("error", "rejection", "policy")
CLIENT_ERRORS = Counter("desk_client_errors", "Errors told by browsers", ["kind"])
_MOST_FRAMES = 12
_MOST_USER_AGENT = 200  # characters


class ClientErrorParser(OrjsonParser):
    """Whoever asks needs no sign-in, so what is read of them is little."""

    most_bytes = 8_192


def _word(pattern: str, *, most: int, **options: bool | str) -> WordField:
    return WordField(max_length=most, validators=[RegexValidator(rf"\A{pattern}\Z")], **options)


class ClientErrorInput(StrictSerializer):
    """kind: thrown, rejected unheard, or refused by the page's policy. detail: the engine's words, in ASCII."""

    kind = serializers.ChoiceField(KINDS)
    name = _word(r"[A-Za-z_$][\w$ .-]*", most=60)
    detail = _word(r"[ -~]*", most=200, default="", allow_blank=True)
    stack = serializers.ListField(child=_word(r"[\w$.#<>@:/ -]+", most=200), max_length=_MOST_FRAMES, default=list)
    page = _word(r"/[\w/-]*", most=100)
    version = _word(r"[\w.+-]+", most=40)


class ClientErrorsView(APIView):
    """Tell of an error in the browser, with or without a sign-in."""

    permission_classes = (AllowAny,)
    parser_classes = (ClientErrorParser,)

    @documented({204: None}, errors=(401, 413, 415), request=ClientErrorInput, operation_id="client_errors_create")
    def post(self, request: Request) -> Response:
        rate_limits.client_errors(address_of(request))
        body = ClientErrorInput(data=request.data)
        body.is_valid(raise_exception=True)
        told = dict(body.validated_data)
        CLIENT_ERRORS.labels(told["kind"]).inc()
        note_browser_error(told["kind"], told["name"])
        log.warning(
            "A browser met an error",
            **told | {"stack": " < ".join(told["stack"])},
            user=str(key) if (key := getattr(request.user, "pk", None)) else None,
            browser=request.headers.get("User-Agent", "")[:_MOST_USER_AGENT],
        )
        return Response(status=204)
