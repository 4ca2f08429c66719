from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.reading import admin_actor
from accounts.errors import InvalidInput
from accounts.models import Team, User
from accounts.permissions import Capability, can
from accounts.services.teams import remove_team, save_team
from accounts.text_cleaning import clean_line

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Team]
    _Form = forms.ModelForm[Team]
else:
    _Admin = admin.ModelAdmin
    _Form = forms.ModelForm


class TeamForm(_Form):
    def clean_name(self) -> str:
        """As the service stores it, so that two names which only look different are found out here."""
        try:
            return clean_line(self.cleaned_data["name"], field="name", limit=80)
        except InvalidInput as error:
            raise ValidationError(str(error)) from error


@admin.register(Team)
class TeamAdmin(_Admin):
    list_display = ("name", "assigns_automatically", "size")
    search_fields = ("name",)
    form = TeamForm
    fields = ("name", "assigns_automatically")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        return super().get_queryset(request).annotate(size=Count("members"))

    @admin.display(description=_("people"), ordering="size")
    def size(self, team: Any) -> int:
        return int(team.size)

    def _may(self, request: HttpRequest) -> bool:
        return isinstance(request.user, User) and can(admin_actor(request), Capability.MANAGE_PEOPLE)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def save_model(self, request: HttpRequest, obj: Team, form: "forms.ModelForm[Any]", change: bool) -> None:
        values = form.cleaned_data
        save_team(
            actor=admin_actor(request),
            team_id=obj.pk,
            name=values["name"],
            assigns_automatically=values["assigns_automatically"],
        )

    def delete_model(self, request: HttpRequest, obj: Team) -> None:
        remove_team(actor=admin_actor(request), team_id=obj.pk)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Team]) -> None:
        for team in queryset:
            self.delete_model(request, team)
