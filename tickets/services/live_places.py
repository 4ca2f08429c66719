"""A live location: one message whose place moves on."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.dateparse import parse_datetime

from accounts import clock
from accounts.actors import Actor
from tickets.events.catalogue import MessageEdited
from tickets.events.recording import record_event
from tickets.models import Message
from tickets.permissions import require_can_edit
from tickets.selectors.tickets import get_message_for, get_ticket_for

MOVES_AT_MOST_EVERY = timedelta(minutes=1)


@transaction.atomic
def move_place(*, actor: Actor, message_id: UUID, place: Mapping[str, Any]) -> Message:
    """Put the message's place where its author is now; no version is kept of the former.

    place: `latitude`, `longitude`, and `live_until` as long as it goes on. Steps come every few seconds for hours: one
    a minute is kept, and the last. A place that was not live stays where it was. Raises NotFound, PermissionDenied,
    NotEditable.
    """
    ticket = get_ticket_for(actor, get_message_for(actor, message_id).ticket_id, lock=True)
    message = get_message_for(actor, message_id)
    require_can_edit(actor, message)
    content, now = message.content, clock.now()
    if "live_until" not in content:
        return message
    is_over = "live_until" not in place
    moved_at = parse_datetime(content.get("moved_at", "")) or message.created_at
    is_same = all(content.get(name) == value for name, value in place.items())
    if not is_over and (is_same or now - moved_at < MOVES_AT_MOST_EVERY):
        return message
    kept = {name: value for name, value in content.items() if name != "live_until"}
    message.content = {**kept, **place, "moved_at": now.isoformat()}
    message.save(update_fields=["content"])
    record_event(ticket, actor, MessageEdited(message=message.pk, moved=True), message=message)
    return message
