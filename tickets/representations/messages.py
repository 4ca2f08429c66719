"""Messages and files as viewers see them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.actors import Actor
from tickets.models import Attachment, Message, MessageDeliveryState, MessageRevision, Ticket
from tickets.representations.audiences import Audience
from tickets.representations.people import person_columns, person_from
from tickets.selectors.conversation import Window, message_window, number_column

_COLUMNS = (
    "id",
    "ticket_id",
    "kind",
    "text",
    "entities",
    "content",
    "internal",
    "reply_to_id",
    "forwarded_from",
    "sequence",
    "public_sequence",
    "source",
    "delivery_state",
    "delivery_reason",
    "delivery_ambiguous",
    "seen_at",
    "reactions",
    "edited_at",
    "edited_after_answer",
    "deleted_at",
    "created_at",
    *person_columns("author"),
)
FILE_COLUMNS = (
    "id",
    "message_id",
    "name",
    "content_type",
    "size",
    "width",
    "height",
    "duration",
    "state",
    "failure",
    "thumbnail_key",
)


def represent_messages(messages: "QuerySet[Message]", audience: Audience) -> list[dict[str, Any]]:
    """The messages in the query's order, in two queries."""
    rows = list(messages.values(*_COLUMNS))
    files = _files_by_message([row["id"] for row in rows])
    return [_build_message(row, files[row["id"]], audience) for row in rows]


def represent_window(actor: Actor, ticket: Ticket, window: Window) -> tuple[list[dict[str, Any]], int]:
    """A part of a conversation in chronological order, and the ticket's sequence in the same snapshot."""
    number, audience = number_column(actor), Audience.of(actor)
    rows = list(message_window(actor, ticket, window).values(*_COLUMNS, f"ticket__{number}"))
    files = _files_by_message([row["id"] for row in rows])
    pictures = [_build_message(row, files[row["id"]], audience) for row in rows]
    pictures.sort(key=itemgetter("sequence"))
    return pictures, rows[0][f"ticket__{number}"] if rows else getattr(ticket, number)


def represent_messages_by_id(ids: Iterable[UUID], audience: Audience) -> dict[UUID, dict[str, Any]]:
    """The messages with these ids, as far as the audience may see them."""
    messages = Message.objects.filter(pk__in=list(ids))
    if audience is Audience.CUSTOMER:
        messages = messages.filter(public_sequence__isnull=False)
    return {picture["id"]: picture for picture in represent_messages(messages, audience)}


def represent_message(message_id: UUID, audience: Audience) -> dict[str, Any]:
    return represent_messages_by_id([message_id], audience)[message_id]


def represent_versions(versions: "QuerySet[MessageRevision]") -> dict[UUID, list[dict[str, Any]]]:
    """What messages were before their edits, by the message and in the query's order; each with the file that its edit
    put another in the place of."""
    rows = list(versions)
    files = defaultdict[int, list[dict[str, Any]]](list)
    found = Attachment.objects.filter(revision__in=rows).order_by("position", "id")
    for file in found.values(*FILE_COLUMNS, "revision_id"):
        files[file["revision_id"]].append(build_attachment(file))
    names = ("text", "entities", "written_at", "replaced_at")
    pictures = defaultdict[UUID, list[dict[str, Any]]](list)
    for row in rows:
        pictures[row.message_id].append({**{name: getattr(row, name) for name in names}, "attachments": files[row.pk]})
    return pictures


def represent_attachment(attachment_id: UUID) -> dict[str, Any]:
    """A file on its own: the answer to an upload."""
    return build_attachment(Attachment.objects.values(*FILE_COLUMNS).get(pk=attachment_id))


def represent_delivery(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """The delivery line of a message that goes to Telegram."""
    if row["delivery_state"] == MessageDeliveryState.NONE:
        return None
    return {
        "state": row["delivery_state"],
        "reason": row["delivery_reason"],
        "ambiguous": row["delivery_ambiguous"],
        "seen_at": row["seen_at"],
    }


def build_attachment(row: Mapping[str, Any]) -> dict[str, Any]:
    """A bare path: the client adds its token, and the permission is checked when the file is served."""
    path = f"/api/v1/files/{row['id']}/"
    return {
        "id": row["id"],
        "name": row["name"],
        "content_type": row["content_type"],
        "size": row["size"],
        "width": row["width"],
        "height": row["height"],
        "duration": row["duration"],
        "state": row["state"],
        "reason": row["failure"],
        "url": path,
        "thumbnail_url": f"{path}thumbnail/" if row["thumbnail_key"] else None,
    }


def _files_by_message(ids: list[UUID]) -> defaultdict[UUID, list[dict[str, Any]]]:
    files: defaultdict[UUID, list[dict[str, Any]]] = defaultdict(list)
    if ids:
        rows = Attachment.objects.filter(message_id__in=ids).order_by("position", "id").values(*FILE_COLUMNS)
        for row in rows:
            files[row["message_id"]].append(build_attachment(row))
    return files


def _build_message(row: Mapping[str, Any], files: list[dict[str, Any]], audience: Audience) -> dict[str, Any]:
    staff = audience is Audience.STAFF
    deleted = row["deleted_at"] is not None
    return {
        "id": row["id"],
        "ticket": row["ticket_id"],
        "author": person_from(row, "author"),
        "kind": row["kind"],
        "text": "" if deleted else row["text"],
        "entities": [] if deleted else row["entities"],
        "content": {} if deleted else row["content"],
        "internal": row["internal"],
        "attachments": [] if deleted else files,
        "reply_to": row["reply_to_id"],
        "forwarded_from": None if deleted else row["forwarded_from"],
        "sequence": row["sequence"] if staff else row["public_sequence"],
        "source": row["source"],
        "delivery": represent_delivery(row) if staff else None,
        "reactions": [] if deleted else row["reactions"],
        "edited_at": row["edited_at"],
        "edited_after_answer": staff and row["edited_after_answer"],
        "deleted_at": row["deleted_at"],
        "created_at": row["created_at"],
    }
