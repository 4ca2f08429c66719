from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TelegramBotConfig(AppConfig):
    name = "telegram_bot"
    verbose_name = _("Telegram")

    def ready(self) -> None:
        from django.conf import settings

        from accounts.announcements import listen
        from telegram_bot.context_processors import read_bot_username
        from telegram_bot.forgetting import on_person_erased
        from telegram_bot.mirror.notifications import TELEGRAM_CHANNEL
        from telegram_bot.mirror.subscriber import TELEGRAM
        from telegram_bot.nudges import on_deliveries_due
        from telegram_bot.staff_group.subscriber import STAFF_GROUP
        from tickets.api.client_config import add_to_client_config
        from tickets.events.subscribers import subscribe
        from tickets.notifications.channels import register_channel

        register_channel(TELEGRAM_CHANNEL)
        subscribe(TELEGRAM)
        if settings.TELEGRAM_STAFF_CHAT_ID is not None:
            subscribe(STAFF_GROUP)
        add_to_client_config("bot_username", read_bot_username)
        listen("deliveries_due", on_deliveries_due)
        listen("person_erased", on_person_erased)
