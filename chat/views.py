"""The shell of the Mini App: one page without data, which the browser fills through the API and the socket."""

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.html import strip_spaces_between_tags
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from chat.content_policy import content_policy
from chat.texts import client_texts
from tickets.services.labelling import TAG_LIMIT, TAGS_LIMIT

TELEGRAM_SCRIPT = "https://telegram.org/js/telegram-web-app.js"
SIMULATED_SCRIPT = "/simulator/telegram-web-app.js"
LANGUAGE_COOKIE_SECONDS = 365 * 86_400
STAFF_FACE = "agent"
TEXT_SIZES = ("115", "130")  # percent; base.css has a rule for each
# Each text matches in one way only: a browser would try every way of a long list that does not match.
_TAG = rf"\s*(?:[^,\s](?:[^,]{{0,{TAG_LIMIT - 2}}}[^,\s])?\s*)?"
_TAGS = rf"{_TAG}(?:,{_TAG}){{0,{TAGS_LIMIT - 1}}}(?:,\s*)?"
# What a screen shows nothing without, besides the modules of the start: fetched with them.
MODULES = {
    "list": (),
    "new": ("screens/new-ticket",),
    "me": ("screens/me",),
    "notifications": ("screens/notifications",),
    "ticket": ("screens/chat", "screens/chat-messages"),
}
# Telegram for Android tells how strong the device is (core.telegram.org/bots/webapps, Additional Data in User-Agent)
_WEAK_DEVICE = re.compile(r"Telegram-Android/\S+ \([^()]*; LOW\)")


@require_safe
@cache_control(no_cache=True, private=True)
@xframe_options_exempt
@content_policy
def shell(request: HttpRequest, *, screen: str, number: int | None = None) -> HttpResponse:
    """The page in the reader's language: `?lang=` (the bot's buttons carry it), then the cookie, then Accept-Language.

    `screen` (of `MODULES`) says which skeleton is painted before the script runs and which modules are fetched with it;
    the ticket's `number` is read by the router.
    """
    wanted = request.GET.get("lang", "")
    if wanted not in dict(settings.LANGUAGES):
        return _render(request, screen)
    with translation.override(wanted):
        response = _render(request, screen)
    # Telegram Web frames the app: without SameSite=None the cookie would not come back.
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        wanted,
        max_age=LANGUAGE_COOKIE_SECONDS,
        secure=request.is_secure(),
        samesite="None" if request.is_secure() else "Lax",
    )
    return response


def _say_tag_limits() -> str:
    return _("At most %(most)d tags of %(longest)d letters each.") % {"most": TAGS_LIMIT, "longest": TAG_LIMIT}


def _render(request: HttpRequest, screen: str) -> HttpResponse:
    # Who comes is known after the sign-in only; the browser remembers its last face, so that the right modules are
    # fetched beforehand. A wrong guess costs a round trip, nothing else.
    face = STAFF_FACE if request.COOKIES.get("desk_face") == STAFF_FACE else "customer"
    context = {
        "pane": "list" if screen == "list" else "detail",
        # the reader's own choice (static/miniapp/screens/me.js)
        "text_size": size if (size := request.COOKIES.get("desk_size", "")) in TEXT_SIZES else "",
        "is_weak": bool(_WEAK_DEVICE.search(request.headers.get("User-Agent", ""))),
        "telegram_script": SIMULATED_SCRIPT if settings.USE_SIMULATOR else TELEGRAM_SCRIPT,
        "modules": ("boot", face, *MODULES[screen]),
        "texts": client_texts(),
        "tags": {"pattern": _TAGS, "title": _say_tag_limits()},
        "boot": {
            "api": "/api/v1/",
            "socket": "/ws/",
            "root": "/app/",
            "version": settings.VERSION,
            "language": translation.get_language(),
            "languages": [code for code, _name in settings.LANGUAGES],
        },
    }
    page = render_to_string("miniapp/shell.html", context, request)
    # The blanks between tags would be half of the page's nodes.
    response = HttpResponse(strip_spaces_between_tags(page.strip()))
    response.headers["Content-Language"] = str(translation.get_language())
    patch_vary_headers(response, ("Accept-Language", "Cookie"))
    return response
