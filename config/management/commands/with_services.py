import os
import subprocess
import sys
from argparse import REMAINDER, ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.embedded.command_line import start_services
from config.embedded.locations import DATABASE_NAME, socket_link


class Command(BaseCommand):
    help = (
        "Run a command while PostgreSQL and Valkey are up, and end with its exit code: "
        "manage.py with_services -- psql -c 'select 1'"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("command", nargs=REMAINDER, help="the command and its arguments, after --")

    def handle(self, *args: Any, **options: Any) -> None:
        command = [word for word in options["command"][:1] if word != "--"] + options["command"][1:]
        if not command:
            raise CommandError("Name the command to run, as in: manage.py with_services -- psql")
        start_services()
        environment = dict(os.environ)
        if settings.EMBEDDED_POSTGRES:  # libpq's own names, so that the settings still find the embedded ones
            host = str(socket_link(settings.EMBEDDED_SERVICES_DIR))
            environment |= {"PGHOST": host, "PGPORT": "5432", "PGUSER": "postgres", "PGDATABASE": DATABASE_NAME}
        try:
            sys.exit(subprocess.run(command, env=environment, check=False).returncode)
        except FileNotFoundError:
            raise CommandError(f"There is no command {command[0]!r}.") from None
