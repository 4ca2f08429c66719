"""What can be done on a ticket's page: a form for each, which calls one service."""

from typing import ClassVar
from uuid import UUID, uuid4

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.admin.acting import attempt_form
from accounts.models import Availability, User
from tickets.models import Priority, Ticket, TicketStatus
from tickets.permissions import STAFF_TRANSITIONS, people_who_can_have
from tickets.selectors.categories import list_categories
from tickets.selectors.inbox import list_active_of_customer
from tickets.services.assignment import assign_ticket
from tickets.services.conversation import add_note, post_reply
from tickets.services.delivery import retry_message
from tickets.services.drafts import SUBJECT_LIMIT, TEXT_LIMIT, MessageDraft
from tickets.services.labelling import KEEP, TAG_LIMIT, TAGS_LIMIT, TicketChanges, update_ticket
from tickets.services.merging import merge_ticket
from tickets.services.snoozing import snooze_ticket
from tickets.services.workflow import change_status


class TicketForm(forms.Form):
    """`expected_sequence`: the ticket as the person saw it, so that nobody overwrites what they have not seen."""

    name: ClassVar[str]
    done: ClassVar[str | Promise] = _("Saved.")
    expected_sequence = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, ticket: Ticket, data: QueryDict | None = None) -> None:
        self.ticket = ticket
        super().__init__(data, auto_id=f"{self.name}-%s", label_suffix="")
        self.initial["expected_sequence"] = ticket.sequence

    def carry_out(self, actor: Actor) -> None:
        raise NotImplementedError

    def submit(self, actor: Actor) -> bool:
        """Do what the form says; False where it cannot be done, and then the form says why."""
        return self.is_valid() and attempt_form(self, lambda: self.carry_out(actor))

    def look_again(self) -> None:
        """Offer the form once more as it was filled in. The person sees the ticket as it is now: that is agreed to."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["expected_sequence"] = str(self.ticket.sequence)
        self.data = data

    @property
    def seen(self) -> int:
        return int(self.cleaned_data["expected_sequence"])


class AssigneeForm(TicketForm):
    name = "assign"
    assignee = forms.TypedChoiceField(label=_("Agent"), required=False, coerce=UUID, empty_value=None)

    def __init__(self, ticket: Ticket, data: QueryDict | None = None) -> None:
        super().__init__(ticket, data)
        agents = {agent.pk: agent for agent in people_who_can_have(ticket)}
        if ticket.assignee is not None:  # perhaps of another team by now
            agents.setdefault(ticket.assignee.pk, ticket.assignee)
        choices = [(str(pk), _name_of(agent)) for pk, agent in agents.items()]
        self.fields["assignee"].choices = [("", _("Nobody")), *choices]  # type: ignore[attr-defined]
        self.initial["assignee"] = str(ticket.assignee_id or "")

    def carry_out(self, actor: Actor) -> None:
        assignee = self.cleaned_data["assignee"]
        assign_ticket(actor=actor, ticket=self.ticket.pk, assignee_id=assignee, expected_sequence=self.seen)


class StatusForm(TicketForm):
    name = "status"
    status = forms.ChoiceField(label=_("Status"))

    def __init__(self, ticket: Ticket, data: QueryDict | None = None) -> None:
        super().__init__(ticket, data)
        allowed = {TicketStatus(ticket.status), *STAFF_TRANSITIONS[ticket.status]}
        choices = [(status.value, status.label) for status in TicketStatus if status in allowed]
        self.fields["status"].choices = choices  # type: ignore[attr-defined]
        self.initial["status"] = ticket.status

    def carry_out(self, actor: Actor) -> None:
        status = TicketStatus(self.cleaned_data["status"])
        change_status(actor=actor, ticket=self.ticket.pk, status=status, expected_sequence=self.seen)


class SnoozeForm(TicketForm):
    name = "snooze"
    until = forms.DateTimeField(
        label=_("Put aside until"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Empty: it is in the queue. A message of the customer brings it back at once."),
    )

    def __init__(self, ticket: Ticket, data: QueryDict | None = None) -> None:
        super().__init__(ticket, data)
        self.initial["until"] = ticket.snoozed_until

    def carry_out(self, actor: Actor) -> None:
        snooze_ticket(actor=actor, ticket=self.ticket.pk, until=self.cleaned_data["until"], expected_sequence=self.seen)


class MergeForm(TicketForm):
    name = "merge"
    done = _("Merged. The conversation goes on in the other ticket.")
    into = forms.TypedChoiceField(
        label=_("Merge into"),
        coerce=UUID,
        help_text=_("This ticket is closed for good; its messages stay here to be read."),
    )

    def __init__(self, ticket: Ticket, data: QueryDict | None = None) -> None:
        super().__init__(ticket, data)
        others = list_active_of_customer(ticket.customer_id).exclude(pk=ticket.pk)
        self.fields["into"].choices = [(str(other.pk), str(other)) for other in others]  # type: ignore[attr-defined]

    def carry_out(self, actor: Actor) -> None:
        into = self.cleaned_data["into"]
        merge_ticket(actor=actor, ticket=self.ticket.pk, into=into, expected_sequence=self.seen)


class LabelsForm(TicketForm):
    """The fields carry what they showed, so that only what the person changed is changed."""

    name = "labels"
    subject = forms.CharField(label=_("Subject"), max_length=SUBJECT_LIMIT, show_hidden_initial=True)
    priority = forms.ChoiceField(label=_("Priority"), choices=Priority.choices, show_hidden_initial=True)
    category = forms.TypedChoiceField(
        label=_("Category"), required=False, coerce=UUID, empty_value=None, show_hidden_initial=True
    )
    tags = forms.CharField(
        label=_("Tags"),
        required=False,
        max_length=(TAG_LIMIT + 2) * TAGS_LIMIT,
        help_text=_("With commas between them."),
        show_hidden_initial=True,
    )

    def __init__(self, ticket: Ticket, data: QueryDict | None = None) -> None:
        super().__init__(ticket, data)
        categories = [(str(category.pk), category.name) for category in list_categories(with_inactive=True)]
        self.fields["category"].choices = [("", "—"), *categories]  # type: ignore[attr-defined]
        self.initial.update(
            subject=ticket.subject,
            priority=ticket.priority,
            category=str(ticket.category_id or ""),
            tags=", ".join(ticket.tags),
        )

    def carry_out(self, actor: Actor) -> None:
        values, changed = self.cleaned_data, set(self.changed_data)
        changes = TicketChanges(
            subject=values["subject"] if "subject" in changed else KEEP,
            priority=Priority(values["priority"]) if "priority" in changed else KEEP,
            category_id=values["category"] if "category" in changed else KEEP,
            tags=[tag for tag in values["tags"].split(",") if tag.strip()] if "tags" in changed else KEEP,
        )
        update_ticket(actor=actor, ticket=self.ticket.pk, changes=changes, expected_sequence=self.seen)


class MessageForm(TicketForm):
    """`key` is made with the page: a second click on the button sends nothing twice."""

    name = "message"
    done = _("Written.")
    key = forms.UUIDField(widget=forms.HiddenInput)
    # the service counts its length: a form would count each line's end twice
    text = forms.CharField(
        label=_("Message"),
        widget=forms.Textarea(
            attrs={"rows": 4, "maxlength": TEXT_LIMIT, "placeholder": _("An answer, or a note for colleagues")}
        ),
    )
    send = forms.ChoiceField(choices=[(name, name) for name in ("reply", "pending", "resolved", "note")])

    def __init__(self, ticket: Ticket, data: QueryDict | None = None) -> None:
        super().__init__(ticket, data)
        self.initial["key"] = uuid4()

    def carry_out(self, actor: Actor) -> None:
        send = self.cleaned_data["send"]
        draft = MessageDraft(
            id=self.cleaned_data["key"],
            text=self.cleaned_data["text"],
            expected_sequence=self.seen,
            then=TicketStatus(send) if send in ("pending", "resolved") else None,
        )
        write = add_note if send == "note" else post_reply
        write(actor=actor, ticket=self.ticket.pk, draft=draft)


class RetryForm(TicketForm):
    """Tries again what of a message did not arrive, in either direction: a button at the message."""

    name = "retry"
    done = _("It is being tried again.")
    message = forms.UUIDField(widget=forms.HiddenInput)

    def carry_out(self, actor: Actor) -> None:
        retry_message(actor=actor, message_id=self.cleaned_data["message"])


def _name_of(agent: User) -> str:
    if agent.availability == Availability.AVAILABLE:
        return agent.name
    return _("%(name)s (away)") % {"name": agent.name}


FORMS: dict[str, type[TicketForm]] = {
    form.name: form for form in (AssigneeForm, StatusForm, SnoozeForm, MergeForm, LabelsForm, MessageForm, RetryForm)
}
