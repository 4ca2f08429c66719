"""The bot's whole process in a thread of the test: with the test's settings, and with what the test patches."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from telegram_bot.process import BotProcess

END_SECONDS = 60


@contextmanager
def bot_in_thread() -> Iterator[None]:
    """Works against settings.TELEGRAM_API_URL until the end of the `with`; wants the fixture `threads`."""
    bot = BotProcess()
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        thread = Thread(target=runner.run, args=(bot.run(),), name="bot")
        thread.start()
        try:
            yield
        finally:
            loop.call_soon_threadsafe(bot.stop)
            thread.join(END_SECONDS)
            assert not thread.is_alive(), "the bot does not end"
