"""Text at the door. What PostgreSQL cannot hold or a reader cannot trust is refused or removed before it comes in.

NUL (PostgreSQL's text refuses it) and lone surrogates (not encodable as UTF-8) are refused. Bidirectional controls
(Unicode TR 9; "Trojan Source", CVE-2021-42574) are removed, because they can make a text read other than it is.
"""

import re
import unicodedata

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.errors import InvalidInput

_BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_SURROGATES = re.compile("[\ud800-\udfff]")
# What shows nothing though Unicode does not count it as white space: format characters, blank letters and symbols.
_INVISIBLE = re.compile(
    "[\\s\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200d\u2060-\u2064\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0]+"
)
_OTHER_CONTROLS = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")


def clean_text(value: str, *, field: str, limit: int, required: bool = True) -> str:
    """A text of one or more lines, stripped, in Unicode's NFC form.

    limit: UTF-16 code units, as Telegram counts. Raises InvalidInput.
    """
    if "\x00" in value or _SURROGATES.search(value):
        raise InvalidInput.of(field, _("The text contains characters that cannot be stored."))
    text = tidy_text(value).strip()
    if required and not shows_something(text):
        raise InvalidInput.of(field, _("Write something."))
    if utf16_length(text) > limit:
        raise InvalidInput.of(
            field,
            ngettext_lazy("At most %(limit)d character.", "At most %(limit)d characters.", limit) % {"limit": limit},
        )
    return text


def shows_something(value: str) -> bool:
    """Whether there is anything to see in it: white space and invisible characters are nothing."""
    return bool(_INVISIBLE.sub("", value))


def tidy_text(value: str) -> str:
    """The form in which texts are kept, before white space around them goes."""
    text = unicodedata.normalize("NFC", _BIDI_CONTROLS.sub("", value))
    return _OTHER_CONTROLS.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


def clean_line(value: str, *, field: str, limit: int, required: bool = True) -> str:
    """A text of one line: every run of white space becomes one space. Raises InvalidInput."""
    return clean_text(" ".join(value.split()), field=field, limit=limit, required=required)


def repair_text(value: str) -> str:
    """The nearest text that can be stored, for what has no one to ask: a Telegram update, a file's name."""
    return _BIDI_CONTROLS.sub("", _SURROGATES.sub("\ufffd", value.replace("\x00", "")))


def utf16_length(text: str) -> int:
    """Telegram's unit of length: UTF-16 code units (Bot API, MessageEntity)."""
    return len(text) + sum(character > "\uffff" for character in text)
