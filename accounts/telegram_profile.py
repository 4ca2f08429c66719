"""A Telegram account as a person."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class TelegramProfile:
    """What Telegram says of a person; only `telegram_id` identifies them."""

    telegram_id: int
    first_name: str = ""
    last_name: str = ""
    username: str = ""
    language_code: str = ""
