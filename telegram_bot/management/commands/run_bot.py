"""`manage.py run_bot`: the process that talks to Telegram."""

import asyncio
import gc
import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from telegram_bot import bridge
from telegram_bot.identity import current_bot_id
from telegram_bot.process import BotProcess


class Command(BaseCommand):
    help = (
        "Fetch or read updates, handle them, and send what is owed. Of several of these one works, by a lease in the "
        "database; the others stand by and take over within seconds. SIGTERM and Ctrl-C end it after what is under way."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not current_bot_id():
            raise CommandError("TELEGRAM_BOT_TOKEN is not set: get a token from @BotFather and set it.")
        gc.collect()
        gc.freeze()  # what is loaded stays: no full collection holds up an update (config/lasting_objects.py)
        try:
            asyncio.run(self._run())
        finally:
            bridge.close_connections()

    async def _run(self) -> None:
        process = BotProcess()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, process.stop)
        await process.run()
