"""What the Mini App's shell has to know of the bot."""

import time

from django.db import DatabaseError
from django.http import HttpRequest

from telegram_bot.channel_state import find_username
from telegram_bot.identity import current_bot_id

_REMEMBERED_FOR = 60.0  # seconds


class _Memory:
    """The bot's name as this process last read it: a page needs no query for it."""

    def __init__(self) -> None:
        self.username = ""
        self.read_at = 0.0
        self.bot_id = 0

    def read(self) -> str:
        bot_id, now = current_bot_id(), time.monotonic()
        if bot_id != self.bot_id or not self.read_at or now - self.read_at > _REMEMBERED_FOR:
            try:
                self.username = find_username(bot_id)
            except DatabaseError:
                return self.username
            self.bot_id, self.read_at = bot_id, now
        return self.username


_memory = _Memory()


def read_bot_username() -> str:
    """Empty until the bot has talked to Telegram once."""
    return _memory.read()


def bot(_request: HttpRequest) -> dict[str, str]:
    return {"bot_username": read_bot_username()}
