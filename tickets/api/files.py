"""Files in and out."""

from typing import Any, BinaryIO, cast
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponseBase, QueryDict
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from rest_framework.authentication import BaseAuthentication
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import rate_limits
from accounts.api.authentication import AccessTokenAuthentication, actor_of
from accounts.api.documentation import documented
from accounts.errors import InvalidInput, NotFound
from accounts.models import User
from accounts.selectors.sessions import get_signed_in_person
from accounts.tokens import Claims, read_files_token
from accounts.transactions import run_unit
from tickets.api import outputs
from tickets.api.inputs import UploadInput
from tickets.errors import FileTooLarge
from tickets.file_serving import serve_stored
from tickets.file_types import SIZE_LIMIT
from tickets.models import AttachmentState
from tickets.representations.messages import represent_attachment
from tickets.selectors.tickets import get_attachment_for
from tickets.services.attachments import DURATION_LIMIT, store_upload
from tickets.services.reply_files import copy_reply_file

_PREVIEW = "image/webp"
_ENVELOPE = 16 * 1024  # bytes that the multipart form may add to the file
_UPLOAD = {
    "multipart/form-data": {
        "type": "object",
        "properties": {
            "file": {"type": "string", "format": "binary"},
            "duration": {
                "type": "integer",
                "minimum": 0,
                "maximum": DURATION_LIMIT,
                "description": "seconds; kept of sound and film alone",
            },
        },
        "required": ["file"],
        "additionalProperties": False,
    }
}


class FilesTokenAuthentication(BaseAuthentication):
    """`?token=` for what cannot carry a header. The token opens files only and lives ten minutes."""

    def authenticate(self, request: Request) -> tuple[User, Claims] | None:
        token = request.query_params.get("token")
        if not token:
            return None
        claims = read_files_token(token)
        return get_signed_in_person(claims), claims

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class FilesTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = FilesTokenAuthentication
    name = "files_token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "apiKey", "in": "query", "name": "token"}


class FilesView(APIView):
    parser_classes = (MultiPartParser,)

    @documented(
        {201: outputs.AttachmentOutput},
        errors=(401, 413, 415, 507),
        request=_UPLOAD,
        operation_id="files_upload",
    )
    def post(self, request: Request) -> Response:
        """Upload one file (the part `file`), to be named in a message within a day; a recording says how long it is."""
        actor = actor_of(request)
        if actor.user_id is not None:
            rate_limits.upload(actor.user_id)
        file = _the_file_of(request)
        content, name, duration = cast(BinaryIO, file.file), file.name or "", _duration_of(request)
        attachment = run_unit(lambda: store_upload(actor=actor, file=content, name=name, duration=duration))
        return Response(represent_attachment(attachment.pk), status=201)


class CopyView(APIView):
    @documented(
        {201: outputs.AttachmentOutput}, errors=(401, 404, 413, 415, 507), request=None, operation_id="files_copy"
    )
    def post(self, request: Request, attachment_id: UUID) -> Response:
        """One's own copy of a saved reply's file, to be named in a message within a day."""
        actor = actor_of(request)
        if actor.user_id is not None:
            rate_limits.upload(actor.user_id)
        attachment = run_unit(lambda: copy_reply_file(actor=actor, attachment_id=attachment_id))
        return Response(represent_attachment(attachment.pk), status=201)


def _the_file_of(request: Request) -> "UploadedFile[Any]":
    """The part `file`, alone or with `duration`. Raises FileTooLarge before anything is read, InvalidInput."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > SIZE_LIMIT + _ENVELOPE:
        raise FileTooLarge(data={"limit": SIZE_LIMIT})
    unknown = sorted(set(request.data) - {"file", "duration"})
    if unknown:
        raise InvalidInput(fields={name[:80]: [_("There is no such field.")] for name in unknown[:20]})
    files: list[UploadedFile[Any]] = request.FILES.getlist("file")
    if len(files) != 1 or files[0].file is None:
        raise InvalidInput.of("file", _("Send one file."))
    return files[0]


def _duration_of(request: Request) -> int | None:
    """Seconds, where the form says them. Raises ValidationError."""
    form = cast(QueryDict, request.data)
    body = UploadInput(data={"duration": form["duration"]} if "duration" in form else {})
    body.is_valid(raise_exception=True)
    duration: int | None = body.validated_data.get("duration")
    return duration


class AnyAccept(BaseContentNegotiation):
    """A file is what it is, whatever an element of a page says it would rather have."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class FileView(APIView):
    authentication_classes = (AccessTokenAuthentication, FilesTokenAuthentication)
    content_negotiation_class = AnyAccept

    @documented(
        {(200, "*/*"): OpenApiTypes.BINARY, (206, "*/*"): OpenApiTypes.BINARY, 416: None}, operation_id="files_read"
    )
    def get(self, request: Request, attachment_id: UUID) -> HttpResponseBase:
        """The file itself; parts of it by `Range`. The permission is that of this moment."""
        attachment = get_attachment_for(actor_of(request), attachment_id)
        if attachment.state != AttachmentState.READY:
            raise NotFound
        return serve_stored(
            request,
            key=attachment.storage_key,
            name=attachment.name,
            content_type=attachment.content_type,
        )


class ThumbnailView(APIView):
    authentication_classes = (AccessTokenAuthentication, FilesTokenAuthentication)
    content_negotiation_class = AnyAccept

    @documented(
        {(200, _PREVIEW): OpenApiTypes.BINARY, (206, _PREVIEW): OpenApiTypes.BINARY, 416: None},
        operation_id="files_thumbnail",
    )
    def get(self, request: Request, attachment_id: UUID) -> HttpResponseBase:
        """A small picture of an image."""
        attachment = get_attachment_for(actor_of(request), attachment_id)
        if not attachment.thumbnail_key:
            raise NotFound
        return serve_stored(request, key=attachment.thumbnail_key, name="preview.webp", content_type=_PREVIEW)
