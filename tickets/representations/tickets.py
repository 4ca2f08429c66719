"""Tickets as viewers see them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from accounts.actors import Actor
from accounts.errors import NotFound
from tickets.models import RATING_CHANGEABLE, AuthorRole, Ticket
from tickets.representations.audiences import Audience
from tickets.representations.people import person_columns, person_from
from tickets.selectors.inbox import WAITING_STATUSES
from tickets.selectors.rating import is_resolved_anew
from tickets.selectors.reading import Reading, list_readings

PREVIEW_LENGTH = 200

_COMMON = (
    "id",
    "number",
    "subject",
    "status",
    "source",
    "created_at",
    "rating_score",
    "rating_comment",
    "rated_at",
    "resolved_at",
    "merged_into_id",
    "merged_into__number",
    "category_id",
    "category__name_ru",
    "category__name_en",
    *person_columns("customer"),
    *person_columns("assignee"),
)
_STAFF = (
    *_COMMON,
    "sequence",
    "updated_at",
    "priority",
    "tags",
    "unreachable",
    "snoozed_until",
    "team_id",
    "team__name",
    "last_public_message__author_role",
    "last_public_message__created_at",
)
_CUSTOMER = (*_COMMON, "public_sequence", "public_updated_at")


def _last_message_columns(relation: str) -> tuple[str, ...]:
    names = ("id", "kind", "text", "internal", "created_at", "deleted_at")
    return (*(f"{relation}__{name}" for name in names), *person_columns(f"{relation}__author"))


def _columns(audience: Audience) -> tuple[str, ...]:
    if audience is Audience.STAFF:
        return (*_STAFF, *_last_message_columns("last_message"))
    return (*_CUSTOMER, *_last_message_columns("last_public_message"))


def represent_tickets(tickets: "QuerySet[Ticket]", audience: Audience) -> list[dict[str, Any]]:
    """The tickets in the query's order, in one query."""
    taken_in = Ticket.objects.filter(merged_into=OuterRef("pk")).order_by("number")
    tickets = tickets.annotate(taken_in=ArraySubquery(taken_in.values(picture=JSONObject(id="id", number="number"))))
    return [_build_ticket(row, audience) for row in tickets.values("taken_in", *_columns(audience))]


def represent_ticket(ticket_id: UUID, audience: Audience) -> dict[str, Any]:
    """Raises NotFound: it may have gone since the caller looked."""
    found = represent_tickets(Ticket.objects.filter(pk=ticket_id), audience)
    if not found:
        raise NotFound
    return found[0]


def represent_tickets_for(actor: Actor, tickets: "QuerySet[Ticket]") -> list[dict[str, Any]]:
    """As REST answers: with what depends on the viewer, `unread` and `read_sequence`."""
    pictures = represent_tickets(tickets, Audience.of(actor))
    readings = list_readings(actor, [picture["id"] for picture in pictures])
    for picture in pictures:
        reading = readings.get(picture["id"], Reading(0, 0))
        picture["unread"] = reading.unread
        picture["read_sequence"] = reading.read_sequence
    return pictures


def represent_ticket_for(actor: Actor, ticket_id: UUID) -> dict[str, Any]:
    return represent_tickets_for(actor, Ticket.objects.filter(pk=ticket_id))[0]


def _build_ticket(row: Mapping[str, Any], audience: Audience) -> dict[str, Any]:
    picture = {
        "id": row["id"],
        "number": row["number"],
        "subject": row["subject"],
        "status": row["status"],
        "category": _build_category(row),
        "customer": person_from(row, "customer"),
        "assignee": person_from(row, "assignee"),
        "source": row["source"],
        "rating": _build_rating(row),
        "merged_into": _build_link(row["merged_into_id"], row["merged_into__number"]),
        "merged_from": [_build_link(UUID(one["id"]), one["number"]) for one in row["taken_in"]],
        "created_at": row["created_at"],
    }
    if audience is Audience.CUSTOMER:
        return picture | {
            "sequence": row["public_sequence"],
            "updated_at": row["public_updated_at"],
            "last_message": _build_last_message(row, "last_public_message"),
        }
    return picture | {
        "sequence": row["sequence"],
        "updated_at": row["updated_at"],
        "last_message": _build_last_message(row, "last_message"),
        "priority": row["priority"],
        "tags": row["tags"],
        "unreachable": row["unreachable"],
        "snoozed_until": row["snoozed_until"],
        "waiting_since": _waiting_since(row),
        "team": {"id": row["team_id"], "name": row["team__name"]} if row["team_id"] else None,
        "sla": None,
    }


def _waiting_since(row: Mapping[str, Any]) -> datetime | None:
    """When the customer wrote last, where they wait for an answer (as `selectors.inbox.waiting_for_an_answer`)."""
    waits = row["status"] in WAITING_STATUSES and row["last_public_message__author_role"] == AuthorRole.CUSTOMER
    return row["last_public_message__created_at"] if waits else None


def _build_rating(row: Mapping[str, Any]) -> dict[str, Any] | None:
    if row["rating_score"] is None:
        return None
    is_anew = is_resolved_anew(row["resolved_at"], row["rated_at"])
    return {
        "score": row["rating_score"],
        "comment": row["rating_comment"],
        "rated_at": row["rated_at"],
        "changeable_until": None if is_anew else row["rated_at"] + RATING_CHANGEABLE,
    }


def _build_link(ticket_id: UUID | None, number: int) -> dict[str, Any] | None:
    return {"id": ticket_id, "number": number} if ticket_id is not None else None


def _build_category(row: Mapping[str, Any]) -> dict[str, Any] | None:
    if row["category_id"] is None:
        return None
    return {"id": row["category_id"], "names": {"ru": row["category__name_ru"], "en": row["category__name_en"]}}


def _build_last_message(row: Mapping[str, Any], relation: str) -> dict[str, Any] | None:
    """As in its conversation, nobody sees the words of one that is deleted."""
    if row[f"{relation}__id"] is None:
        return None
    deleted_at = row[f"{relation}__deleted_at"]
    return {
        "id": row[f"{relation}__id"],
        "author": person_from(row, f"{relation}__author"),
        "kind": row[f"{relation}__kind"],
        "text": row[f"{relation}__text"][:PREVIEW_LENGTH] if deleted_at is None else "",
        "internal": row[f"{relation}__internal"],
        "created_at": row[f"{relation}__created_at"],
        "deleted_at": deleted_at,
    }
