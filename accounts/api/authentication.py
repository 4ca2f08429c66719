"""Who asks: the access token of the Authorization header, and the person as they are now."""

from django.utils import translation
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts.actors import Actor, Source
from accounts.errors import Unauthenticated
from accounts.models import User
from accounts.selectors.sessions import get_signed_in_person
from accounts.tokens import Claims, read_access_token


class AccessTokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>`. Role, ban and sign-out are read from the database on every request."""

    def authenticate(self, request: Request) -> tuple[User, Claims] | None:
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        if not scheme:
            return None
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated
        claims = read_access_token(token)
        user = get_signed_in_person(claims)
        translation.activate(user.language)  # the errors of this request speak it; the next one decides anew
        return user, claims

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = AccessTokenAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


def actor_of(request: Request, source: Source = Source.MINI_APP) -> Actor:
    """The actor of a signed-in request. Raises Unauthenticated."""
    if not isinstance(request.user, User):
        raise Unauthenticated
    return Actor.of(request.user, source)


def claims_of(request: Request) -> Claims:
    """Which sign-in the request belongs to. Raises Unauthenticated."""
    if not isinstance(request.auth, Claims):
        raise Unauthenticated
    return request.auth
