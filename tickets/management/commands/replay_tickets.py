from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tickets.events.replay import check_tickets


class Command(BaseCommand):
    help = (
        "Fold every ticket's log and compare the outcome with the ticket's row. Changes nothing. Prints each "
        "difference; ends with exit code 1 where there is one, with 0 where all agree."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("numbers", nargs="*", type=int, help="only the tickets with these numbers")

    def handle(self, *args: Any, **options: Any) -> None:
        checked = wrong = 0
        for ticket, differences in check_tickets(options["numbers"]):
            checked += 1
            wrong += bool(differences)
            for difference in differences:
                self.stdout.write(f"#{ticket.number}: {difference}")
            if checked % 1000 == 0:
                self.stderr.write(f"{checked} tickets checked")
        if wrong:
            raise CommandError(f"{wrong} of {checked} tickets differ from their log.", returncode=1)
        self.stdout.write(f"{checked} tickets agree with their log.")
