import json

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.actors import Actor, Source
from accounts.admin.reading import ReadOnlyAdmin, age, ago
from telegram_bot.models import Update
from telegram_bot.outcomes.retrying import retry_update


@admin.register(Update)
class UpdateAdmin(ReadOnlyAdmin):
    list_display = ("id", "kind", "queue", "state", "outcome", "attempts", "received", "waited")
    list_filter = ("state", "kind", "outcome", "received_at")
    search_fields = ("=queue", "=update_id")
    ordering = ("-id",)
    actions = ("try_again",)
    fields = (
        "bot_id", "update_id", "kind", "queue", "state", "outcome", "attempts", "next_attempt_at", "received_at",
        "handled_at", "last_error", "content",
    )  # fmt: skip

    @admin.display(description=_("received"), ordering="received_at")
    def received(self, update: Update) -> str:
        return ago(update.received_at)

    @admin.display(description=_("waited"))
    def waited(self, update: Update) -> str:
        if update.handled_at is None:
            return age(update.received_at)
        return f"{(update.handled_at - update.received_at).total_seconds():.1f} s"

    @admin.display(description=_("as Telegram sent it"))
    def content(self, update: Update) -> str:
        text = bytes(update.raw).decode("utf-8", "replace")
        try:
            return _show_hidden(json.dumps(json.loads(text), indent=2, ensure_ascii=False))
        except ValueError:
            return text

    @admin.action(description=_("Handle again what was given up"))
    def try_again(self, request: HttpRequest, queryset: "QuerySet[Update]") -> None:
        actor = Actor.of(request.user, Source.ADMIN)  # type: ignore[arg-type]
        count = sum(retry_update(actor=actor, update_id=pk) for pk in queryset.values_list("pk", flat=True))
        text = ngettext("%(count)d update is handled again.", "%(count)d updates are handled again.", count)
        self.message_user(request, text % {"count": count}, messages.SUCCESS if count else messages.WARNING)


def _show_hidden(text: str) -> str:
    """Characters that a page cannot show, or that would make it read otherwise than it is, as JSON's escapes."""
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)
