"""Every reason that the bot can report for a message has its sentence, in both languages."""

import ast

import pytest
from django.utils import translation

from telegram_bot.models import Unreachable
from telegram_bot.verdicts import _FAILURES
from tests.architecture.sources import PROJECT
from tickets.models import DeliveryReason, explain_delivery

# Codes of calls that deliver no message: a button's answer, a file that is fetched, a copy for the staff's group.
OF_OTHER_CALLS = {"attachment_gone", "copy_refused", "files_elsewhere"}
# Never written down as they are: the reason why the chat is unreachable takes their place.
REPLACED = {"unreachable", "forbidden", "chat_gone"}
# An end in itself only where the same change was asked for twice, and without its quote a reply has none that could be
# refused again.
NEVER_TWICE = {"quote_refused"}


def reported_codes() -> set[str]:
    """The constant codes of all `Failed(...)` and `Changed(...)` in the bot's source."""
    codes: set[str] = set()
    for path in (PROJECT / "telegram_bot").rglob("*.py"):
        if not {"simulator", "staff_group"}.isdisjoint(path.parts):  # copies in the group are no deliveries
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Failed", "Changed"):
                values = [word.value for word in node.keywords if word.arg == "code"]
                codes |= {value.value for value in values if isinstance(value, ast.Constant)}
    return codes | {code for _phrase, code in _FAILURES} | set(Unreachable.values)


def test_every_code_that_the_bot_reports_has_a_sentence() -> None:
    codes = reported_codes()
    assert {"gave_up", "file_missing", "blocked", "refused"} <= codes, "the search finds what is known to be there"
    assert codes - OF_OTHER_CALLS - REPLACED - NEVER_TWICE == set(DeliveryReason.values)


@pytest.mark.parametrize("reason", list(DeliveryReason))
def test_the_sentence_is_a_sentence_in_both_languages(reason: DeliveryReason) -> None:
    sentences = set()
    for language in ("en", "ru"):
        with translation.override(language):
            sentences.add(explain_delivery(reason))
    assert len(sentences) == 2
    assert all(sentence.endswith(".") and " " in sentence for sentence in sentences)


def test_an_unknown_code_stands_for_itself() -> None:
    assert explain_delivery("of_tomorrow") == "of_tomorrow"
