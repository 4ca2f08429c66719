from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TelegramBotConfig(AppConfig):
    name = "telegram_bot"
    verbose_name = _("Telegram")

    def ready(self) -> None:
        from accounts.announcements import listen
        from telegram_bot.notifications import TELEGRAM_CHANNEL
        from telegram_bot.nudges import on_deliveries_due
        from telegram_bot.subscriber import TELEGRAM
        from tickets.events.subscribers import subscribe
        from tickets.notifications.channels import register_channel

        register_channel(TELEGRAM_CHANNEL)
        subscribe(TELEGRAM)
        listen("deliveries_due", on_deliveries_due)
