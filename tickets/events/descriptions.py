"""Sentences for facts, made when they are read, in the reader's language. Facts are stored, sentences never."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import Team, User
from tickets.models import (
    Category,
    EventType,
    MessageDeliveryState,
    Priority,
    TicketEvent,
    TicketStatus,
    explain_delivery,
)

Names = Mapping[str, str]  # what an id in a payload is called


def describe_events(events: Iterable[TicketEvent]) -> list[tuple[TicketEvent, str]]:
    """Each event with its sentence, in three queries for all of them."""
    events = list(events)
    names = _names_in(events)
    return [(event, _SENTENCES[EventType(event.type)](event.payload, names)) for event in events]


def _names_in(events: list[TicketEvent]) -> Names:
    ids = {value for event in events for value in event.payload.values() if isinstance(value, str) and len(value) == 36}
    names = {str(user.pk): user.name for user in User.objects.filter(pk__in=ids)}
    names |= {str(category.pk): category.name for category in Category.objects.filter(pk__in=ids)}
    names |= {str(team.pk): team.name for team in Team.objects.filter(pk__in=ids)}
    return names


def _name(names: Names, value: str | None) -> str:
    return names.get(value or "", "—")


def _category_changed(payload: dict[str, Any], names: Names) -> str:
    old, new = _name(names, payload["old"]), _name(names, payload["new"])
    sentence = _("Category changed from %(old)s to %(new)s") % {"old": old, "new": new}
    if payload["old_team"] == payload["new_team"]:
        return sentence
    return sentence + "; " + _("team: %(team)s") % {"team": _name(names, payload["new_team"])}


def _edited(payload: dict[str, Any], names: Names) -> str:
    if payload.get("moved"):
        return _("The live location moved")
    return _("File replaced") if payload.get("file") else _("Message edited")


def _delivery_changed(payload: dict[str, Any], names: Names) -> str:
    sentence = _("Delivery: %(state)s") % {"state": MessageDeliveryState(payload["new"]).label}
    if payload["reason"]:
        sentence += " (" + explain_delivery(payload["reason"]) + ")"
    return sentence + (", " + _("possibly doubled") if payload["ambiguous"] else "")


def _reachability_changed(payload: dict[str, Any], names: Names) -> str:
    return explain_delivery(payload["new"]) if payload["new"] else _("The customer can be reached again")


def _snoozed(payload: dict[str, Any], names: Names) -> str:
    if payload["new"] is None:
        return _("Taken up again")
    until = localtime(datetime.fromisoformat(payload["new"]))
    return _("Put aside until %(time)s") % {"time": date_format(until, "SHORT_DATETIME_FORMAT")}


def _merged(payload: dict[str, Any], names: Names) -> str:
    sentence = _("Merged into #%(number)s") if payload["direction"] == "into" else _("#%(number)s was merged into this")
    return sentence % {"number": payload["number"]}


_SENTENCES: dict[EventType, Callable[[dict[str, Any], Names], str]] = {
    EventType.TICKET_CREATED: lambda p, n: _("Ticket opened: %(subject)s") % {"subject": p["subject"]},
    EventType.TICKET_ASSIGNED: lambda p, n: _("Assigned to %(agent)s") % {"agent": _name(n, p["new"])},
    EventType.TICKET_UNASSIGNED: lambda p, n: _("Taken from %(agent)s") % {"agent": _name(n, p["old"])},
    EventType.TICKET_STATUS_CHANGED: lambda p, n: (
        _("Status changed from “%(old)s” to “%(new)s”")
        % {"old": TicketStatus(p["old"]).label, "new": TicketStatus(p["new"]).label}
    ),
    EventType.TICKET_PRIORITY_CHANGED: lambda p, n: (
        _("Priority changed from “%(old)s” to “%(new)s”")
        % {"old": Priority(p["old"]).label, "new": Priority(p["new"]).label}
    ),
    EventType.TICKET_CATEGORY_CHANGED: _category_changed,
    EventType.TICKET_TAGGED: lambda p, n: _("Tag “%(tag)s” added") % p,
    EventType.TICKET_UNTAGGED: lambda p, n: _("Tag “%(tag)s” removed") % p,
    EventType.TICKET_SUBJECT_CHANGED: lambda p, n: _("Subject changed from “%(old)s” to “%(new)s”") % p,
    EventType.TICKET_RATED: lambda p, n: _("Rated %(score)s of 5") % {"score": p["new"]},
    EventType.TICKET_REACHABILITY_CHANGED: _reachability_changed,
    EventType.TICKET_SNOOZED: _snoozed,
    EventType.TICKET_MERGED: _merged,
    EventType.MESSAGE_SENT: lambda p, n: _("Message"),
    EventType.MESSAGE_EDITED: _edited,
    EventType.MESSAGE_DELETED: lambda p, n: _("Message removed"),
    EventType.MESSAGE_REACTED: lambda p, n: (
        _("Reaction: %(sign)s") % {"sign": p["new"]} if p["new"] else _("Reaction taken back")
    ),
    EventType.NOTE_ADDED: lambda p, n: _("Internal note"),
    EventType.ATTACHMENT_ADDED: lambda p, n: _("File added"),
    EventType.ATTACHMENT_STORED: lambda p, n: {
        "ready": _("File fetched"),
        "pending": _("File asked for again"),
    }.get(p["state"], _("File not fetched")),
    EventType.MESSAGE_DELIVERY_CHANGED: _delivery_changed,
    EventType.MESSAGE_RETRIED: lambda p, n: _("Sent again by hand"),
    EventType.PERSONAL_DATA_ERASED: lambda p, n: _("Personal data erased"),
}
