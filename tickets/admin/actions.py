"""The changes that the ticket's page in the admin offers: a form in, a service called, words back."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import InvalidInput
from tickets.admin.forms import AssignForm, LabelsForm, StatusForm, WriteForm
from tickets.models import Priority, Ticket, TicketStatus
from tickets.services.assignment import assign_ticket
from tickets.services.conversation import add_note, post_reply
from tickets.services.drafts import MessageDraft
from tickets.services.labelling import TicketChanges, update_ticket
from tickets.services.workflow import change_status


def build_forms(ticket: Ticket) -> dict[str, forms.Form]:
    """The page's forms, filled with what the ticket is now."""
    seen = {"expected_sequence": ticket.sequence}
    labels = {
        "subject": ticket.subject,
        "category": ticket.category_id,
        "priority": ticket.priority,
        "tags": ", ".join(ticket.tags),
    }
    return {
        "write": WriteForm(initial={"key": uuid4()}),
        "assign": AssignForm(ticket=ticket, initial={"assignee": ticket.assignee_id, **seen}),
        "status": StatusForm(ticket=ticket, initial={"status": ticket.status, **seen}),
        "labels": LabelsForm(initial={**labels, **seen}),
    }


def run_action(actor: Actor, ticket: Ticket, name: str, data: QueryDict) -> str:
    """Do what a form asks for; the sentence to show. Raises HelpDeskError."""
    return _ACTIONS[name](actor, ticket, data)


def is_action(name: str) -> bool:
    return name in _ACTIONS


def _write(actor: Actor, ticket: Ticket, data: QueryDict) -> str:
    values = _clean(WriteForm(data))
    draft = MessageDraft(id=values["key"], text=values["text"])
    (add_note if values["internal"] else post_reply)(actor=actor, ticket=ticket.pk, draft=draft)
    return _("The note is added.") if values["internal"] else _("The answer is sent.")


def _assign(actor: Actor, ticket: Ticket, data: QueryDict) -> str:
    values = _clean(AssignForm(data, ticket=ticket))
    agent = values["assignee"]
    assign_ticket(
        actor=actor,
        ticket=ticket.pk,
        assignee_id=agent.pk if agent else None,
        expected_sequence=values["expected_sequence"],
    )
    return _("The ticket is assigned to %(agent)s.") % {"agent": agent.name} if agent else _("Nobody has it now.")


def _status(actor: Actor, ticket: Ticket, data: QueryDict) -> str:
    values = _clean(StatusForm(data, ticket=ticket))
    status = TicketStatus(values["status"])
    change_status(actor=actor, ticket=ticket.pk, status=status, expected_sequence=values["expected_sequence"])
    return _("The status is now: %(status)s.") % {"status": status.label}


def _labels(actor: Actor, ticket: Ticket, data: QueryDict) -> str:
    form = LabelsForm(data)
    values = _clean(form)
    changes = TicketChanges(
        subject=values["subject"],
        category_id=values["category"].pk if values["category"] else None,
        priority=Priority(values["priority"]),
        tags=form.tag_list(),
    )
    update_ticket(actor=actor, ticket=ticket.pk, changes=changes, expected_sequence=values["expected_sequence"])
    return _("The ticket is changed.")


def _clean(form: forms.Form) -> dict[str, Any]:
    if not form.is_valid():
        raise InvalidInput(fields={name: [str(text) for text in errors] for name, errors in form.errors.items()})
    return form.cleaned_data


_ACTIONS: dict[str, Callable[[Actor, Ticket, QueryDict], str]] = {
    "write": _write,
    "assign": _assign,
    "status": _status,
    "labels": _labels,
}
