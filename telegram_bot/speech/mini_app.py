"""Addresses of the Mini App for buttons. Telegram refuses plain http in `web_app`; the simulator does not."""

from django.conf import settings
from django.utils.translation import get_language


def mini_app_url(path: str = "") -> str | None:
    """The page in the active language, or None where Telegram would refuse the button."""
    if not (settings.PUBLIC_URL.startswith("https://") or settings.USE_SIMULATOR):
        return None
    language = (get_language() or settings.LANGUAGE_CODE)[:2]
    return f"{settings.PUBLIC_URL}/app/{path}?lang={language}"


def ticket_url(number: int) -> str | None:
    return mini_app_url(f"tickets/{number}")
