from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.demo.loading import load_demo


class Command(BaseCommand):
    help = (
        "Make demo people (customers 1001-1005, agents 2001-2003, manager 3001, administrator 4001 by Telegram id; "
        "admin sign-in demo / demo), categories and tickets with a history. Makes only what is missing, so it can be "
        "run again. Refused where DEBUG is off."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo's sign-in is public: it is for trial machines only (DEBUG on).")
        created = load_demo()
        if options["verbosity"]:
            self.stdout.write(f"{created} demo tickets made.")
