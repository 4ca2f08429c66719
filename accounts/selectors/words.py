"""Words that a column holds, as readers of Russian mean them: ё and е are one letter there."""

import re

from django.db.models import Q, Value
from django.db.models.functions import Upper
from django.db.models.lookups import Regex

_SIGNS = re.compile(r"[!-/:-@\[-`{-~]")  # of ASCII, those that a regular expression may read as something else
_YE = re.compile("[еёЕЁ]")


def holds(field: str, word: str) -> Q:
    """The field holds the word somewhere, in any case; read from a trigram index of `UPPER(field)` where it has one.

    A word without the letter is looked for by LIKE; with it by a regular expression, which pg_trgm reads from the same
    index (PostgreSQL, F.35.5 Index Support).
    """
    if not _YE.search(word):
        return Q(**{f"{field}__icontains": word})
    pattern = _YE.sub("[её]", _SIGNS.sub(r"\\\g<0>", word))
    return Q(Regex(Upper(field), Upper(Value(pattern))))
