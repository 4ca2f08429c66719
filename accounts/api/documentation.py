"""The error answers of an endpoint, for the schema: every one has the same form."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from drf_spectacular.utils import OpenApiResponse, extend_schema

from accounts.api.serializers import ErrorOutput

View = TypeVar("View")

_MEANINGS = {
    400: "The input cannot be used; `fields` says why.",
    401: "Not signed in, or no longer.",
    403: "The role does not allow this.",
    404: "It does not exist, or may not be seen.",
    405: "Not a method of this address.",
    406: "Only JSON is answered.",
    409: "It conflicts with what is stored.",
    413: "Too large.",
    415: "Not a media type of this address.",
    429: "Too often; Retry-After says when to come again.",
    503: "Not now; Retry-After says when to come again.",
    507: "No room for files.",
}
_ALWAYS = (400, 406, 429, 503)


def documented(
    responses: Mapping[int | tuple[int, str], Any], *, errors: tuple[int, ...] = (401, 404), **more: Any
) -> Callable[[View], View]:
    """`extend_schema` with the error answers added."""
    answers: dict[int | tuple[int, str], Any] = {
        status: OpenApiResponse(ErrorOutput, description=_MEANINGS[status]) for status in sorted({*errors, *_ALWAYS})
    }
    return cast("Callable[[View], View]", extend_schema(responses={**responses, **answers}, **more))
