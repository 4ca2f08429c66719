"""Sending a stored file to a browser, so that nothing in it can act.

The type is the one found in the content when it came in; only harmless media are shown in place, all else is a
download. The headers hold even for somebody who opens the address by itself.
"""

import re
from collections.abc import Iterator
from typing import IO

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from accounts.errors import NotFound
from tickets.file_types import INLINE_TYPES

_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")
_CHUNK = 64 * 1024


def serve_stored(request: HttpRequest, *, key: str, name: str, content_type: str) -> HttpResponseBase:
    """The whole file, or the one range that is asked for (RFC 9110, 14). Raises NotFound where it is gone.

    Where FILES_SERVED_BY says so, nginx sends the file (`X-Accel-Redirect`) after the desk's permission check.
    """
    if settings.FILES_SERVED_BY == "nginx":
        response: HttpResponseBase = HttpResponse()
        response["X-Accel-Redirect"] = f"{settings.FILES_ACCEL_PREFIX}{key}"
    else:
        try:
            response = _send(request, key)
        except FileNotFoundError as error:
            raise NotFound from error
    inline = content_type in INLINE_TYPES
    response["Content-Type"] = content_type if inline or content_type != "text/plain" else "text/plain; charset=utf-8"
    response["Content-Disposition"] = content_disposition_header(not inline, name) or "attachment"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, max-age=3600, immutable"
    response["Accept-Ranges"] = "bytes"
    return response


def _send(request: HttpRequest, key: str) -> HttpResponseBase:
    size = default_storage.size(key)
    match = _RANGE.fullmatch(request.headers.get("Range", ""))
    if match is None or not (match[1] or match[2]) or (match[1] and match[2] and int(match[1]) > int(match[2])):
        return FileResponse(default_storage.open(key))  # a range that makes no sense is as none (RFC 9110, 14.1.1)
    start, end = _bounds(match[1], match[2], size)
    if start >= size:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    file = default_storage.open(key)
    file.seek(start)
    response = StreamingHttpResponse(_read(file, end - start + 1), status=206)
    response["Content-Range"] = f"bytes {start}-{end}/{size}"
    response["Content-Length"] = str(end - start + 1)
    return response


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:  # the last so many bytes
        return max(size - int(last), 0), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


def _read(file: IO[bytes], length: int) -> Iterator[bytes]:
    with file:
        while length > 0 and (chunk := file.read(min(_CHUNK, length))):
            length -= len(chunk)
            yield chunk
