"""Files: taken in unbound, bound to a message by their owner, swept where nobody sent them."""

import shutil
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Sum

from accounts import clock
from accounts.actors import Actor
from accounts.announcements import announce
from accounts.errors import NotFound
from accounts.identifiers import new_id
from tickets.errors import QuotaExceeded, StorageFull
from tickets.events.catalogue import AttachmentStored
from tickets.events.recording import record_event
from tickets.file_types import IMAGE_TYPES, Inspection, inspect_file, safe_file_name
from tickets.models import Attachment, AttachmentFailure, AttachmentState, Message
from tickets.permissions import require_can_retry
from tickets.selectors.tickets import get_message_for, get_ticket_for
from tickets.thumbnails import make_thumbnail

UNBOUND_QUOTA = 200 * 2**20  # bytes that one person may have uploaded and not sent
UNBOUND_LIFE = timedelta(hours=24)
DURATION_LIMIT = 12 * 60 * 60  # seconds that a sound or a film may be said to last
_TOLD = ("state", "thumbnail_key")  # what of a file its message tells when it changes
DISK_RESERVE = 200 * 2**20  # bytes of the disk that uploads never take


def store_upload(*, actor: Actor, file: BinaryIO, name: str, duration: int | None = None) -> Attachment:
    """Take a file in, as its owner's, in no message yet.

    The type comes from the content, never from the name. duration: seconds, at most DURATION_LIMIT, as whoever recorded
    it says; kept of sound and film alone. Raises FileTooLarge, FileRefused, QuotaExceeded, StorageFull.
    """
    return take_in(file, name=name, owner_id=actor.user_id, duration=duration)


def take_in(
    file: BinaryIO,
    *,
    name: str,
    owner_id: UUID | None,
    saved_reply_id: UUID | None = None,
    duration: int | None = None,
) -> Attachment:
    """The shared step: a new file that is in no message, of its owner or of a saved reply. Raises as `store_upload`."""
    inspection = inspect_file(file, name=name)
    if saved_reply_id is None:
        _require_room(owner_id, inspection.size)
    _require_disk(inspection.size)
    attachment = Attachment(id=new_id(), owner_id=owner_id, saved_reply_id=saved_reply_id, name=safe_file_name(name))
    _fill(attachment, inspection, file)
    if attachment.content_type.startswith(("audio/", "video/")):
        attachment.duration = duration
    attachment.save(force_insert=True)
    if attachment.is_image:
        announce("image_stored", attachment=attachment.pk)
    return attachment


@transaction.atomic
def reserve_attachment(
    *,
    actor: Actor,
    attachment_id: UUID,
    name: str,
    content_type: str,
    size: int,
    duration: int | None = None,
    sides: tuple[int, int] | None = None,
) -> Attachment:
    """A file that will be fetched later, under a key decided by its source: asking twice gives the same row.

    size: bytes; duration: seconds, sides: width and height in pixels, as the source says.
    """
    width, height = sides or (None, None)
    attachment, _created = Attachment.objects.get_or_create(
        pk=attachment_id,
        defaults={
            "owner_id": actor.user_id,
            "name": safe_file_name(name),
            "content_type": content_type[:100],
            "size": size,
            "duration": duration,
            "width": width,
            "height": height,
            "state": AttachmentState.PENDING,
        },
    )
    return attachment


def store_reserved(*, attachment_id: UUID, file: BinaryIO, limit: int | None = None) -> Attachment:
    """The content of a reserved file has come, of at most `limit` bytes (file_types). Idempotent.

    Raises NotFound, FileTooLarge, FileRefused, StorageFull.
    """
    attachment = _get_reserved(attachment_id)
    if attachment.state == AttachmentState.READY:
        return attachment
    inspection = inspect_file(file, name=attachment.name, limit=limit)
    _require_disk(inspection.size)
    _fill(attachment, inspection, file)
    stored = _settle(attachment, AttachmentState.READY)
    if stored.is_image:
        announce("image_stored", attachment=stored.pk)
    return stored


def give_up_reserved(*, attachment_id: UUID, failure: AttachmentFailure) -> Attachment:
    """A reserved file cannot be fetched, and why. Idempotent. Raises NotFound."""
    return _settle(_get_reserved(attachment_id), AttachmentState.FAILED, failure)


def add_thumbnail(*, attachment_id: UUID) -> bool:
    """Make the small picture of an image; False where there is nothing to make. Idempotent.

    An event tells it where the image is already in a message.
    """
    attachment = Attachment.objects.filter(pk=attachment_id, thumbnail_key="", state=AttachmentState.READY).first()
    if attachment is None or not attachment.is_image:
        return False
    with default_storage.open(attachment.storage_key) as file:
        thumbnail = make_thumbnail(cast(BinaryIO, file))
    if thumbnail is None:
        return False
    _keep_thumbnail(attachment, thumbnail)
    return True


def store_preview(*, attachment_id: UUID, file: BinaryIO) -> bool:
    """Keep the small picture that a reserved file's source has of it, where the desk can make none; False where there
    is one, or this is no picture. Idempotent. Raises NotFound."""
    attachment = _get_reserved(attachment_id)
    thumbnail = None if attachment.thumbnail_key else make_thumbnail(file)
    if thumbnail is None:
        return False
    _keep_thumbnail(attachment, thumbnail)
    return True


def list_images_without_thumbnail(*, limit: int = 200) -> list[UUID]:
    """Of the last day: older ones could not be made."""
    missing = Attachment.objects.filter(
        thumbnail_key="", state=AttachmentState.READY, created_at__gt=clock.now() - UNBOUND_LIFE
    )
    return list(missing.filter(content_type__in=IMAGE_TYPES).values_list("pk", flat=True)[:limit])


def sweep_unbound(*, limit: int = 1000) -> int:
    """Remove files that nobody sent within UNBOUND_LIFE; returns how many."""
    old = Attachment.objects.filter(Attachment.UNBOUND, created_at__lt=clock.now() - UNBOUND_LIFE)
    removed = 0
    for pk in list(old.values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            attachment = old.select_for_update(skip_locked=True).filter(pk=pk).first()
            if attachment is None:
                continue
            remove_file(attachment)
        removed += 1
    return removed


def remove_file(attachment: Attachment) -> None:
    """The shared step: its row, and after the commit what is stored of it.

    Never the other way round: a file without a row is found by `prune_files`, a row without a file is not.
    """
    keys = [key for key in (attachment.storage_key, attachment.thumbnail_key) if key]
    attachment.delete()

    def forget() -> None:
        for key in keys:
            default_storage.delete(key)

    transaction.on_commit(forget)


@transaction.atomic
def fetch_again(*, actor: Actor, message_id: UUID) -> Message:
    """Have the files of a customer's message that could not be fetched asked for once more, but for those too large.

    Raises NotFound, PermissionDenied, NotEditable.
    """
    ticket = get_ticket_for(actor, get_message_for(actor, message_id).ticket_id, lock=True)
    message = get_message_for(actor, message_id)
    require_can_retry(actor, message)
    failed = Attachment.objects.filter(message=message, state=AttachmentState.FAILED)
    for attachment in failed.exclude(failure=AttachmentFailure.TOO_LARGE).select_for_update(no_key=True):
        attachment.state, attachment.failure = AttachmentState.PENDING, ""
        attachment.save(update_fields=["state", "failure"])
        fact = AttachmentStored(message=message.pk, attachment=attachment.pk, state=attachment.state)
        record_event(ticket, actor, fact, message=message)
    return message


def _get_reserved(attachment_id: UUID) -> Attachment:
    attachment = Attachment.objects.filter(pk=attachment_id).first()
    if attachment is None:
        raise NotFound
    return attachment


def _fill(attachment: Attachment, inspection: Inspection, file: BinaryIO) -> None:
    attachment.content_type = inspection.content_type
    attachment.size = inspection.size
    if inspection.width is not None:  # else they are as the file's source says
        attachment.width, attachment.height = inspection.width, inspection.height
    file.seek(0)
    key = f"{attachment.pk.hex[-2:]}/{new_id().hex}"  # says nothing of the file, its owner or its ticket
    attachment.storage_key = default_storage.save(key, file)


def _keep_thumbnail(attachment: Attachment, thumbnail: BytesIO) -> None:
    attachment.thumbnail_key = default_storage.save(f"{attachment.pk.hex[-2:]}/{new_id().hex}", thumbnail)
    _tell_of_file(attachment, changed=["thumbnail_key"])


def _settle(attachment: Attachment, state: AttachmentState, failure: AttachmentFailure | None = None) -> Attachment:
    """Store the end of a fetch, and tell it where the file is already in a message."""
    if attachment.state == AttachmentState.PENDING:
        attachment.state, attachment.failure = state, failure or ""
        _tell_of_file(
            attachment, changed=["state", "failure", "content_type", "size", "width", "height", "storage_key"]
        )
    return attachment


def _tell_of_file(attachment: Attachment, *, changed: list[str]) -> None:
    """Save what changed of a file, once, with an event where the file is in a message. The ticket is locked first."""
    actor = Actor.system()
    message = Message.objects.filter(attachments=attachment).first()
    with transaction.atomic():
        ticket = get_ticket_for(actor, message.ticket_id, lock=True) if message is not None else None
        stored = Attachment.objects.select_for_update(no_key=True).get(pk=attachment.pk)
        if stored.state == AttachmentState.FAILED:  # given up, or erased, meanwhile
            return
        if all(getattr(stored, name) == getattr(attachment, name) for name in _TOLD if name in changed):
            return
        attachment.save(update_fields=changed)
        state = attachment.state if "state" in changed else stored.state
        if ticket is not None and message is not None and state != AttachmentState.PENDING:  # the file tells of both
            fact = AttachmentStored(message=message.pk, attachment=attachment.pk, state=state)
            record_event(ticket, actor, fact, message=message)


def _require_room(owner_id: UUID | None, size: int) -> None:
    unsent = Attachment.objects.filter(Attachment.UNBOUND, owner=owner_id)
    taken = unsent.aggregate(total=Sum("size"))["total"] or 0
    if taken + size > UNBOUND_QUOTA:
        raise QuotaExceeded


def _require_disk(size: int) -> None:
    if settings.STORAGE_URL.startswith("file://"):
        root = Path(settings.STORAGE_URL.removeprefix("file://"))
        root.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(root).free - size < DISK_RESERVE:
            raise StorageFull
