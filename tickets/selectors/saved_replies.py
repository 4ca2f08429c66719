"""Reading saved replies."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from accounts.actors import Actor
from accounts.errors import NotFound
from accounts.permissions import Capability, can, require
from accounts.selectors.words import holds
from tickets.models import Attachment, SavedReply

LONGEST_SEARCH = 100


def list_saved_replies(actor: Actor, *, search: str = "") -> "QuerySet[SavedReply]":
    """Those that this agent may use, by title: their own, and the shared ones of their team and of all.

    Managers see the shared ones of every team. search: words, each of which stands in title, shortcut or text.
    Raises PermissionDenied.
    """
    require(actor, Capability.WORK_TICKETS)
    shared = Q(owner=None)
    if not can(actor, Capability.SEE_EVERY_TEAM):
        shared &= Q(team=None) | Q(team=actor.team_id)
    replies = SavedReply.objects.filter(Q(owner=actor.user_id) | shared)
    for word in search.split():
        replies = replies.filter(holds("title", word) | holds("shortcut", word) | holds("text", word))
    return replies.select_related("team").order_by(Lower("title"), "id")


def may_use_saved_reply(actor: Actor, reply_id: UUID) -> bool:
    return can(actor, Capability.WORK_TICKETS) and list_saved_replies(actor).filter(pk=reply_id).exists()


def list_files_of_replies(reply_ids: Iterable[UUID]) -> "QuerySet[Attachment]":
    """What these saved replies bring along, each in its order."""
    return Attachment.objects.filter(saved_reply__in=list(reply_ids)).order_by("position", "created_at", "id")


def get_saved_reply_for(actor: Actor, reply_id: UUID, *, lock: bool = False) -> SavedReply:
    """The saved reply, if this actor may use it. Raises PermissionDenied, NotFound."""
    replies = list_saved_replies(actor)
    if lock:
        replies = replies.select_for_update(of=("self",))
    reply = replies.filter(pk=reply_id).first()
    if reply is None:
        raise NotFound
    return reply
