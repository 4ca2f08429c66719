from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.reading import ReadOnlyAdmin, admin_actor
from accounts.models import Role, User
from accounts.permissions import Capability, can
from accounts.services.people import set_active, set_role, set_team


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    """People come from Telegram or from `create_owner`; here one gives them a role and a team, or bans them."""

    list_display = ("name", "role", "team", "availability", "language", "telegram_id", "is_active", "last_seen_at")
    list_filter = ("role", "team", "availability", "is_active", "language")
    list_select_related = ("team",)
    search_fields = ("first_name", "last_name", "username", "login", "=telegram_id")
    fieldsets = (
        (None, {"fields": ("name", "username", "telegram_id", "login", "language")}),
        (_("At the desk"), {"fields": ("role", "team", "is_active", "availability")}),
        (_("Times"), {"fields": ("created_at", "last_seen_at", "last_login")}),
    )
    readonly_fields = (
        "name",
        "username",
        "telegram_id",
        "login",
        "language",
        "availability",
        "created_at",
        "last_seen_at",
        "last_login",
    )

    @admin.display(description=_("name"), ordering="first_name")
    def name(self, user: User) -> str:
        return user.name

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can(admin_actor(request), Capability.MANAGE_PEOPLE) if isinstance(request.user, User) else False

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """Nobody changes their own role, nor bans themselves."""
        own = obj is not None and obj.pk == request.user.pk
        return (*self.readonly_fields, "role", "is_active") if own else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: Any, form: "forms.ModelForm[Any]", change: bool) -> None:
        actor, values = admin_actor(request), form.cleaned_data
        if "role" in form.changed_data:
            set_role(actor=actor, user_id=obj.pk, role=Role(values["role"]))
        if "team" in form.changed_data:
            set_team(actor=actor, user_id=obj.pk, team_id=values["team"].pk if values["team"] else None)
        if "is_active" in form.changed_data:
            set_active(actor=actor, user_id=obj.pk, is_active=values["is_active"])
