import getpass
import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations

from accounts.actors import Actor, Source
from accounts.errors import InvalidInput
from accounts.management.telegram_ids import telegram_id
from accounts.services.owners import Owner, appoint_owner

PASSWORD_VARIABLE = "OWNER_PASSWORD"  # noqa: S105 - a name, not a password


class Command(BaseCommand):
    help = (
        "Make somebody an administrator: by a sign-in and a password for /admin/, by a Telegram id, or by both. "
        "Asks for what is missing when it runs in a terminal. The password comes from the prompt, from "
        f"--password-file, or from the environment variable {PASSWORD_VARIABLE}, never from the command line, where "
        "other users of the machine could read it. Running it again sets a new password for the same person. "
        "Exit codes: 0 done, 1 refused (the reason is printed), 2 wrong options."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--login", default="", help="the sign-in for /admin/")
        parser.add_argument("--telegram-id", type=telegram_id, help="the numeric Telegram id (@userinfobot tells it)")
        parser.add_argument("--name", default="", help="the name that others see")
        parser.add_argument("--password-file", type=Path, help="a file whose content is the password")
        parser.add_argument("--no-input", action="store_true", help="never ask; refuse where something is missing")

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        can_ask = sys.stdin.isatty() and not options["no_input"]
        login = options["login"]
        if not login and options["telegram_id"] is None:
            if not can_ask:
                raise CommandError("Give --login, --telegram-id, or both.")
            login = input("Sign-in for the admin: ").strip()
        password = _read_password(options["password_file"]) or (_ask_password() if login and can_ask else "")
        if login and not password:
            raise CommandError(f"A sign-in needs a password: set {PASSWORD_VARIABLE} or give --password-file.")
        owner = Owner(telegram_id=options["telegram_id"], login=login, password=password, name=options["name"])
        try:
            user, is_new = appoint_owner(actor=Actor.system(Source.COMMAND), owner=owner)
        except InvalidInput as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{user.name} is {'a new' if is_new else 'an'} administrator.")


def _read_password(file: Path | None) -> str:
    if file is None:
        return os.environ.get(PASSWORD_VARIABLE, "")
    try:
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"The password file cannot be read: {error}.") from error


def _ask_password() -> str:
    password = getpass.getpass("Password: ")
    if getpass.getpass("Password again: ") != password:
        raise CommandError("The two passwords differ.")
    return password
