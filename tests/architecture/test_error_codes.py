"""docs/api.md lists every code that an answer can carry, with its status, and no other."""

import re
from pathlib import Path

from django.conf import settings
from rest_framework import exceptions

from accounts.errors import HelpDeskError
from config.error_pages import _TEXTS
from config.json import BodyTooLarge

FRAMEWORK = (
    exceptions.ParseError,
    exceptions.MethodNotAllowed,
    exceptions.NotAcceptable,
    exceptions.UnsupportedMediaType,
    BodyTooLarge,
)
_ROW = re.compile(r"^\| `(\w+)` \| (?:(\d{3}) \| )?.+\|$", re.MULTILINE)


def errors(root: type[HelpDeskError] = HelpDeskError) -> set[type[HelpDeskError]]:
    return {root}.union(*(errors(child) for child in root.__subclasses__()))


def test_every_code_is_documented_with_its_status_and_no_other() -> None:
    import chat.protocol
    import config.urls  # noqa: F401 - all that a request can reach, whichever tests ran before

    codes = {error.code: error.status for error in errors()}
    codes |= {error.default_code: error.status_code for error in FRAMEWORK}
    codes |= {code: status for status, (code, _text) in _TEXTS.items()}
    page = (Path(settings.BASE_DIR) / "docs" / "api.md").read_text()
    rows = _ROW.findall(page.partition("## Errors")[2])
    over_the_socket = {error.code for error in errors() if error.__module__ == chat.protocol.__name__}
    documented = {code: int(status) for code, status in rows if status}
    assert documented == {code: status for code, status in codes.items() if code not in over_the_socket}
    assert {code for code, status in rows if not status} == over_the_socket
    assert len(rows) == len(dict(rows))


def test_codes_are_words_and_no_two_errors_share_one() -> None:
    codes = [error.code for error in errors()]
    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", code) for code in codes)
