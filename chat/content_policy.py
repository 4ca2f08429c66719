"""What the Mini App's page may load. No inline script and no inline style: a text that slips through stays a text."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse

# The hash of the empty string: inside Telegram Web its script adds one empty <style>.
EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
TELEGRAM_SCRIPTS = "https://telegram.org"
# Telegram Web shows the app in a frame. Its script obeys messages of any parent, so this list also guards it.
TELEGRAM_FRAMES = ["https://web.telegram.org", "https://*.telegram.org"]

Shell = Callable[..., HttpResponse]


def content_policy(view: Shell) -> Shell:
    """Send the Mini App's own Content-Security-Policy with the view's answer."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return cast(HttpResponse, csp_replace(directives(request))(view)(request, *args, **kwargs))

    return guarded


def directives(request: HttpRequest) -> dict[str, list[str]]:
    """The directives for the host by which the reader came. `'self'` does not cover wss: in older WebKit."""
    simulated = settings.USE_SIMULATOR
    socket = f"{'wss' if request.is_secure() else 'ws'}://{request.get_host()}"
    return {
        "default-src": ["'none'"],
        "script-src": ["'self'"] if simulated else ["'self'", TELEGRAM_SCRIPTS],
        "style-src": ["'self'", EMPTY_STYLE],
        "img-src": ["'self'", "blob:", "data:"],
        "media-src": ["'self'", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'", socket],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        # No text becomes markup or a program, whoever's code tries. Telegram's own script does so in two places only,
        # both in a <style>: for its debug mode, and for the scroll bars of Telegram Web, which go without.
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["'none'"],
        "frame-ancestors": [*(["'self'"] if simulated else []), *TELEGRAM_FRAMES],
    }
