"""A ticket's page: its conversation, what happened to it, and the forms that change it."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.admin.reading import admin_actor
from tickets.admin.badges import describe_source, priority_badge, status_badge
from tickets.admin.rich_text import render_rich_text
from tickets.admin.ticket_forms import FORMS, TicketForm
from tickets.events.descriptions import describe_events
from tickets.file_types import INLINE_TYPES
from tickets.models import AttachmentFailure, EventType, MessageDeliveryState, MessageKind, Ticket, explain_delivery
from tickets.representations.contents import describe_content
from tickets.representations.messages import represent_versions, represent_window
from tickets.selectors.conversation import Window, has_messages_beyond, list_revisions_of
from tickets.selectors.timeline import list_events

_PAGE = 60  # messages
_SIDES = {"customer": _lazy("Customer"), "staff": _lazy("Support")}
_EVENTS_SHOWN = 40
_RETRIED = (MessageDeliveryState.FAILED, MessageDeliveryState.BLOCKED)
# The conversation itself shows them
_SEEN_ANYHOW = (
    EventType.MESSAGE_SENT,
    EventType.NOTE_ADDED,
    EventType.ATTACHMENT_ADDED,
    EventType.ATTACHMENT_STORED,
)


def answer_ticket_page(request: HttpRequest, ticket: Ticket, context: dict[str, Any]) -> HttpResponse:
    """Show the page, or do what one of its forms says and show it again."""
    filled: TicketForm | None = None
    if request.method == "POST":
        kind = FORMS.get(request.POST.get("form", ""))
        if kind is not None:
            filled = kind(ticket, request.POST)
            if filled.submit(admin_actor(request)):
                messages.success(request, str(filled.done))
                return HttpResponseRedirect(request.get_full_path())
            ticket.refresh_from_db()
    forms = {name: kind(ticket) for name, kind in FORMS.items()}
    if filled is not None:
        forms[filled.name] = filled
        filled.look_again()
    page = {
        **context,
        **_conversation(request, ticket),
        "title": str(ticket),
        "ticket": ticket,
        "status_badge": status_badge(ticket),
        "priority_badge": priority_badge(ticket),
        "source_label": describe_source(ticket.source),
        "unreachable": explain_delivery(ticket.unreachable),
        "forms": forms,
        "merged_from": ticket.merged_from.order_by("number"),
        "timeline": describe_events(list_events(ticket, but=_SEEN_ANYHOW)[:_EVENTS_SHOWN]),
        "mini_app_url": f"{settings.PUBLIC_URL}/app/tickets/{ticket.number}" if settings.PUBLIC_URL else "",
    }
    return TemplateResponse(request, "admin/tickets/ticket/page.html", page)


def _conversation(request: HttpRequest, ticket: Ticket) -> dict[str, Any]:
    """The last messages, or those before a sequence (`?before=`)."""
    actor, before = admin_actor(request), request.GET.get("before", "")
    is_position = before.isascii() and before.isdigit() and len(before) <= 15
    window = Window(before=int(before) if is_position else None, limit=_PAGE)
    pictures, _sequence = represent_window(actor, ticket, window)
    edited = [picture["id"] for picture in pictures if picture["edited_at"] and not picture["deleted_at"]]
    versions = represent_versions(list_revisions_of(ticket, edited))
    known = {picture["id"]: picture for picture in pictures}
    bubbles = [
        _bubble(picture, ticket)
        | {
            "versions": [_version(one) for one in versions.get(picture["id"], [])],
            "answered": _answered(known.get(picture["reply_to"])),
        }
        for picture in pictures
    ]
    has_earlier = bool(bubbles) and has_messages_beyond(actor, ticket, before=bubbles[0]["sequence"])
    return {
        "bubbles": bubbles,
        "earlier": bubbles[0]["sequence"] if has_earlier else None,
        "is_last_page": not is_position,
    }


def _bubble(picture: Mapping[str, Any], ticket: Ticket) -> dict[str, Any]:
    """A message with what a template cannot work out."""
    author, delivery = picture["author"], picture["delivery"]
    if picture["internal"]:
        side = "note"
    elif author is None:
        side = "desk"
    else:
        side = "customer" if author["id"] == ticket.customer_id else "agent"
    return {
        **picture,
        "attachments": [_file(file) for file in picture["attachments"]],
        "html": render_rich_text(picture["text"], picture["entities"]),
        "signs": [(one["emoji"], _SIDES[one["side"]]) for one in picture["reactions"]],
        "side": side,
        "description": describe_content(picture["kind"], picture["content"]),
        "kind_label": "" if picture["kind"] == MessageKind.TEXT else MessageKind(picture["kind"]).label,
        "elsewhere_kind": _elsewhere_kind(picture["content"]),
        "delivery_label": MessageDeliveryState(delivery["state"]).label if delivery else "",
        "delivery_reason": explain_delivery(delivery["reason"]) if delivery else "",
        "can_retry": _can_retry(picture) and not picture["deleted_at"],
    }


def _elsewhere_kind(content: Mapping[str, Any]) -> str:
    """Of a message in another chat that this one replies to: what it is, where it is not only text."""
    kind = content.get("external_reply", {}).get("kind", "")
    return str(MessageKind(kind).label) if kind in MessageKind.values else kind


def _can_retry(picture: Mapping[str, Any]) -> bool:
    delivery = picture["delivery"]
    failures = {file["reason"] for file in picture["attachments"]} - {"", AttachmentFailure.TOO_LARGE}
    return bool(failures) or (bool(delivery) and delivery["state"] in _RETRIED)


def _version(version: Mapping[str, Any]) -> dict[str, Any]:
    files = [_file(file) for file in version["attachments"]]
    return {**version, "html": render_rich_text(version["text"], version["entities"]), "attachments": files}


def _answered(picture: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Of the message that is answered, where it stands on the same page: who wrote it, and its words."""
    if picture is None or picture["deleted_at"]:
        return None
    author = picture["author"]["name"] if picture["author"] is not None else _("The desk")
    words = picture["text"] or describe_content(picture["kind"], picture["content"])
    return {"who": author, "words": words or MessageKind(picture["kind"]).label}


def _file(file: Mapping[str, Any]) -> dict[str, Any]:
    family = file["content_type"].partition("/")[0]
    minutes, seconds = divmod(file["duration"] or 0, 60)
    return {
        **file,
        "reason_label": AttachmentFailure(file["reason"]).label if file["reason"] else "",
        "player": family if family in ("audio", "video") and file["content_type"] in INLINE_TYPES else "",
        "length": f"{minutes}:{seconds:02}" if file["duration"] else "",
    }
