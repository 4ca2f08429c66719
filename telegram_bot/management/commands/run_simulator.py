"""`manage.py run_simulator`"""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = (
        "Run the simulated Telegram: a Bot API for the bot, and a page where you can be any demo person."
        " It keeps its own files under DATA_DIR/simulator and serves until it is stopped."
    )
    requires_system_checks: list[str] = []  # it must start before the database does

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The simulator does not run where DEBUG is off: it would let anybody be anybody.")
        if not settings.USE_SIMULATOR:
            raise CommandError("TELEGRAM_BOT_TOKEN is set, so the desk talks to Telegram: unset it to simulate.")
        from telegram_bot.simulator.options import Options
        from telegram_bot.simulator.server import run

        self.stdout.write(
            f"Simulated Telegram on {settings.SIMULATOR_URL}, its page on {settings.PUBLIC_URL}/simulator/"
        )
        run(
            Options(
                port=settings.SIMULATOR_PORT,
                data_dir=settings.DATA_DIR / "simulator",
                token=settings.TELEGRAM_BOT_TOKEN,
                desk_url=settings.PUBLIC_URL,
            )
        )
