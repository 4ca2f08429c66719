"""A Telegram id as an option of a command."""

from argparse import ArgumentTypeError

LARGEST_ID = 2**52  # Bot API, User.id: "at most 52 significant bits"


def telegram_id(text: str) -> int:
    """Raises ArgumentTypeError."""
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < LARGEST_ID):
        raise ArgumentTypeError(f"{text!r} is no Telegram id: it takes a whole number, as @userinfobot tells it")
    return int(text)
