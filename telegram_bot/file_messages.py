"""Files on their way to Telegram: which method shows a file, what goes together as an album, and the uploads."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage

from accounts.actors import Actor
from telegram_bot.bot_api import Request, Upload
from telegram_bot.models import OutgoingCall, TelegramFile
from telegram_bot.verdicts import Failed
from tickets.models import Attachment, AttachmentState, MessageKind
from tickets.selectors.tickets import get_attachment_for

FILE_FIELDS = {
    "sendPhoto": "photo",
    "sendDocument": "document",
    "sendVideo": "video",
    "sendAudio": "audio",
    "sendVoice": "voice",
    "sendAnimation": "animation",
}
ALBUM_METHOD = "sendMediaGroup"
FILE_PARTS = 100
ALBUM_LIMIT = 10
_ALBUM_BYTES = 45 * 2**20  # a request takes 50 MB
_PHOTO_TYPES = ("image/jpeg", "image/png", "image/webp")
_LARGEST_PHOTO = 10 * 2**20  # bytes; and the sides at most 10000 together, 1:20 at the flattest (Bot API, sendPhoto)
_METHODS = {
    "video/mp4": "sendVideo",
    "audio/mpeg": "sendAudio",
    "audio/mp4": "sendAudio",
    "audio/x-m4a": "sendAudio",
    "audio/ogg": "sendVoice",
    "image/gif": "sendAnimation",
}
# What Telegram also takes as a voice message, where it is one.
_SPOKEN_TYPES = ("audio/mp4", "audio/x-m4a", "audio/mpeg")
# What Telegram lets stand in one album; all else goes alone.
_ALBUMS = {"sendPhoto": "pictures", "sendVideo": "pictures", "sendDocument": "documents", "sendAudio": "sound"}


def file_method(attachment: Attachment) -> str:
    """How Telegram shows a file of this type."""
    width, height = attachment.width or 0, attachment.height or 0
    if attachment.content_type in _PHOTO_TYPES and attachment.size <= _LARGEST_PHOTO and width and height:
        fits = width + height <= 10_000 and max(width, height) <= 20 * min(width, height)
        return "sendPhoto" if fits else "sendDocument"
    if attachment.content_type in _SPOKEN_TYPES and _is_spoken(attachment):
        return "sendVoice"
    return _METHODS.get(attachment.content_type, "sendDocument")


def _is_spoken(attachment: Attachment) -> bool:
    message = attachment.message
    return message is not None and message.kind == MessageKind.VOICE


def group_files(attachments: Iterable[Attachment]) -> list[list[Attachment]]:
    """The files in the albums that Telegram takes, in the order of each album's first; one alone is a list of one."""
    groups: list[list[Attachment]] = []
    open_albums: dict[str, list[Attachment]] = {}
    for attachment in attachments:
        family = _ALBUMS.get(file_method(attachment), "")
        album = open_albums.get(family)
        if album is not None and _has_room(album, attachment):
            album.append(attachment)
            continue
        groups.append([attachment])
        if family:
            open_albums[family] = groups[-1]
    return groups


def _has_room(album: Sequence[Attachment], attachment: Attachment) -> bool:
    return len(album) < ALBUM_LIMIT and sum(file.size for file in album) + attachment.size <= _ALBUM_BYTES


def find_file(attachment_id: str) -> Attachment:
    """Raises NotFound: its message was removed."""
    return get_attachment_for(Actor.system(), UUID(attachment_id))


def render_file(call: OutgoingCall, params: dict[str, Any]) -> Request | Failed:
    """A file alone: by Telegram's own id where it has one, else uploaded."""
    attachment = find_file(call.params["@attachment"])
    method = "sendDocument" if call.params.get("@document") else call.method
    field = FILE_FIELDS[method]
    file = _reference(call, attachment, field, as_it_was=method == call.method)
    match file:
        case None:
            return Failed(code="file_missing")
        case Upload():
            return Request(method=method, params=params, files=(file,))
    return Request(method=method, params={**params, field: file})


def render_album(call: OutgoingCall, params: dict[str, Any]) -> Request | Failed:
    """Several files as one album; the caption stands at the first."""
    caption: dict[str, Any] = {name: params.pop(name) for name in ("caption", "caption_entities") if name in params}
    media: list[dict[str, Any]] = []
    uploads: list[Upload] = []
    for number, (_part, attachment_id) in enumerate(call.params["@items"]):
        attachment = find_file(attachment_id)
        file = _reference(call, attachment, f"file{number}")
        if file is None:
            return Failed(code="file_missing")
        if isinstance(file, Upload):
            uploads.append(file)
            file = f"attach://{file.field}"
        media.append({"type": FILE_FIELDS[file_method(attachment)], "media": file})
    media[0] |= caption
    return Request(method=ALBUM_METHOD, params={**params, "media": media}, files=tuple(uploads))


def _reference(
    call: OutgoingCall, attachment: Attachment, field: str, *, as_it_was: bool = True
) -> str | Upload | None:
    """Telegram's id of the file, or its content; None: it is not there. An id serves only the kind that it is of."""
    known = TelegramFile.objects.filter(bot_id=call.bot_id, attachment=attachment.pk).first()
    if known is not None and as_it_was and not call.params.get("@upload"):
        return known.file_id
    if attachment.state != AttachmentState.READY:
        return None
    content = _read(attachment)
    return None if content is None else Upload(field=field, name=attachment.name, content=content)


def _read(attachment: Attachment) -> bytes | None:
    try:
        with default_storage.open(attachment.storage_key) as file:
            return bytes(file.read())
    except FileNotFoundError:
        return None
