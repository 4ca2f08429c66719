"""Broadcasts in the back office: written, looked at, started and stopped by managers; reported person by person."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import date
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.actors import Actor
from accounts.admin.acting import attempt, attempt_form
from accounts.admin.reading import ReadOnlyAdmin, admin_actor
from accounts.models import User
from accounts.permissions import Capability, can
from telegram_bot.broadcasts import changing
from telegram_bot.broadcasts.audience import count_recipients, forecast
from telegram_bot.broadcasts.changing import BroadcastDraft, clean_draft, write_broadcast
from telegram_bot.broadcasts.feeding import PORTION
from telegram_bot.models import Broadcast, BroadcastRecipient, BroadcastState, RecipientState
from tickets.models import Category

_FIELDS = ("title", "text_ru", "text_en", "language", "category", "active_within_days")


def _may_broadcast(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and can(admin_actor(request), Capability.BROADCAST)


class BroadcastForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Broadcast
        fields = _FIELDS

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if "category" in self.fields:
            widget = self.fields["category"].widget
            for sign in ("add", "change", "delete", "view"):
                setattr(widget, f"can_{sign}_related", False)
        if "language" in self.fields:
            self.fields["language"].choices = [("", _("Everyone")), *self.fields["language"].choices[1:]]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not self.errors:
            attempt_form(self, lambda: clean_draft(self.draft()))
        return values

    def draft(self) -> BroadcastDraft:
        values = self.cleaned_data
        category: Category | None = values["category"]
        return BroadcastDraft(
            title=values["title"],
            text_ru=values["text_ru"],
            text_en=values["text_en"],
            language=values["language"],
            category_id=category.pk if category else None,
            active_within_days=values["active_within_days"],
        )


class BroadcastPages(ReadOnlyAdmin):
    """What managers may see, though the rest of Telegram's rows is the administrators'."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _may_broadcast(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _may_broadcast(request)


_STEPS: dict[str, Callable[..., object]] = {
    "preview": changing.send_preview,
    "start": changing.start_broadcast,
    "pause": changing.pause_broadcast,
    "resume": changing.resume_broadcast,
    "cancel": changing.cancel_broadcast,
}


@admin.register(Broadcast)
class BroadcastAdmin(BroadcastPages):
    form = BroadcastForm
    list_display = ("title", "state", "progress", "author", "created_at", "started_at", "finished_at")
    list_filter = ("state", "created_at")
    list_select_related = ("author",)
    search_fields = ("title",)
    fieldsets = (
        (None, {"fields": ("title", "text_ru", "text_en")}),
        (gettext_lazy("Who gets it"), {"fields": ("language", "category", "active_within_days")}),
    )
    change_form_template = "admin/telegram_bot/broadcast/page.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _may_broadcast(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _may_broadcast(request) and (obj is None or obj.state == BroadcastState.DRAFT)

    @admin.display(description=gettext_lazy("delivered"))
    def progress(self, broadcast: Broadcast) -> str:
        counts = count_recipients(broadcast)
        return f"{counts[RecipientState.SENT]} / {sum(counts.values())}" if any(counts.values()) else "—"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """By the service; a refusal in between (somebody has just started it) is said on the next page."""
        actor, draft = admin_actor(request), form.draft()

        def write() -> None:
            obj.pk = write_broadcast(actor=actor, draft=draft, broadcast_id=obj.pk if change else None).pk

        attempt(request, write)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """A new draft is looked at before it goes anywhere."""
        return HttpResponseRedirect(_page_of(obj.pk))

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return HttpResponseRedirect(_page_of(obj.pk))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        if request.method == "POST" and (step := _STEPS.get(request.POST.get("step", ""))) and object_id:
            if not _may_broadcast(request) or not object_id.isdigit():
                return HttpResponse(status=403)
            _take_step(request, step, int(object_id))
            return HttpResponseRedirect(_page_of(int(object_id)))
        broadcast = self.get_object(request, object_id) if object_id else None
        more: dict[str, Any] = {"title": _("New broadcast")}
        if broadcast is not None:
            more = {"title": _("Broadcast"), **describe(broadcast)}
        return super().changeform_view(request, object_id, form_url, {**more, **(extra_context or {})})


def _take_step(request: HttpRequest, step: Callable[..., object], broadcast_id: int) -> None:
    actor: Actor = admin_actor(request)
    if attempt(request, lambda: step(actor=actor, broadcast_id=broadcast_id)) and step is changing.send_preview:
        messages.success(request, _("The bot sends you the message as customers will see it."))


def _page_of(pk: int) -> str:
    return reverse("admin:telegram_bot_broadcast_change", args=[pk])


def describe(broadcast: Broadcast) -> dict[str, Any]:
    """What the page tells besides the form: the dry run of a draft, or the report."""
    steps = {
        BroadcastState.DRAFT: ("preview", "start"),
        BroadcastState.RUNNING: ("pause", "cancel"),
        BroadcastState.PAUSED: ("resume", "cancel"),
    }
    context: dict[str, Any] = {"broadcast": broadcast, "steps": steps.get(BroadcastState(broadcast.state), ())}
    if broadcast.state == BroadcastState.DRAFT:
        plan = forecast(broadcast)
        minutes = max(1, round(plan.total / PORTION / 60))
        lasts = ngettext("about %(count)d minute", "about %(count)d minutes", minutes) % {"count": minutes}
        return {**context, "forecast": plan, "lasts": lasts}
    counts = count_recipients(broadcast)
    address = reverse("admin:telegram_bot_broadcastrecipient_changelist")
    query = f"?broadcast__id__exact={broadcast.pk}&state__exact="
    report = [(state.label, count, f"{address}{query}{state.value}") for state, count in counts.items() if count]
    total = sum(counts.values())
    ended = total - counts[RecipientState.WAITING] - counts[RecipientState.QUEUED]
    return {**context, "report": report, "total": total, "percent": 100 * ended // total if total else 0}


@admin.register(BroadcastRecipient)
class BroadcastRecipientAdmin(BroadcastPages):
    """Who got a broadcast, and who did not and why."""

    list_display = ("who", "broadcast", "state", "reason", "ambiguous", "finished")
    list_filter = ("state", "reason", "ambiguous", ("broadcast", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("person", "broadcast")
    search_fields = ("person__first_name", "person__last_name", "=person__telegram_id")

    @admin.display(description=gettext_lazy("person"), ordering="person__first_name")
    def who(self, recipient: BroadcastRecipient) -> SafeString:
        url = reverse("admin:accounts_user_change", args=[recipient.person_id])
        return format_html('<a href="{}">{}</a>', url, recipient.person.name)

    @admin.display(description=gettext_lazy("finished"), ordering="finished_at")
    def finished(self, recipient: BroadcastRecipient) -> str:
        return date(timezone.localtime(recipient.finished_at), "j.m.Y H:i") if recipient.finished_at else "—"
