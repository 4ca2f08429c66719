from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.reading import admin_actor
from tickets.models import Category
from tickets.services.categories import CategoryValues, change_category, create_category, remove_category

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Category]
else:
    _Admin = admin.ModelAdmin


@admin.register(Category)
class CategoryAdmin(_Admin):
    list_display = ("name_ru", "name_en", "team", "position", "is_active", "used")
    list_filter = ("is_active", "team")
    list_select_related = ("team",)
    search_fields = ("name_ru", "name_en")
    fields = ("name_ru", "name_en", "team", "position", "is_active")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        return super().get_queryset(request).annotate(ticket_count=Count("tickets"))

    @admin.display(description=_("tickets"), ordering="ticket_count")
    def used(self, category: Any) -> int:
        return int(category.ticket_count)

    def save_model(self, request: HttpRequest, obj: Category, form: "forms.ModelForm[Any]", change: bool) -> None:
        values = CategoryValues(
            name_ru=obj.name_ru,
            name_en=obj.name_en,
            others={"team_id": obj.team_id, "position": obj.position, "is_active": obj.is_active},
        )
        if change:
            change_category(actor=admin_actor(request), category_id=obj.pk, values=values)
        else:
            obj.pk = create_category(actor=admin_actor(request), values=values).pk

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What tickets have is switched off, not deleted."""
        unused = obj is None or not obj.tickets.exists()
        return unused and super().has_delete_permission(request, obj)

    def delete_model(self, request: HttpRequest, obj: Category) -> None:
        remove_category(actor=admin_actor(request), category_id=obj.pk)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Category]) -> None:
        for category in queryset:
            self.delete_model(request, category)
