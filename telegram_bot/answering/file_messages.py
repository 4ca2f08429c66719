"""Files on their way to Telegram: which method shows a file, what goes together as an album, and the uploads."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage

from accounts.actors import Actor
from telegram_bot.bot_api import Request, Upload
from telegram_bot.identity import current_bot_id
from telegram_bot.models import OutgoingCall, TelegramFile
from telegram_bot.verdicts import Again, Failed
from tickets.models import Attachment, AttachmentState, MessageKind
from tickets.selectors.tickets import get_attachment_for

FILE_FIELDS = {
    "sendPhoto": "photo",
    "sendDocument": "document",
    "sendVideo": "video",
    "sendAudio": "audio",
    "sendVoice": "voice",
    "sendAnimation": "animation",
    "sendVideoNote": "video_note",
    "sendSticker": "sticker",
}
WITHOUT_CAPTION = ("sendVideoNote", "sendSticker")
_METHOD_OF_KIND = {kind: method for method, kind in FILE_FIELDS.items()}
ALBUM_METHOD = "sendMediaGroup"
EXCHANGE_METHOD = "editMessageMedia"
_EXCHANGEABLE = ("photo", "video", "animation", "document", "audio")  # InputMedia (Bot API, editMessageMedia)
FILE_PARTS = 100
ALBUM_LIMIT = 10
_ALBUM_BYTES = 45 * 2**20  # a request takes 50 MB
_FETCHED_IN = 2.0  # seconds until it is looked again whether a file has come from Telegram
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
# What Telegram also takes as such, where the message is of that kind.
_TYPES_OF_KIND: dict[str, tuple[str, ...]] = {
    MessageKind.VOICE: ("audio/mp4", "audio/x-m4a", "audio/mpeg"),
    MessageKind.VIDEO_NOTE: ("video/mp4",),
    MessageKind.STICKER: ("image/webp", "video/webm", "application/gzip"),  # an animated one is a gzipped JSON
}
# What Telegram lets stand in one album; all else goes alone.
_ALBUMS = {"sendPhoto": "pictures", "sendVideo": "pictures", "sendDocument": "documents", "sendAudio": "sound"}


def file_method(attachment: Attachment) -> str:
    """How Telegram shows the file: as it is there already, else as one of its type."""
    return _method(attachment, _list_known([attachment]))


def _method(attachment: Attachment, known: Mapping[UUID, TelegramFile]) -> str:
    file = known.get(attachment.pk)
    return _METHOD_OF_KIND.get(file.kind if file is not None else "", "") or _method_of_type(attachment)


def _list_known(attachments: Iterable[Attachment]) -> dict[UUID, TelegramFile]:
    """What Telegram has of them already, by the attachment."""
    found = TelegramFile.objects.filter(bot_id=current_bot_id(), attachment__in=[one.pk for one in attachments])
    return {file.attachment: file for file in found}


def _method_of_type(attachment: Attachment) -> str:
    kind = attachment.message.kind if attachment.message is not None else ""
    if attachment.content_type in _TYPES_OF_KIND.get(kind, ()):
        return _METHOD_OF_KIND[kind]
    width, height = attachment.width or 0, attachment.height or 0
    if attachment.content_type in _PHOTO_TYPES and attachment.size <= _LARGEST_PHOTO and width and height:
        fits = width + height <= 10_000 and max(width, height) <= 20 * min(width, height)
        return "sendPhoto" if fits else "sendDocument"
    return _METHODS.get(attachment.content_type, "sendDocument")


def group_files(attachments: Sequence[Attachment]) -> list[list[Attachment]]:
    """The files in the albums that Telegram takes, in the order of each album's first; one alone is a list of one."""
    known = _list_known(attachments)
    groups: list[list[Attachment]] = []
    open_albums: dict[str, list[Attachment]] = {}
    for attachment in attachments:
        family = _ALBUMS.get(_method(attachment, known), "")
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


def render_file(call: OutgoingCall, params: dict[str, Any]) -> Request | Failed | Again:
    """A file alone: by Telegram's own id where it has one, else uploaded."""
    attachment = find_file(call.params["@attachment"])
    method = "sendDocument" if call.params.get("@document") else call.method
    field = FILE_FIELDS[method]
    file = _reference(call, attachment, _list_known([attachment]), kind=field, field=field)
    match file:
        case Upload():
            length = {"duration": attachment.duration} if method == "sendVoice" and attachment.duration else {}
            return Request(method=method, params={**params, **length}, files=(file,))
        case str():
            return Request(method=method, params={**params, field: file})
    return file


def render_album(
    call: OutgoingCall, params: dict[str, Any], captions: Sequence[Mapping[str, Any]]
) -> Request | Failed | Again:
    """Several files as one album. captions: of each, as Telegram takes it."""
    media: list[dict[str, Any]] = []
    uploads: list[Upload] = []
    attachments = [find_file(attachment_id) for _part, attachment_id in call.params["@items"]]
    known = _list_known(attachments)
    for number, attachment in enumerate(attachments):
        kind = FILE_FIELDS[_method(attachment, known)]
        file = _reference(call, attachment, known, kind=kind, field=f"file{number}")
        if isinstance(file, Failed | Again):
            return file
        if isinstance(file, Upload):
            uploads.append(file)
            file = f"attach://{file.field}"
        media.append({"type": kind, "media": file, **captions[number]})
    return Request(method=ALBUM_METHOD, params={**params, "media": media}, files=tuple(uploads))


def render_exchange(call: OutgoingCall, params: dict[str, Any], caption: Mapping[str, Any]) -> Request | Failed | Again:
    """Another file in a message that is there; its caption is given anew, or it would go."""
    attachment = find_file(call.params["@attachment"])
    known = _list_known([attachment])
    kind = FILE_FIELDS[_method(attachment, known)]
    kind = kind if kind in _EXCHANGEABLE else "document"
    file = _reference(call, attachment, known, kind=kind, field="file")
    if isinstance(file, Failed | Again):
        return file
    uploads = (file,) if isinstance(file, Upload) else ()
    media = {"type": kind, "media": f"attach://{file.field}" if isinstance(file, Upload) else file, **caption}
    return Request(method=EXCHANGE_METHOD, params={**params, "media": media}, files=uploads)


def _reference(
    call: OutgoingCall, attachment: Attachment, known: Mapping[UUID, TelegramFile], *, kind: str, field: str
) -> str | Upload | Failed | Again:
    """Telegram's id of the file, which serves only the kind that it is of, or its content under this field."""
    file = known.get(attachment.pk)
    if file is not None and file.kind in (kind, "") and not call.params.get("@upload"):
        return file.file_id
    if attachment.state == AttachmentState.PENDING:
        return Again(code="file_coming", delay=_FETCHED_IN)
    content = _read(attachment) if attachment.state == AttachmentState.READY else None
    if content is None:
        return Failed(code="file_missing")
    return Upload(field=field, name=attachment.name, content=content)


def _read(attachment: Attachment) -> bytes | None:
    try:
        with default_storage.open(attachment.storage_key) as file:
            return bytes(file.read())
    except FileNotFoundError:
        return None
