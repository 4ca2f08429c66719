"""What the bot adds to the people's pages: whose Telegram account is whose."""

from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.acting import attempt
from accounts.admin.reading import admin_actor
from accounts.models import User
from telegram_bot.customer_chat.linking import make_chat_link, part_account
from tickets.admin.people import PersonAdmin

if TYPE_CHECKING:
    from django.db.models import QuerySet

_MOST_AT_ONCE = 20
admin.site.unregister(User)


@admin.register(User)
class TelegramPersonAdmin(PersonAdmin):
    actions = (*PersonAdmin.actions, "link_telegram", "unlink_telegram")

    @admin.action(description=_("Make a link to a Telegram account"), permissions=["view"])
    def link_telegram(self, request: HttpRequest, queryset: "QuerySet[User]") -> None:
        """For oneself, or by an administrator. The links are shown once: only their hashes are stored."""
        actor = admin_actor(request)
        for person in queryset[:_MOST_AT_ONCE]:
            links: list[str] = []
            if attempt(
                request,
                lambda pk=person.pk, links=links: links.append(make_chat_link(actor=actor, user_id=pk)),  # type: ignore[misc]
                about=person.name,
            ):
                text = _("Let %(name)s open this in Telegram. It works once, within 15 minutes: %(link)s")
                messages.success(request, text % {"name": person.name, "link": links[0]})

    @admin.action(description=_("Unlink the Telegram account"), permissions=["manage"])
    def unlink_telegram(self, request: HttpRequest, queryset: "QuerySet[User]") -> None:
        actor = admin_actor(request)
        for person in queryset[:_MOST_AT_ONCE]:
            if attempt(request, lambda pk=person.pk: part_account(actor=actor, user_id=pk), about=person.name):  # type: ignore[misc]
                text = _("%(name)s has no Telegram account now; whoever writes from it is a new person.")
                messages.success(request, text % {"name": person.name})
