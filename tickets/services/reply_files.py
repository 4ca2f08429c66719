"""Files that a saved reply brings along. Each message that it is used for gets copies: nothing sent depends on it."""

from typing import BinaryIO, cast
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.errors import InvalidInput, NotFound
from tickets.models import Attachment, AttachmentState
from tickets.selectors.tickets import get_attachment_for
from tickets.services.attachments import remove_file, take_in
from tickets.services.drafts import FILES_LIMIT
from tickets.services.saved_replies import lock_saved_reply


@transaction.atomic
def add_reply_file(*, actor: Actor, reply_id: UUID, file: BinaryIO, name: str) -> Attachment:
    """Behind those that it has. Raises PermissionDenied, NotFound, InvalidInput, and as `store_upload`."""
    reply = lock_saved_reply(actor, reply_id)
    positions = list(reply.files.order_by("position").values_list("position", flat=True))
    if len(positions) >= FILES_LIMIT:
        raise InvalidInput.of("files", _("At most %(limit)d files in one message.") % {"limit": FILES_LIMIT})
    attachment = take_in(file, name=name, owner_id=actor.user_id, saved_reply_id=reply.pk)
    attachment.position = positions[-1] + 1 if positions else 0
    attachment.save(update_fields=["position"])
    return attachment


@transaction.atomic
def remove_reply_file(*, actor: Actor, reply_id: UUID, attachment_id: UUID) -> None:
    """Messages that it went with keep their copies. Raises PermissionDenied, NotFound."""
    attachment = lock_saved_reply(actor, reply_id).files.filter(pk=attachment_id).first()
    if attachment is None:
        raise NotFound
    remove_file(attachment)


@transaction.atomic
def copy_reply_file(*, actor: Actor, attachment_id: UUID) -> Attachment:
    """The actor's own copy of a saved reply's file, in no message yet. Raises NotFound, and as `store_upload`."""
    source = get_attachment_for(actor, attachment_id)
    if source.saved_reply_id is None or source.state != AttachmentState.READY:
        raise NotFound
    with default_storage.open(source.storage_key) as file:
        return take_in(cast(BinaryIO, file), name=source.name, owner_id=actor.user_id)
