"""Signing in from the Mini App: one round trip brings everything that the first screen needs."""

import re
from typing import Any

from django.utils import translation
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import clock, rate_limits
from accounts.actors import Actor, Source
from accounts.addresses import address_of
from accounts.api.documentation import documented
from accounts.errors import NotFound
from accounts.representations import represent_me
from accounts.services.sessions import SignIn, sign_in_with_browser_link, sign_in_with_init_data
from accounts.transactions import run_unit
from tickets.api import inputs, outputs
from tickets.api.client_config import build_client_config
from tickets.api.lists import build_first_page
from tickets.representations.tickets import represent_ticket_for
from tickets.selectors.tickets import get_ticket_for

_TICKET_LINK = re.compile(r"ticket_([0-9]{1,18})")


class TelegramSignInView(APIView):
    """Sign in with the `initData` of a Mini App launch."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @documented(
        {200: outputs.SignInOutput}, errors=(401, 403, 415), request=inputs.SignInInput, operation_id="auth_telegram"
    )
    def post(self, request: Request) -> Response:
        rate_limits.sign_in(address_of(request))
        body = inputs.SignInInput(data=request.data)
        body.is_valid(raise_exception=True)
        signed_in = run_unit(lambda: sign_in_with_init_data(body.validated_data["init_data"]))
        return Response(_answer(signed_in))


class BrowserSignInView(APIView):
    """Sign in with a link of `auth/browser-link/`, which this uses up. Fetching the link's page does not."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @documented(
        {200: outputs.SignInOutput},
        errors=(401, 403, 404, 415),
        request=inputs.BrowserSignInInput,
        operation_id="auth_browser",
    )
    def post(self, request: Request) -> Response:
        rate_limits.one_time_link(address_of(request))
        body = inputs.BrowserSignInInput(data=request.data)
        body.is_valid(raise_exception=True)
        signed_in = run_unit(lambda: sign_in_with_browser_link(body.validated_data["token"]))
        return Response(_answer(signed_in))


def _answer(signed_in: SignIn) -> dict[str, Any]:
    translation.activate(signed_in.user.language)
    actor = Actor.of(signed_in.user, Source.MINI_APP)
    return {
        "access": signed_in.access,
        "refresh": signed_in.refresh,
        "user": represent_me(signed_in.user),
        "socket_ticket": signed_in.socket_ticket,
        "files_token": signed_in.files_token,
        "server_time": clock.now(),
        "config": build_client_config(actor),
        "tickets": build_first_page(actor),
        "ticket": _find_linked_ticket(actor, signed_in.start_param),
    }


def _find_linked_ticket(actor: Actor, start_param: str) -> dict[str, Any] | None:
    """The ticket of a deep link `ticket_<number>`, where this person may see it: a link gives no right."""
    link = _TICKET_LINK.fullmatch(start_param)
    if link is None:
        return None
    try:
        return represent_ticket_for(actor, get_ticket_for(actor, int(link[1])).pk)
    except NotFound:
        return None
