"""`manage.py set_webhook`: tell Telegram where to bring updates."""

import asyncio
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from telegram.error import TelegramError

from telegram_bot.bot_api import BotApi
from telegram_bot.identity import current_bot_id, webhook_url
from telegram_bot.intake import ALLOWED_UPDATES

_CONNECTIONS = 40


class Command(BaseCommand):
    help = (
        "Register this desk's webhook with Telegram (PUBLIC_URL must be https), or remove it with --delete. Updates "
        "that wait at Telegram are kept either way. Exit code 1: Telegram refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--delete", action="store_true", help="remove the webhook, so that polling works again")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")

    def handle(self, *args: Any, **options: Any) -> None:
        if not current_bot_id():
            raise CommandError("TELEGRAM_BOT_TOKEN is not set.")
        method, params = _call(delete=options["delete"])
        if options["dry_run"]:
            self.stdout.write(f"Would call {method}" + (f" with {params['url']}" if "url" in params else ""))
            return
        try:
            asyncio.run(_ask(method, params))
        except TelegramError as error:
            raise CommandError(f"Telegram refused: {error}") from error
        self.stdout.write("The webhook is removed." if options["delete"] else f"The webhook is set: {params['url']}")


def _call(*, delete: bool) -> tuple[str, dict[str, Any]]:
    if delete:
        return "deleteWebhook", {"drop_pending_updates": False}
    if not (settings.PUBLIC_URL.startswith("https://") or settings.USE_SIMULATOR):
        raise CommandError("PUBLIC_URL must begin with https://: Telegram brings updates nowhere else.")
    return "setWebhook", {
        "url": webhook_url(),
        "secret_token": settings.TELEGRAM_WEBHOOK_SECRET,
        "allowed_updates": ALLOWED_UPDATES,
        "max_connections": _CONNECTIONS,
        "drop_pending_updates": False,
    }


async def _ask(method: str, params: dict[str, Any]) -> None:
    api = BotApi()
    try:
        await api.ask(method, **params)
    finally:
        await api.close()
