from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, no_translations

from accounts.actors import Actor, Source
from accounts.errors import HelpDeskError
from accounts.management.telegram_ids import telegram_id
from accounts.selectors.people import find_by_telegram_id, find_person
from tickets.services.erasure import erase_customer, survey_customer


class Command(BaseCommand):
    help = (
        "Erase a customer's personal data: names, Telegram account, subjects, texts, files, earlier versions and notes "
        "about them. Their tickets are closed; the log keeps facts and ids. Without --yes it only says what would go. "
        "It cannot be undone, and a backup made before still holds the data. "
        "Exit codes: 0 done or shown, 1 refused or nobody found, 2 wrong options."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        who = parser.add_mutually_exclusive_group(required=True)
        who.add_argument("--telegram-id", type=telegram_id, help="the numeric Telegram id")
        who.add_argument("--id", type=UUID, help="the person's id at this desk")
        parser.add_argument("--yes", action="store_true", help="really erase")

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        number = options["telegram_id"]
        person = find_by_telegram_id(number) if number is not None else find_person(options["id"])
        if person is None:
            raise CommandError("There is no such person.")
        change = erase_customer if options["yes"] else survey_customer
        try:
            found = change(actor=Actor.system(Source.COMMAND), user_id=person.pk)
        except HelpDeskError as error:
            raise CommandError(str(error)) from error
        counted = f"{found.tickets} tickets, {found.messages} messages, {found.files} files"
        self.stdout.write(f"{person.pk}: {counted} {'erased.' if options['yes'] else 'would be erased (--yes).'}")
