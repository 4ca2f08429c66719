"""`manage.py settle_former_bots`: end what is left to bots that the desk had before."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations

from accounts.actors import Actor, Source
from telegram_bot.former_bots import LeftBehind, settle_former_bots, survey_former_bots
from telegram_bot.identity import current_bot_id
from telegram_bot.outcomes.left_behind import count_without_token


class Command(BaseCommand):
    help = (
        "End what is left to a bot that the desk had before TELEGRAM_BOT_TOKEN became another bot's (check_channel "
        "counts it). What people wrote to that bot is handled and reaches its tickets; a message that may be about "
        "several goes to the newest. Pressed buttons are set aside. Answers that were to go out through it are given "
        "up: agents read why and can send them again through the present bot; broadcasts under way there are "
        "cancelled. Without --yes it only says what would happen. It cannot be undone: should that bot's token come "
        "back, set it instead. A bot that a running process serves is left alone. "
        "Exit codes: 0 done or shown, 1 no token is set, 2 wrong options."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--yes", action="store_true", help="really end it")

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        if not current_bot_id():
            waiting = count_without_token()
            left = f" Calls and updates that wait for the bot whose token was set before: {waiting}." if waiting else ""
            raise CommandError(f"TELEGRAM_BOT_TOKEN is not set.{left}")
        found = survey_former_bots()
        for bot in found:
            self.stdout.write(_describe(bot))
        if not found:
            self.stdout.write("Nothing is left to a bot that the desk had before.")
        elif not options["yes"]:
            self.stdout.write("Nothing was changed (--yes).")
        else:
            done = settle_former_bots(actor=Actor.system(Source.COMMAND))
            self.stdout.write(
                f"Updates handled: {done.handled}, given up (see the inbox in the admin): {done.dead}, set aside: "
                f"{done.set_aside}. Calls given up: {done.calls}."
            )


def _describe(bot: LeftBehind) -> str:
    name = f"{bot.bot_id} (@{bot.username})" if bot.username else str(bot.bot_id)
    if bot.is_served:
        return f"{name}: a process serves it, so it is left alone."
    return (
        f"{name}: {bot.written} updates with what people wrote, {bot.others} others; {bot.calls} calls, of "
        f"{bot.answers} answers; {bot.broadcasts} broadcasts under way."
    )
