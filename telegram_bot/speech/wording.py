"""A desk's own words in place of the built-in ones: each a text and a language, with placeholders such as {number}.

Each process remembers them for a few seconds, so that a message costs no query and a change needs no restart.
"""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import DatabaseError, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.errors import InvalidInput, NotFound
from accounts.models import Language
from accounts.permissions import Capability, require
from accounts.text_cleaning import clean_text
from telegram_bot.models import BotText, TextKey

LONGEST = 1000  # UTF-16 code units; a card holds more than this text
PLACEHOLDERS: dict[TextKey, tuple[str, ...]] = {
    TextKey.GREETING: ("name",),
    TextKey.ARRIVED: ("number",),
    TextKey.OUT_OF_HOURS: ("when",),
    TextKey.RESOLVED: ("number",),
    TextKey.RESOLVED_BY_CUSTOMER: ("number",),
    TextKey.CLOSED: ("number",),
    TextKey.RATED: ("number", "score"),
    TextKey.COMMENTED: ("number",),
}
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_BRACES = re.compile(r"\{+[^{}]{0,40}\}*|\w*\}+")  # whatever may have been meant as a placeholder
_REMEMBERED_FOR = 10.0  # seconds

Words = Mapping[tuple[str, str], str]


class _Memory:
    """The words as this process last read them."""

    def __init__(self) -> None:
        self.words: Words = {}
        self.read_at: float | None = None

    def read(self) -> Words:
        now = time.monotonic()
        if self.read_at is None or now - self.read_at > _REMEMBERED_FOR:
            try:
                rows = BotText.objects.values_list("key", "language", "text")
                self.words = {(key, language): text for key, language, text in rows}
            except DatabaseError:
                return self.words
            self.read_at = now
        return self.words

    def forget(self) -> None:
        self.read_at = None


memory = _Memory()


def find_words(key: TextKey, **values: object) -> str:
    """The desk's own words in the active language, to be escaped; empty where it has none, or not in this one."""
    language = (get_language() or "").partition("-")[0]
    text = memory.read().get((key, language), "")
    return _PLACEHOLDER.sub(lambda found: str(values.get(found[1], found[0])), text)


@dataclass(frozen=True, kw_only=True)
class Wording:
    """What a manager writes."""

    key: TextKey
    language: Language
    text: str


def clean_wording(wording: Wording) -> str:
    """The text as it is stored. Raises InvalidInput, also for braces that are no placeholder of this text."""
    text = clean_text(wording.text, field="text", limit=LONGEST)
    known = [f"{{{name}}}" for name in PLACEHOLDERS[wording.key]]
    if unknown := sorted(set(_BRACES.findall(text)) - set(known)):
        message = _("Nothing stands for %(unknown)s here. There is, written just so: %(known)s") % {
            "unknown": ", ".join(unknown),
            "known": ", ".join(known),
        }
        raise InvalidInput.of("text", message)
    return text


@transaction.atomic
def write_wording(*, actor: Actor, wording: Wording) -> BotText:
    """Say it so from now on. Raises PermissionDenied, InvalidInput."""
    require(actor, Capability.WORD_MESSAGES)
    row, _created = BotText.objects.update_or_create(
        key=wording.key, language=wording.language, defaults={"text": clean_wording(wording)}
    )
    _changed()
    return row


@transaction.atomic
def drop_wording(*, actor: Actor, text_id: int) -> None:
    """Say it in the built-in words again. Raises PermissionDenied, NotFound."""
    require(actor, Capability.WORD_MESSAGES)
    gone, _by_model = BotText.objects.filter(pk=text_id).delete()
    if not gone:
        raise NotFound
    _changed()


def _changed() -> None:
    memory.forget()
    transaction.on_commit(memory.forget)
