from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.reading import admin_actor
from accounts.errors import InvalidInput
from accounts.text_cleaning import clean_line
from tickets.models import Category
from tickets.services.categories import CategoryValues, change_category, create_category, remove_category

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Category]
    _Form = forms.ModelForm[Category]
else:  # generic for type checkers only
    _Admin, _Form = admin.ModelAdmin, forms.ModelForm


class CategoryForm(_Form):
    """Asks the service's own cleaning beforehand, so that what it would refuse is said beside the field."""

    class Meta:
        model = Category
        fields = ("name_ru", "name_en", "team", "position", "is_active")

    def clean_name_ru(self) -> str:
        return self._clean_name("name_ru")

    def clean_name_en(self) -> str:
        return self._clean_name("name_en")

    def _clean_name(self, field: str) -> str:
        try:
            return clean_line(self.cleaned_data[field], field=field, limit=60)
        except InvalidInput as error:
            raise forms.ValidationError(str(error)) from error


@admin.register(Category)
class CategoryAdmin(_Admin):
    form = CategoryForm
    list_display = ("name_ru", "name_en", "team", "position", "is_active", "used")
    list_filter = ("is_active", "team")
    list_select_related = ("team",)
    search_fields = ("name_ru", "name_en")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Category]":
        return super().get_queryset(request).annotate(ticket_count=Count("tickets"))

    @admin.display(description=_("tickets"), ordering="ticket_count")
    def used(self, category: Any) -> int:
        return int(category.ticket_count)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What tickets have is switched off, not deleted."""
        unused = obj is None or not obj.tickets.exists()
        return unused and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:
        values = CategoryValues(
            name_ru=obj.name_ru,
            name_en=obj.name_en,
            others={"team_id": obj.team_id, "position": obj.position, "is_active": obj.is_active},
        )
        if change:
            change_category(actor=admin_actor(request), category_id=obj.pk, values=values)
        else:
            obj.pk = create_category(actor=admin_actor(request), values=values).pk

    def delete_model(self, request: HttpRequest, obj: Category) -> None:
        remove_category(actor=admin_actor(request), category_id=obj.pk)

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Category]") -> None:
        for category in queryset:
            self.delete_model(request, category)
