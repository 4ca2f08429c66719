"""The bot in the back office: what came in, what goes out, and what stands still. Rows are read, never written."""

from telegram_bot.admin import bots, broadcasts, inbox, linking, outbox, wording

__all__ = ["bots", "broadcasts", "inbox", "linking", "outbox", "wording"]
