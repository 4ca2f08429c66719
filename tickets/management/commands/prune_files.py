from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from tickets.services.attachments import sweep_unbound
from tickets.services.storage import find_orphans, list_missing, remove_orphans


class Command(BaseCommand):
    help = (
        "Compare stored files with the desk's rows: remove uploads that nobody sent within a day and files that no row "
        "knows (older than a day), and name the rows whose file is missing. --dry-run only says what it would do. "
        "Exit code 1 where a file is missing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["dry_run"]:
            self.stdout.write(f"{sweep_unbound(limit=100_000)} unsent uploads removed")
        orphans = find_orphans()
        if options["dry_run"]:
            self.stdout.write(f"{len(orphans)} files without a row would be removed")
        else:
            self.stdout.write(f"{remove_orphans(orphans)} files without a row removed")
        missing = list_missing()
        for attachment in missing:
            self.stdout.write(f"missing: {attachment.pk} {attachment.name}")
        if missing:
            raise SystemExit(1)
