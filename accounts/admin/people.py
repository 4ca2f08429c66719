from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from accounts.admin.reading import ReadOnlyAdmin, admin_actor
from accounts.errors import InvalidInput
from accounts.models import Role, User
from accounts.permissions import Capability, can
from accounts.selectors.bans import list_bans
from accounts.services.one_time_links import invite
from accounts.services.people import Standing, change_standing, set_active
from accounts.services.signing_out import sign_out_everywhere

_MOST_INVITATIONS = 20  # messages on one page


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    """People come from Telegram or from `create_owner`; here one gives them a role and a team, or bans them."""

    list_display = ("name", "role", "team", "availability", "language", "telegram_id", "is_active", "last_seen_at")
    list_filter = ("role", "team", "availability", "is_active", "language")
    list_select_related = ("team",)
    search_fields = ("first_name", "last_name", "username", "login", "=telegram_id", "phone")
    actions: tuple[str, ...] = ("invite", "sign_out")
    fieldsets = (
        (None, {"fields": ("name", "username", "telegram_id", "phone", "login", "language")}),
        (_("At the desk"), {"fields": ("role", "team", "availability")}),
        (
            _("Access"),
            {
                "fields": ("is_active", "ban_reason", "banned_at", "bans"),
                "description": _("To let somebody in again, make them active; another reason is then kept as why."),
            },
        ),
        (_("Times"), {"fields": ("created_at", "last_seen_at", "last_login")}),
    )
    readonly_fields = (
        "name",
        "username",
        "telegram_id",
        "phone",
        "login",
        "language",
        "availability",
        "banned_at",
        "bans",
        "created_at",
        "last_seen_at",
        "last_login",
    )

    @admin.display(description=_("name"), ordering="first_name")
    def name(self, user: User) -> str:
        return user.name

    @admin.display(description=_("bans so far"))
    def bans(self, user: User) -> str:
        return render_to_string("admin/accounts/user/_bans.html", {"bans": list_bans(user.pk)})

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can(admin_actor(request), Capability.MANAGE_PEOPLE) if isinstance(request.user, User) else False

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """Nobody changes their own role, nor bans themselves."""
        own = obj is not None and obj.pk == request.user.pk
        return (*self.readonly_fields, "role", "is_active", "ban_reason") if own else self.readonly_fields

    def has_manage_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request)

    def save_model(self, request: HttpRequest, obj: Any, form: "forms.ModelForm[Any]", change: bool) -> None:
        actor, values = admin_actor(request), form.cleaned_data
        standing = Standing(
            role=Role(values["role"]) if "role" in form.changed_data else None,
            moves="team" in form.changed_data,
            team_id=values["team"].pk if values.get("team") else None,
        )
        change_standing(actor=actor, user_id=obj.pk, standing=standing)
        if {"is_active", "ban_reason"} & set(form.changed_data):
            # what stands there of the ban is no reason to end it
            is_kept = values["is_active"] and "ban_reason" not in form.changed_data
            reason = "" if is_kept else values.get("ban_reason", "")
            set_active(actor=actor, user_id=obj.pk, is_active=values["is_active"], reason=reason)

    @admin.action(description=_("Invite to choose a sign-in and a password"), permissions=["manage"])
    def invite(self, request: HttpRequest, queryset: "QuerySet[User]") -> None:
        """The links are shown once: only their hashes are stored."""
        for user in queryset[:_MOST_INVITATIONS]:
            try:
                link = invite(actor=admin_actor(request), user_id=user.pk)
            except InvalidInput as error:
                self.message_user(request, f"{user.name}: {error}", messages.ERROR)
            else:
                text = _("Give %(name)s this link. It works once, within three days: %(link)s")
                self.message_user(request, text % {"name": user.name, "link": link}, messages.SUCCESS)

    @admin.action(description=_("Sign out everywhere"), permissions=["manage"])
    def sign_out(self, request: HttpRequest, queryset: "QuerySet[User]") -> None:
        for user in queryset:
            sign_out_everywhere(user_id=user.pk)
        self.message_user(request, _("The chosen people are signed out everywhere."), messages.SUCCESS)
