"""Staying signed in and signing out. Signing in is `auth/telegram/` of tickets, which answers with the desk too."""

from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import rate_limits
from accounts.addresses import address_of
from accounts.api.authentication import actor_of, claims_of
from accounts.api.documentation import documented
from accounts.api.serializers import LinkOutput, RefreshInput, SocketTicketOutput, TokensOutput
from accounts.errors import Unauthenticated
from accounts.models import User
from accounts.services import sessions, signing_out
from accounts.services.one_time_links import create_admin_entry, create_browser_entry
from accounts.transactions import run_unit


class RefreshView(APIView):
    """New tokens for a refresh token. Repeating the request after a lost answer gives the same refresh token."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @documented({200: TokensOutput}, errors=(401, 403, 415), request=RefreshInput, operation_id="auth_refresh")
    def post(self, request: Request) -> Response:
        rate_limits.refresh(address_of(request))
        body = RefreshInput(data=request.data)
        body.is_valid(raise_exception=True)
        tokens = run_unit(lambda: sessions.refresh_session(body.validated_data["refresh"]))
        return Response({"access": tokens.access, "refresh": tokens.refresh, "files_token": tokens.files_token})


class LogoutView(APIView):
    """End this sign-in, its sockets included."""

    @documented({204: None}, errors=(401,), request=None, operation_id="auth_logout")
    def post(self, request: Request) -> Response:
        claims = claims_of(request)
        run_unit(lambda: signing_out.sign_out(user_id=claims.user_id, family=claims.family))
        return Response(status=204)


class LogoutEverywhereView(APIView):
    """End all sign-ins of this person, on every device."""

    @documented({204: None}, errors=(401,), request=None, operation_id="auth_logout_everywhere")
    def post(self, request: Request) -> Response:
        claims = claims_of(request)
        run_unit(lambda: signing_out.sign_out_everywhere(user_id=claims.user_id))
        return Response(status=204)


class SocketTicketView(APIView):
    """A one-time ticket that opens one WebSocket within 30 seconds."""

    @documented({200: SocketTicketOutput}, errors=(401,), request=None, operation_id="auth_socket_ticket")
    def post(self, request: Request) -> Response:
        user, claims = request.user, claims_of(request)
        if not isinstance(user, User):
            raise Unauthenticated
        return Response({"ticket": run_unit(lambda: sessions.create_socket_ticket(user, claims.family))})


class BrowserLinkView(APIView):
    """An address that opens the desk in an ordinary browser as this agent, once, within two minutes."""

    @documented({200: LinkOutput}, errors=(401, 403), request=None, operation_id="auth_browser_link")
    def post(self, request: Request) -> Response:
        actor = actor_of(request)
        return Response({"url": run_unit(lambda: create_browser_entry(actor=actor))})


class AdminLinkView(APIView):
    """An address that lets this manager into the admin once, within five minutes."""

    @documented({200: LinkOutput}, errors=(401, 403), request=None, operation_id="auth_admin_link")
    def post(self, request: Request) -> Response:
        actor = actor_of(request)
        return Response({"url": run_unit(lambda: create_admin_entry(actor=actor))})
