"""`manage.py set_webhook`: tell Telegram where to bring updates."""

import asyncio
import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from telegram.error import TelegramError

from telegram_bot.bot_api import BotApi
from telegram_bot.identity import current_bot_id
from telegram_bot.receiving.webhook import can_have_webhook, is_as_it_should_be, webhook_params


class Command(BaseCommand):
    help = (
        "Register this desk's webhook with Telegram (PUBLIC_URL must be https), or remove it with --delete. Updates "
        "that wait at Telegram are kept, unless --drop-pending-updates says otherwise. Exit code 1: Telegram refused; "
        "with --info: the webhook is not as this desk would set it, or, where TELEGRAM_MODE is polling, one is set."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--delete", action="store_true", help="remove the webhook, so that polling works again")
        parser.add_argument("--info", action="store_true", help="only show what Telegram knows of the webhook")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
        parser.add_argument(
            "--drop-pending-updates",
            action="store_true",
            help="Telegram forgets what people wrote and the desk does not have yet: it is lost for ever",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not current_bot_id():
            raise CommandError("TELEGRAM_BOT_TOKEN is not set.")
        if options["info"]:
            self._show()
            return
        method, params = _call(delete=options["delete"])
        params["drop_pending_updates"] = options["drop_pending_updates"]
        if options["dry_run"]:
            self.stdout.write(f"Would call {method}" + (f" with {params['url']}" if "url" in params else ""))
            return
        _ask(method, params)
        self.stdout.write("The webhook is removed." if options["delete"] else f"The webhook is set: {params['url']}")
        mode = "polling" if options["delete"] else "webhook"
        if mode != settings.TELEGRAM_MODE:
            self.stdout.write(f"TELEGRAM_MODE is {settings.TELEGRAM_MODE}: set it to {mode}, or run_bot undoes this.")

    def _show(self) -> None:
        info = _ask("getWebhookInfo", {})
        self.stdout.write(json.dumps(info, indent=2, ensure_ascii=False))
        polls = settings.TELEGRAM_MODE == "polling"
        if polls and info.get("url"):
            raise CommandError("TELEGRAM_MODE is polling, and a webhook is in its way: --delete removes it.")
        if polls:  # beside the JSON, which scripts read
            self.stderr.write("TELEGRAM_MODE is polling: no webhook is set, as it should be.", self.style.SUCCESS)
        elif not is_as_it_should_be(info):
            raise CommandError("That is not how this desk would set it.")


def _call(*, delete: bool) -> tuple[str, dict[str, Any]]:
    if delete:
        return "deleteWebhook", {}
    if not can_have_webhook():
        raise CommandError("PUBLIC_URL must begin with https://: Telegram brings updates nowhere else.")
    return "setWebhook", webhook_params()


def _ask(method: str, params: dict[str, Any]) -> Any:
    async def ask() -> Any:
        api = BotApi()
        try:
            return await api.ask(method, **params)
        finally:
            await api.close()

    try:
        return asyncio.run(ask())
    except TelegramError as error:
        raise CommandError(f"Telegram refused: {error}") from error
