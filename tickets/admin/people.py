"""What the desk adds to the people's pages: erasing a customer's data."""

from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from accounts.admin.acting import attempt
from accounts.admin.people import UserAdmin
from accounts.admin.reading import admin_actor
from accounts.models import User
from tickets.services.erasure import erase_customer, survey_customer

if TYPE_CHECKING:
    from django.db.models import QuerySet

_MOST_AT_ONCE = 20
admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(UserAdmin):
    actions = (*UserAdmin.actions, "erase")

    @admin.action(description=_("Erase personal data"), permissions=["manage"])
    def erase(self, request: HttpRequest, queryset: "QuerySet[User]") -> HttpResponse | None:
        """Shows first what would go; a button on that page does it."""
        actor, people = admin_actor(request), list(queryset[:_MOST_AT_ONCE])
        if "confirmed" in request.POST:
            for person in people:
                name = person.name
                if attempt(request, lambda pk=person.pk: erase_customer(actor=actor, user_id=pk), about=name):  # type: ignore[misc]
                    messages.success(request, _("The personal data of %(name)s is erased.") % {"name": name})
            return None
        found = []
        for person in people:
            attempt(
                request,
                lambda person=person: found.append((person, survey_customer(actor=actor, user_id=person.pk))),  # type: ignore[misc]
                about=person.name,
            )
        context = {**admin.site.each_context(request), "title": _("Erase personal data"), "found": found}
        return TemplateResponse(request, "admin/accounts/user/erase.html", context) if found else None
