"""The one place where an error becomes an answer of the REST API. Never a stack, SQL, a path or a token."""

import errno
import logging
import math
from typing import Any

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, UnreadablePostError
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from accounts.errors import HelpDeskError, InvalidInput, NotFound, PermissionDenied, Unauthenticated, Unavailable
from tickets.errors import StorageFull

log = logging.getLogger(__name__)
RETRY_AFTER = 2  # seconds after which a 503 is worth another try


def handle_exception(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's EXCEPTION_HANDLER. None lets Django answer 500: a bug, which is logged with its trace."""
    known = _translate(error)
    if known is None:
        return None
    set_rollback()
    body = {
        "code": known.code,
        "message": str(known.message),
        "fields": {name: [str(text) for text in texts] for name, texts in known.fields.items()},
        "data": known.data,
    }
    return Response({"error": body}, status=known.status, headers=_headers(known))


def _translate(error: Exception) -> HelpDeskError | None:
    match error:
        case HelpDeskError():
            return error
        case Http404():
            return NotFound()
        case DjangoPermissionDenied():
            return PermissionDenied()
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return Unauthenticated()
        case exceptions.ValidationError():
            return InvalidInput(fields=flatten(error.detail))
        case exceptions.APIException():
            return _of_framework(error)
        case RequestDataTooBig() | SuspiciousOperation() | UnreadablePostError():
            return InvalidInput()
        case OSError() if error.errno in (errno.ENOSPC, errno.EDQUOT):
            log.error("The disk is full")
            return StorageFull()
        case OperationalError() | InterfaceError():
            log.warning("The database did not answer: %s", type(error).__name__)
            return Unavailable()
        case DataError() | UnicodeEncodeError():
            log.warning("Input came through that the database cannot hold", exc_info=error)
            return InvalidInput()
    return None


def _of_framework(error: exceptions.APIException) -> HelpDeskError:
    """What DRF itself refuses: bad JSON, a method or a media type that is not offered."""
    known = HelpDeskError(str(error.detail))
    known.code = str(error.default_code)  # type: ignore[misc]
    known.status = error.status_code  # type: ignore[misc]
    return known


def flatten(detail: Any, prefix: str = "") -> dict[str, list[str]]:
    """DRF's nested error details as one level of dotted names: `attachments.0`."""
    if isinstance(detail, dict):
        pairs = [(f"{prefix}.{name}" if prefix else str(name), child) for name, child in detail.items()]
    elif isinstance(detail, list) and any(isinstance(child, dict | list) for child in detail):
        pairs = [(f"{prefix}.{index}" if prefix else str(index), child) for index, child in enumerate(detail)]
    else:
        texts = detail if isinstance(detail, list) else [detail]
        return {prefix or "body": [str(text) for text in texts]}
    return {name: texts for path, child in pairs if child for name, texts in flatten(child, path).items()}


def _headers(error: HelpDeskError) -> dict[str, str]:
    if error.status == 401:
        return {"WWW-Authenticate": "Bearer"}
    if error.status == 503:
        return {"Retry-After": str(RETRY_AFTER)}
    retry_after = getattr(error, "retry_after", None)
    return {"Retry-After": str(math.ceil(retry_after))} if retry_after is not None else {}
