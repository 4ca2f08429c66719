"""What a manager can do with a ticket in the admin; each form is one service."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tickets.models import Category, Priority, Ticket, TicketStatus
from tickets.permissions import STAFF_TRANSITIONS, people_who_can_see
from tickets.services.drafts import SUBJECT_LIMIT, TEXT_LIMIT

if TYPE_CHECKING:
    _Choice = forms.ModelChoiceField[User]
    _CategoryChoice = forms.ModelChoiceField[Category]
else:
    _Choice = _CategoryChoice = forms.ModelChoiceField


class WriteForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Text"), max_length=TEXT_LIMIT, widget=forms.Textarea(attrs={"rows": 4}), strip=False
    )
    internal = forms.BooleanField(label=_("Internal note: only staff see it"), required=False)


class AssignForm(forms.Form):
    assignee = _Choice(label=_("Agent"), queryset=User.objects.none(), required=False, empty_label=_("Nobody"))
    expected_sequence = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, ticket: Ticket, **options: Any) -> None:
        super().__init__(*args, **options)
        people = people_who_can_see(ticket).exclude(role="customer").order_by("first_name", "last_name")
        self.fields["assignee"].queryset = people  # type: ignore[attr-defined]


class StatusForm(forms.Form):
    status = forms.ChoiceField(label=_("Status"))
    expected_sequence = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, ticket: Ticket, **options: Any) -> None:
        super().__init__(*args, **options)
        possible = {ticket.status, *STAFF_TRANSITIONS[ticket.status]}
        self.fields["status"].choices = [  # type: ignore[attr-defined]
            (status.value, status.label) for status in TicketStatus if status in possible
        ]


class LabelsForm(forms.Form):
    subject = forms.CharField(label=_("Subject"), max_length=SUBJECT_LIMIT)
    category = _CategoryChoice(label=_("Category"), queryset=Category.objects.all(), required=False)
    priority = forms.ChoiceField(label=_("Priority"), choices=Priority.choices)
    tags = forms.CharField(label=_("Tags"), max_length=500, required=False, help_text=_("Separated by commas."))
    expected_sequence = forms.IntegerField(widget=forms.HiddenInput)

    def tag_list(self) -> list[str]:
        return [tag.strip() for tag in self.cleaned_data["tags"].split(",") if tag.strip()]
