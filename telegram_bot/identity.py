"""Which bot this is, and where its webhook stands: both follow from the settings."""

from django.conf import settings
from django.utils.crypto import salted_hmac

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105
PROBE_HEADER = "X-Desk-Probe"  # of the desk's own look at its public address


def current_bot_id() -> int:
    """The number before the colon of the token (Bot API, "Authorizing your bot"); 0 where none is set."""
    number = settings.TELEGRAM_BOT_TOKEN.partition(":")[0]
    return int(number) if number.isascii() and number.isdecimal() else 0


def webhook_route() -> str:
    """The unguessable last part of the webhook's address; it changes with the bot and with the secret."""
    key = salted_hmac("telegram_bot.webhook", str(current_bot_id()), secret=settings.TELEGRAM_WEBHOOK_SECRET)
    return key.hexdigest()[:32]


def webhook_url() -> str:
    return f"{settings.PUBLIC_URL}/telegram/webhook/{webhook_route()}/"
