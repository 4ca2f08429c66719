from argparse import ArgumentParser
from typing import Any, TextIO

from django.conf import settings
from django.core.management.base import BaseCommand

from config.embedded.command_line import start_services
from config.embedded.services import leave
from config.running_desk import note_ports
from config.supervision.greeting import build_greeting, is_listening
from config.supervision.preparation import claim_checkout, prepare_database, require_free_port, require_redis
from config.supervision.programs import list_programs
from config.supervision.supervisor import Supervisor


class Command(BaseCommand):
    help = (
        "Run the whole desk on this machine until Ctrl-C: PostgreSQL and Valkey where no other are set, migrations, "
        "demo data the first time, then web, bot, worker, beat and, without a bot's token, a simulated Telegram."
    )
    requires_system_checks: list[str] = []  # the programs check for themselves

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--prepare-only", action="store_true", help="end when the database is ready")

    def handle(self, *args: Any, **options: Any) -> None:
        with claim_checkout(settings.DATA_DIR) as lock:
            try:
                if options["prepare_only"]:
                    self._prepare()
                else:
                    self._run(lock)
            finally:
                if settings.EMBEDDED_POSTGRES or settings.EMBEDDED_VALKEY:
                    leave(settings.EMBEDDED_SERVICES_DIR)

    def _prepare(self) -> None:
        start_services()
        require_redis()
        prepare_database()

    def _run(self, lock: TextIO) -> None:
        ports = {"PORT": settings.PORT}
        if settings.USE_SIMULATOR:
            ports["SIMULATOR_PORT"] = settings.SIMULATOR_PORT
        for name, port in ports.items():
            require_free_port(name, port)
        note_ports(lock, ports)

        def greet() -> bool:
            ready = all(is_listening(port) for port in ports.values())
            if ready:
                self.stdout.write(build_greeting())
                self.stdout.flush()
            return ready

        Supervisor(list_programs(), keeps=lock.fileno(), keep_services=start_services, greet=greet).run(self._prepare)
