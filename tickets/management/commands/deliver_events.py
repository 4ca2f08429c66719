from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tickets.events.delivery import retry_dead_deliveries, run_due_deliveries
from tickets.events.subscribers import find_subscriber, list_subscribers


class Command(BaseCommand):
    help = (
        "Run the reactions to events that are due now, as the workers do, and say how many were tried. "
        "Safe beside running workers. Without --subscriber: all those that workers run."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--subscriber", help="only this one, for example notifications")
        parser.add_argument("--retry-dead", action="store_true", help="try those again that were given up, too")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["subscriber"]
        if name is not None and find_subscriber(name) is None:
            known = ", ".join(subscriber.name for subscriber in list_subscribers())
            raise CommandError(f"There is no subscriber {name}. Known: {known}.")
        for subscriber in list_subscribers(runs_in=None if name else "worker"):
            if name in (None, subscriber.name):
                if options["retry_dead"]:
                    self.stdout.write(f"{subscriber.name}: {retry_dead_deliveries(subscriber.name)} asked for again")
                tried = run_due_deliveries(subscriber.name, limit=100_000)
                self.stdout.write(f"{subscriber.name}: {tried} tried")
