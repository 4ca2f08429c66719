from functools import partial

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.admin.acting import attempt
from accounts.admin.reading import ReadOnlyAdmin, admin_actor, ago
from accounts.permissions import Capability, can
from telegram_bot.channel_check.findings import Level
from telegram_bot.channel_check.looking import look_at_channel
from telegram_bot.channel_state import say_channel_fault
from telegram_bot.connections import decide_account
from telegram_bot.former_bots import AT_ONCE, settle_former_bots, survey_former_bots
from telegram_bot.models import Approval, BotLease, BusinessConnection, Chat

_ORDER = {Level.FAULT: 0, Level.NOTE: 1, Level.RIGHT: 2}


@admin.register(BotLease)
class BotLeaseAdmin(ReadOnlyAdmin):
    """With a page that looks at the way to Telegram and back: `check/`."""

    change_list_template = "admin/telegram_bot/botlease/change_list.html"
    list_display = ("bot_id", "username", "holder_name", "held_until", "last_word", "channel")
    fields = (
        "bot_id", "username", "holder_name", "held_until", "fetched_at", "channel", "rival_at", "webhook_restored",
        "webhook_restored_at",
    )  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        check = path("check/", self.admin_site.admin_view(self.check_channel), name="telegram_bot_botlease_check")
        former = path("former/", self.admin_site.admin_view(self.settle_former), name="telegram_bot_botlease_former")
        return [check, former, *super().get_urls()]

    def check_channel(self, request: HttpRequest) -> HttpResponse:
        """Asks Telegram, which takes seconds; a POST also sends a message to the administrator's own chat."""
        if not can(admin_actor(request), Capability.RUN_THE_DESK):
            raise PermissionDenied
        telegram_id = getattr(request.user, "telegram_id", None)
        findings = look_at_channel(probe=telegram_id if request.method == "POST" else None)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("The way to Telegram and back"),
            "opts": self.opts,
            "findings": sorted(findings, key=lambda finding: _ORDER[finding.level]),
            "faults": sum(finding.level is Level.FAULT for finding in findings),
            "can_probe": telegram_id is not None,
            "has_former_bots": any(finding.code == "other_bots" and finding.cure for finding in findings),
        }
        return render(request, "admin/telegram_bot/botlease/check.html", context)

    def settle_former(self, request: HttpRequest) -> HttpResponse:
        """Shows what is left to former bots; a POST ends some hundreds of it."""
        actor = admin_actor(request)
        if not can(actor, Capability.RUN_THE_DESK):
            raise PermissionDenied
        if request.method == "POST":
            done = settle_former_bots(actor=actor, limit=AT_ONCE)
            text = gettext(
                "Updates handled: %(handled)d, given up: %(dead)d, set aside: %(aside)d. Calls given up: %(calls)d."
            )
            counts = {"handled": done.handled, "dead": done.dead, "aside": done.set_aside, "calls": done.calls}
            self.message_user(request, text % counts, messages.SUCCESS)
            return redirect("admin:telegram_bot_botlease_former")
        bots = survey_former_bots()
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("What is left to former bots"),
            "opts": self.opts,
            "bots": bots,
            "can_settle": any(not bot.is_served for bot in bots),
        }
        return render(request, "admin/telegram_bot/botlease/former.html", context)

    @admin.display(description=_("last word from Telegram"))
    def last_word(self, lease: BotLease) -> str:
        return ago(lease.fetched_at)

    @admin.display(description=_("what is wrong with the channel"))
    def channel(self, lease: BotLease) -> str:
        return say_channel_fault(lease) or "—"


@admin.register(Chat)
class ChatAdmin(ReadOnlyAdmin):
    list_display = ("telegram_id", "person", "type", "unreachable", "created_at")
    list_filter = ("type", "unreachable")
    list_select_related = ("person",)
    search_fields = ("=telegram_id",)
    fields = (
        "bot_id", "telegram_id", "type", "person", "business_connection", "last_incoming_at", "unreachable",
        "migrated_to", "chosen_at", "created_at",
    )  # fmt: skip


@admin.register(BusinessConnection)
class BusinessConnectionAdmin(ReadOnlyAdmin):
    """Anybody can connect their account to the bot: an administrator says which are the company's."""

    list_display = ("owner_id", "owner_name", "approval", "is_enabled", "can_reply", "changed_at", "decided_by")
    list_filter = ("approval", "is_enabled", "can_reply")
    list_select_related = ("decided_by",)
    actions = ("approve", "refuse")
    fields = (
        "bot_id", "connection_id", "owner_name", "owner_id", "is_enabled", "can_reply", "changed_at", "approval",
        "decided_by", "decided_at",
    )  # fmt: skip

    @admin.action(description=_("Approve: this is the company's own account"))
    def approve(self, request: HttpRequest, queryset: "QuerySet[BusinessConnection]") -> None:
        self._decide(request, queryset, Approval.APPROVED)

    @admin.action(description=_("Refuse: this is not the company's account"))
    def refuse(self, request: HttpRequest, queryset: "QuerySet[BusinessConnection]") -> None:
        self._decide(request, queryset, Approval.REFUSED)

    def _decide(self, request: HttpRequest, queryset: "QuerySet[BusinessConnection]", approval: Approval) -> None:
        actor = admin_actor(request)
        keys = queryset.order_by("pk").values_list("pk", flat=True)
        decided: list[bool] = []

        def decide(pk: int) -> None:
            decided.append(decide_account(actor=actor, connection=pk, approval=approval))

        for pk in keys:
            attempt(request, partial(decide, pk))
        count = sum(decided)
        text = ngettext("Decided for %(count)d account.", "Decided for %(count)d accounts.", count)
        self.message_user(request, text % {"count": count}, messages.SUCCESS if count else messages.WARNING)
