"""`manage.py check_channel`: is the way to Telegram and back in order?"""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import translation

from telegram_bot.channel_check.findings import Finding, Level, explain
from telegram_bot.channel_check.looking import look_at_channel

_FAULTS, _NO_TELEGRAM = 1, 2


class Command(BaseCommand):
    help = (
        "Compare Telegram's view of the bot with the settings and the tables, and name the cure of each fault. "
        "Exit code 0: all is right (notes may be); 1: something has to be cured; 2: Telegram does not answer or does "
        "not know the token, or none is set, so that little could be looked at."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for scripts: codes, levels and words as JSON")
        parser.add_argument(
            "--probe", type=int, metavar="TELEGRAM_ID", help="send this chat a message and delete it again"
        )
        languages = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("--language", choices=languages, default=settings.LANGUAGE_CODE, help="of the words")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"]):
            findings = look_at_channel(probe=options["probe"])
            self._write(findings, as_json=options["json"])
        faults = {finding.code for finding in findings if finding.level is Level.FAULT}
        if faults:
            sys.exit(_NO_TELEGRAM if faults & {"telegram", "token", "no_token"} else _FAULTS)

    def _write(self, findings: list[Finding], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps([explain(finding) for finding in findings], indent=2, ensure_ascii=False))
            return
        marks = {
            Level.RIGHT: self.style.SUCCESS("ok   "),
            Level.NOTE: self.style.WARNING("note "),
            Level.FAULT: self.style.ERROR("fault"),
        }
        for finding in findings:
            self.stdout.write(f"{marks[finding.level]} {finding.what}")
            if finding.cure:
                self.stdout.write(f"      {finding.cure}")
