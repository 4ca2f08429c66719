"""What tickets can be about."""

from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import actor_of
from accounts.api.documentation import documented
from accounts.permissions import Capability, can
from accounts.transactions import run_unit
from tickets.api import inputs, outputs
from tickets.representations.audiences import Audience
from tickets.representations.categories import represent_category
from tickets.selectors.categories import list_categories
from tickets.services.categories import CategoryValues, change_category, create_category, remove_category


class CategoriesView(APIView):
    @documented({200: outputs.CategoryList}, errors=(401,), operation_id="categories_list")
    def get(self, request: Request) -> Response:
        """All that are offered; managers see the others too."""
        actor = actor_of(request)
        categories = list_categories(with_inactive=can(actor, Capability.MANAGE_CATEGORIES))
        pictures = [represent_category(category, Audience.of(actor)) for category in categories]
        return Response({"results": pictures, "next": None, "previous": None})

    @documented(
        {201: outputs.CategoryOutput},
        errors=(401, 403, 415),
        request=inputs.CategoryInput,
        operation_id="categories_create",
    )
    def post(self, request: Request) -> Response:
        actor, values = actor_of(request), _read(inputs.CategoryInput, request)
        category = run_unit(lambda: create_category(actor=actor, values=values))
        return Response(represent_category(category, Audience.of(actor)), status=201)


class CategoryView(APIView):
    @documented(
        {200: outputs.CategoryOutput},
        errors=(401, 403, 404, 415),
        request=inputs.CategoryChangesInput,
        operation_id="categories_change",
    )
    def patch(self, request: Request, category_id: UUID) -> Response:
        actor, values = actor_of(request), _read(inputs.CategoryChangesInput, request)
        category = run_unit(lambda: change_category(actor=actor, category_id=category_id, values=values))
        return Response(represent_category(category, Audience.of(actor)))

    @documented({204: None}, errors=(401, 403, 404), operation_id="categories_remove")
    def delete(self, request: Request, category_id: UUID) -> Response:
        """One that tickets have is only no longer offered."""
        actor = actor_of(request)
        run_unit(lambda: remove_category(actor=actor, category_id=category_id))
        return Response(status=204)


def _read(kind: type[inputs.CategoryInput], request: Request) -> CategoryValues:
    body = kind(data=request.data)
    body.is_valid(raise_exception=True)
    values: dict[str, Any] = dict(body.validated_data)
    if "team" in values:
        values["team_id"] = values.pop("team")
    return CategoryValues(name_ru=values.pop("name_ru", None), name_en=values.pop("name_en", None), others=values)
