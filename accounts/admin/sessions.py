from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.reading import ReadOnlyAdmin, admin_actor
from accounts.models import RefreshSession
from accounts.permissions import Capability, can
from accounts.services.signing_out import sign_out


@admin.register(RefreshSession)
class SessionAdmin(ReadOnlyAdmin):
    """Who is signed in to the Mini App; an administrator can end it."""

    list_display = ("user", "created_at", "used_at", "expires_at", "revoked_at")
    list_filter = ("revoked_at",)
    list_select_related = ("user",)
    search_fields = ("user__first_name", "user__last_name", "=user__telegram_id")
    fields = ("user", "created_at", "used_at", "rotations", "expires_at", "revoked_at")
    actions = ("end",)

    def has_manage_permission(self, request: HttpRequest) -> bool:
        return can(admin_actor(request), Capability.MANAGE_PEOPLE)

    @admin.action(description=_("End these sign-ins now"), permissions=["manage"])
    def end(self, request: HttpRequest, queryset: "QuerySet[RefreshSession]") -> None:
        for session in queryset:
            sign_out(user_id=session.user_id, family=session.pk)
        self.message_user(request, _("The chosen sign-ins have ended."), messages.SUCCESS)
