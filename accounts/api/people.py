"""Oneself, and the people of the desk."""

from typing import Any, TypeVar
from uuid import UUID

from django.db.models import TextChoices
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import actor_of, claims_of
from accounts.api.documentation import documented
from accounts.api.serializers import MeInput, MeOutput, UserInput, UserOutput, UserPage, UserQuery
from accounts.models import Availability, Language, Role
from accounts.pagination import build_page, decode_cursor
from accounts.permissions import Capability, require
from accounts.representations import represent_me, represent_user
from accounts.selectors.people import get_person, list_people, people_after
from accounts.services import people
from accounts.transactions import run_unit

T = TypeVar("T", bound=TextChoices)


class MeView(APIView):
    @documented({200: MeOutput}, errors=(401,), operation_id="me_read")
    def get(self, request: Request) -> Response:
        return Response(represent_me(get_person(_own_id(request))))

    @documented({200: MeOutput}, errors=(401, 403, 415), request=MeInput, operation_id="me_change")
    def patch(self, request: Request) -> Response:
        """Language, availability (agents) and which notifications one wants."""
        body = MeInput(data=request.data)
        body.is_valid(raise_exception=True)
        changes = people.OwnChanges(
            language=_choice(Language, body.validated_data.get("language")),
            availability=_choice(Availability, body.validated_data.get("availability")),
            preferences=body.validated_data.get("preferences"),
        )
        actor = actor_of(request)
        run_unit(lambda: people.change_oneself(actor=actor, changes=changes))
        return Response(represent_me(get_person(_own_id(request))))


class UsersView(APIView):
    @documented({200: UserPage}, errors=(401, 403), parameters=[UserQuery], operation_id="users_list")
    def get(self, request: Request) -> Response:
        """People, by role, by team and by words of their names; staff only."""
        actor = actor_of(request)
        require(actor, Capability.SEE_PEOPLE)
        query = UserQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        wanted = query.validated_data
        role = _choice(Role, wanted.get("role"))
        found = list_people(search=wanted.get("q", ""), lowest_role=role, team_id=wanted.get("team"))
        if "cursor" in wanted:
            found = people_after(found, decode_cursor(wanted["cursor"], length=2, kinds=(str, UUID)))
        limit: int = wanted["limit"]
        users: list[Any] = list(found[: limit + 1])
        following = (users[limit - 1].sort_name, users[limit - 1].pk) if len(users) > limit else None
        results = [represent_user(user, reader=actor) for user in users[:limit]]
        return Response(build_page(request, results, next_position=following))


class UserView(APIView):
    @documented({200: UserOutput}, errors=(401, 403, 404), operation_id="users_read")
    def get(self, request: Request, user_id: UUID) -> Response:
        actor = actor_of(request)
        require(actor, Capability.SEE_PEOPLE)
        return Response(represent_user(get_person(user_id), reader=actor))

    @documented({200: UserOutput}, errors=(401, 403, 404, 415), request=UserInput, operation_id="users_change")
    def patch(self, request: Request, user_id: UUID) -> Response:
        """Role and team; administrators only."""
        actor = actor_of(request)
        require(actor, Capability.MANAGE_PEOPLE)
        body = UserInput(data=request.data)
        body.is_valid(raise_exception=True)
        standing = people.Standing(
            role=_choice(Role, body.validated_data.get("role")),
            moves="team" in body.validated_data,
            team_id=body.validated_data.get("team"),
        )
        user = run_unit(lambda: people.change_standing(actor=actor, user_id=user_id, standing=standing))
        return Response(represent_user(user, reader=actor))


def _own_id(request: Request) -> UUID:
    return claims_of(request).user_id


def _choice(kind: type[T], value: str | None) -> T | None:
    return kind(value) if value is not None else None
