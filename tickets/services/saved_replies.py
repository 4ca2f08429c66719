"""Keeping saved replies: agents their own, managers the shared ones."""

from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.errors import InvalidInput
from accounts.models import Team
from accounts.permissions import Capability, require
from accounts.text_cleaning import clean_line, clean_text
from tickets.models import SavedReply
from tickets.selectors.saved_replies import get_saved_reply_for
from tickets.services.attachments import remove_file
from tickets.services.drafts import TEXT_LIMIT
from tickets.services.labelling import KEEP, Keep

TITLE_LIMIT = 80
SHORTCUT_LIMIT = 30
MOST = 500  # of one agent's own, and of the shared ones: lists answer all of them at once


@dataclass(frozen=True, kw_only=True)
class SavedReplyValues:
    """What a saved reply gets; what is not given stays as it is. team_id: only of shared ones."""

    title: str | None = None
    text: str | None = None
    shortcut: str | None = None
    team_id: UUID | Keep | None = KEEP


@transaction.atomic
def create_saved_reply(*, actor: Actor, values: SavedReplyValues, shared: bool) -> SavedReply:
    """One's own, or a shared one, which only managers make; needs title and text.

    Raises PermissionDenied, InvalidInput.
    """
    require(actor, Capability.SHARE_REPLIES if shared else Capability.WORK_TICKETS)
    owner_id = None if shared else actor.user_id
    if SavedReply.objects.filter(owner=owner_id).count() >= MOST:
        raise InvalidInput.of("title", _("There are too many saved replies. Remove some first."))
    reply = SavedReply(owner_id=owner_id)
    _fill(reply, replace(values, title=values.title or "", text=values.text or ""))
    reply.save(force_insert=True)
    return reply


@transaction.atomic
def change_saved_reply(*, actor: Actor, reply_id: UUID, values: SavedReplyValues) -> SavedReply:
    """Raises PermissionDenied, NotFound, InvalidInput."""
    reply = lock_saved_reply(actor, reply_id)
    _fill(reply, values)
    reply.save()
    return reply


@transaction.atomic
def remove_saved_reply(*, actor: Actor, reply_id: UUID) -> None:
    """Raises PermissionDenied, NotFound."""
    reply = lock_saved_reply(actor, reply_id)
    for attachment in reply.files.all():
        remove_file(attachment)
    reply.delete()


def lock_saved_reply(actor: Actor, reply_id: UUID) -> SavedReply:
    """The shared step: one that this actor may change. Raises PermissionDenied, NotFound."""
    reply = get_saved_reply_for(actor, reply_id, lock=True)
    if reply.owner_id is None:
        require(actor, Capability.SHARE_REPLIES)
    return reply


def _fill(reply: SavedReply, values: SavedReplyValues) -> None:
    if values.title is not None:
        reply.title = clean_line(values.title, field="title", limit=TITLE_LIMIT)
    if values.shortcut is not None:
        reply.shortcut = clean_line(values.shortcut, field="shortcut", limit=SHORTCUT_LIMIT, required=False)
    if values.text is not None:
        reply.text = clean_text(values.text, field="text", limit=TEXT_LIMIT)
    if isinstance(values.team_id, Keep):
        return
    if values.team_id is not None:
        if reply.owner_id is not None:
            raise InvalidInput.of("team", _("One's own saved reply has no team."))
        if not Team.objects.filter(pk=values.team_id).exists():
            raise InvalidInput.of("team", _("There is no such team."))
    reply.team_id = values.team_id
