from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config.embedded.services import stop
from config.embedded.sockets import alive


class Command(BaseCommand):
    help = "Look at the embedded PostgreSQL and Valkey, or end them (whoever uses them)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["status", "stop"], help="say whether they run, or end them")

    def handle(self, *args: Any, **options: Any) -> None:
        base = settings.EMBEDDED_SERVICES_DIR.resolve()
        if options["action"] == "stop":
            stop(base)
        self.stdout.write("up" if base.exists() and alive(base) else "down")
