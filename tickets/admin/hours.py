from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin.reading import admin_actor
from accounts.errors import InvalidInput
from tickets.models import SpecialDay, WorkingTime
from tickets.services.hours import check_span, remove_hours, save_special_day, save_working_time

if TYPE_CHECKING:
    _WeekAdmin = admin.ModelAdmin[WorkingTime]
    _DaysAdmin = admin.ModelAdmin[SpecialDay]
    _Form = forms.ModelForm[Any]
else:  # generic for type checkers only
    _WeekAdmin = _DaysAdmin = admin.ModelAdmin
    _Form = forms.ModelForm


class SpanForm(_Form):
    """Says beside the field what the service would refuse."""

    def clean(self) -> dict[str, Any]:
        super().clean()
        values: dict[str, Any] = self.cleaned_data
        if not {"opens", "closes"} & set(self.errors):
            try:
                check_span(values.get("opens"), values.get("closes"))
            except InvalidInput as error:
                self.add_error("closes", str(error))
        return values

    def _get_validation_exclusions(self) -> set[str]:
        """The constraint of the table says the same in worse words."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded | {"opens", "closes"} if "closes" in self.errors else excluded


class HoursAdmin:
    """What both pages share: deleting goes through the service."""

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        remove_hours(actor=admin_actor(request), row=obj)

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> None:
        for row in queryset:
            self.delete_model(request, row)


@admin.register(WorkingTime)
class WorkingTimeAdmin(HoursAdmin, _WeekAdmin):
    form = SpanForm
    list_display = ("weekday", "opens", "closes")
    list_filter = ("weekday",)

    def save_model(self, request: HttpRequest, obj: WorkingTime, form: Any, change: bool) -> None:
        save_working_time(actor=admin_actor(request), row=obj)


@admin.register(SpecialDay)
class SpecialDayAdmin(HoursAdmin, _DaysAdmin):
    form = SpanForm
    list_display = ("date", "name", "opens", "closes")
    date_hierarchy = "date"
    search_fields = ("name",)

    def save_model(self, request: HttpRequest, obj: SpecialDay, form: Any, change: bool) -> None:
        save_special_day(actor=admin_actor(request), row=obj)
