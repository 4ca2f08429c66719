from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.actors import Actor, Source
from accounts.admin.reading import ReadOnlyAdmin, age, ago
from telegram_bot.models import OutgoingCall
from telegram_bot.outcomes.retrying import retry_call


@admin.register(OutgoingCall)
class OutgoingCallAdmin(ReadOnlyAdmin):
    list_display = ("id", "method", "queue", "state", "error_code", "attempts", "ambiguous", "made", "took")
    list_filter = ("state", "method", "ambiguous", "error_code", "created_at")
    search_fields = ("=queue", "=message")
    ordering = ("-id",)
    actions = ("send_again",)
    fields = (
        "bot_id", "method", "params", "queue", "message", "state", "attempts", "ambiguous", "error_code", "error_text",
        "result", "created_at", "first_attempt_at", "next_attempt_at", "lease_until", "expires_at", "finished_at",
        "reported_at",
    )  # fmt: skip

    @admin.display(description=_("made"), ordering="created_at")
    def made(self, call: OutgoingCall) -> str:
        return ago(call.created_at)

    @admin.display(description=_("took"))
    def took(self, call: OutgoingCall) -> str:
        if call.finished_at is None:
            return age(call.created_at)
        return f"{(call.finished_at - call.created_at).total_seconds():.1f} s"

    @admin.action(description=_("Send again what failed or is on hold"))
    def send_again(self, request: HttpRequest, queryset: "QuerySet[OutgoingCall]") -> None:
        actor = Actor.of(request.user, Source.ADMIN)  # type: ignore[arg-type]
        ids = queryset.order_by("pk").values_list("pk", flat=True)
        count = sum(retry_call(actor=actor, call_id=pk) for pk in ids)
        text = ngettext("%(count)d call is made again.", "%(count)d calls are made again.", count)
        self.message_user(request, text % {"count": count}, messages.SUCCESS if count else messages.WARNING)
