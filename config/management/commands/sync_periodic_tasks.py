from typing import Any

from django.core.management.base import BaseCommand

from config.periodic_tasks import sync_periodic_tasks


class Command(BaseCommand):
    help = "Add the periodic tasks that are missing from the schedule; what an administrator changed stays as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        names = sync_periodic_tasks()
        if options["verbosity"] > 0:
            self.stdout.write("\n".join(f"added: {name}" for name in names) or "Nothing is missing.")
