from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, no_translations

from accounts.actors import Actor, Source
from accounts.management.telegram_ids import telegram_id
from accounts.models import Role
from accounts.services.people import remember_telegram_person, set_role
from accounts.telegram_profile import TelegramProfile


class Command(BaseCommand):
    help = (
        "Give the person with this Telegram id a role. A person whom the desk does not know yet is created; their name "
        "comes with their first message. Exit codes: 0 done, 1 refused, 2 wrong options."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--telegram-id", type=telegram_id, required=True, help="the numeric Telegram id")
        parser.add_argument(
            "--role", choices=Role.values, required=True, help="each may do all that the ones before may"
        )

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        person = remember_telegram_person(TelegramProfile(telegram_id=options["telegram_id"]))
        role = Role(options["role"])
        set_role(actor=Actor.system(Source.COMMAND), user_id=person.pk, role=role)
        self.stdout.write(f"{person.name} is now: {role.value}.")
