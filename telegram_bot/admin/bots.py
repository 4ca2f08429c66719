from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.admin.reading import ReadOnlyAdmin, ago
from telegram_bot.channel_state import say_channel_fault
from telegram_bot.models import BotLease, Chat


@admin.register(BotLease)
class BotLeaseAdmin(ReadOnlyAdmin):
    list_display = ("bot_id", "username", "holder_name", "held_until", "last_word", "channel")
    fields = (
        "bot_id", "username", "holder_name", "held_until", "fetched_at", "channel", "rival_at", "webhook_restored",
        "webhook_restored_at",
    )  # fmt: skip

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
    fields = ("bot_id", "telegram_id", "type", "person", "unreachable", "migrated_to", "chosen_at", "created_at")
