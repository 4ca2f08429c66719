"""What a file is, by its content. Nothing here trusts a name or a header."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

import filetype
from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError

from accounts.text_cleaning import repair_text
from tickets.errors import FileRefused, FileTooLarge

SIZE_LIMIT = 50 * 2**20  # bytes: what a bot may send (Bot API, sendDocument)
PIXEL_LIMIT = 50_000_000
IMAGE_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
# Shown by the browser; all else is only downloaded. Markup and scripts are never among them.
INLINE_TYPES = IMAGE_TYPES | frozenset(
    {"audio/mpeg", "audio/ogg", "audio/mp4", "audio/x-m4a", "video/mp4", "video/webm", "audio/x-wav", "audio/wav"}
)
REFUSED_TYPES = frozenset({"application/x-msdownload", "application/x-executable", "application/x-msi"})


@dataclass(frozen=True)
class Inspection:
    """size: bytes; width, height: pixels, of images only."""

    content_type: str
    size: int
    width: int | None = None
    height: int | None = None


def inspect_file(file: BinaryIO, *, name: str, limit: int | None = None) -> Inspection:
    """Measure and recognise a file of at most `limit` bytes (SIZE_LIMIT). Raises FileTooLarge, FileRefused."""
    size = file.seek(0, 2)
    file.seek(0)
    limit = SIZE_LIMIT if limit is None else limit
    if size > limit:
        raise FileTooLarge(data={"limit": limit})
    if size == 0:
        raise FileRefused.of("file", _("The file is empty."))
    head = file.read(8192)
    file.seek(0)
    kind = filetype.guess(head)
    content_type = kind.mime if kind is not None else _text_or_unknown(head)
    if content_type in REFUSED_TYPES:
        raise FileRefused.of("file", _("Programs cannot be sent."))
    if content_type == "video/mp4" and _is_sound_only(head):
        content_type = "audio/mp4"
    if content_type in IMAGE_TYPES:
        width, height = _measure_image(file)
        return Inspection(content_type, size, width, height)
    return Inspection(content_type, size)


def _is_sound_only(head: bytes) -> bool:
    """Whether an MP4 that describes itself at its beginning, as recorders of browsers write it, has no picture."""
    at = head.find(b"moov")
    if at < 4 or at - 4 + int.from_bytes(head[at - 4 : at]) > len(head):
        return False
    handlers = re.findall(rb"hdlr.{8}(....)", head[at:], re.DOTALL)
    return b"soun" in handlers and b"vide" not in handlers


def _text_or_unknown(head: bytes) -> str:
    try:
        head[:-4].decode("utf-8")
    except UnicodeDecodeError:
        return "application/octet-stream"
    return "application/octet-stream" if b"\x00" in head else "text/plain"


def _measure_image(file: BinaryIO) -> tuple[int, int]:
    """Reads the header only: nothing is decoded, so nothing can unfold."""
    try:
        with Image.open(file) as image:
            width, height = image.size
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise FileRefused.of("file", _("The picture is damaged.")) from error
    finally:
        file.seek(0)
    if width * height > PIXEL_LIMIT:
        raise FileRefused.of("file", _("The picture has too many pixels."))
    return width, height


def safe_file_name(name: str) -> str:
    """A name without folders, control characters and quotes, at most 120 characters, its ending kept."""
    last = re.split(r"[/\\]", repair_text(name))[-1]
    cleaned = re.sub(r"[\x00-\x1f\x7f\"<>|:*?]", "_", last).strip(" .") or "file"
    if len(cleaned) <= 120:
        return cleaned
    suffix = PurePosixPath(cleaned).suffix[:20]
    return cleaned[: 120 - len(suffix)] + suffix
