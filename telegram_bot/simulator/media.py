"""Media content of messages, whoever sends them."""

import io
from pathlib import PurePath
from typing import Any

from PIL import Image, ImageDraw, UnidentifiedImageError

from telegram_bot.simulator.database import JSON
from telegram_bot.simulator.files import Files, Upload

_STICKER_FORMS = {".tgs": "is_animated", ".webm": "is_video"}
_THUMBNAIL = 128  # pixels, of a sticker that moves (Bot API, PhotoSize)
KINDS = ("photo", "document", "voice", "audio", "video", "animation", "video_note", "sticker")


def media_content(files: Files, kind: str, upload: Upload, values: dict[str, Any]) -> JSON:
    """`{kind: ...}` of a message for a new file; `values` are the sender's claims (duration, width, size, ...)."""
    if kind == "photo":
        content: JSON = {"photo": files.store_photo(upload)}
        files.remember([size["file_id"] for size in content["photo"]], content)
        return content
    stored = files.store(kind, upload, size=values.get("size"))
    describe = {
        "document": _document,
        "voice": _voice,
        "audio": _audio,
        "video": _video,
        "animation": _video,
        "video_note": _video_note,
        "sticker": _sticker,
    }[kind]
    described = {**describe(upload, values), **stored}
    if described.get("is_animated") or described.get("is_video"):
        described["thumbnail"] = _thumbnail(files)
    # Old clients look at `document` of an animation as well.
    content = {kind: described, "document": described} if kind == "animation" else {kind: described}
    files.remember([stored["file_id"]], content)
    return content


def _document(upload: Upload, _values: dict[str, Any]) -> JSON:
    return {"file_name": upload.name, "mime_type": upload.content_type}


def _voice(upload: Upload, values: dict[str, Any]) -> JSON:
    kind = upload.content_type if upload.content_type.startswith("audio/") else "audio/ogg"
    return {"duration": _number(values, "duration", 1), "mime_type": kind}


def _audio(upload: Upload, values: dict[str, Any]) -> JSON:
    named = {name: values[name] for name in ("performer", "title") if values.get(name)}
    return {"duration": _number(values, "duration"), "file_name": upload.name, "mime_type": "audio/mpeg", **named}


def _video(upload: Upload, values: dict[str, Any]) -> JSON:
    size = {"width": _number(values, "width", 640), "height": _number(values, "height", 360)}
    return {"duration": _number(values, "duration"), **size, "file_name": upload.name, "mime_type": "video/mp4"}


def _video_note(_upload: Upload, values: dict[str, Any]) -> JSON:
    return {"duration": _number(values, "duration"), "length": _number(values, "length", 240)}


def _sticker(upload: Upload, values: dict[str, Any]) -> JSON:
    try:
        with Image.open(io.BytesIO(upload.content)) as picture:
            width, height = picture.size
    except (UnidentifiedImageError, OSError, ValueError):
        width = height = 512
    form = _STICKER_FORMS.get(PurePath(upload.name).suffix.lower())
    kinds = {"type": "regular", **{name: name == form for name in _STICKER_FORMS.values()}}
    return {"width": width, "height": height, "emoji": values.get("emoji") or "🙂", **kinds}


def _thumbnail(files: Files) -> JSON:
    """A still picture, on nothing, as Telegram makes of a sticker that moves."""
    picture = Image.new("RGBA", (_THUMBNAIL, _THUMBNAIL))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((8, 8, _THUMBNAIL - 8, _THUMBNAIL - 8), fill="#ffcc33")
    draw.arc((36, 44, _THUMBNAIL - 36, _THUMBNAIL - 32), 20, 160, fill="#333333", width=6)
    content = io.BytesIO()
    picture.save(content, "WEBP")
    stored = files.store("sticker", Upload("thumbnail.webp", "image/webp", content.getvalue()))
    return {**stored, "width": _THUMBNAIL, "height": _THUMBNAIL}


def _number(values: dict[str, Any], name: str, default: int = 0) -> int:
    try:
        return int(values.get(name) or default)
    except (TypeError, ValueError):
        return default
