"""`manage.py check_channel`: is the way to Telegram and back in order?"""

import asyncio
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from telegram_bot import bridge
from telegram_bot.bot_api import BotApi
from telegram_bot.channel_check import Finding, check_channel
from telegram_bot.identity import current_bot_id


class Command(BaseCommand):
    help = (
        "Compare Telegram's view of the bot with the settings and the tables: token, webhook, waiting updates, menu "
        "button, lease, rows that stand still. Names the cure of each fault. Exit code 1: something is wrong."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not current_bot_id():
            raise CommandError("TELEGRAM_BOT_TOKEN is not set.")
        try:
            findings = asyncio.run(_look())
        finally:
            bridge.close_connections()
        for finding in findings:
            mark = self.style.SUCCESS("ok   ") if finding.is_right else self.style.ERROR("fault")
            self.stdout.write(f"{mark} {finding.what}")
            if not finding.is_right and finding.cure:
                self.stdout.write(f"      {finding.cure}")
        if not all(finding.is_right for finding in findings):
            sys.exit(1)


async def _look() -> list[Finding]:
    api = BotApi()
    try:
        return await check_channel(api)
    finally:
        await api.close()
