"""What a text of the Mini App's script is: words, or one form for each plural category of a number."""

from collections.abc import Callable

Text = str | dict[str, str]

# One number of each plural category, for the languages whose numbers count like Russian, Polish or English ones.
PLURAL_EXAMPLES = {"one": 1, "few": 2, "many": 5, "other": 100}


def plural(text_of: Callable[[int], str]) -> dict[str, str]:
    """The calls of ngettext stand where the texts are: only there `makemessages` finds them."""
    return {category: text_of(number) for category, number in PLURAL_EXAMPLES.items()}
