"""What to open, said as soon as it can be opened."""

import socket

from django.conf import settings


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def build_greeting() -> str:
    here = f"http://127.0.0.1:{settings.PORT}"
    if settings.USE_SIMULATOR:
        places = [("Telegram, simulated", f"{here}/simulator/")]
    else:
        places = [("Telegram", "write to your bot; updates arrive by " + _MODES[settings.TELEGRAM_MODE])]
    demo = "   (sign in as demo, password demo)" if settings.DEBUG else ""
    places += [
        ("Mini App", f"{settings.PUBLIC_URL}/app/"),
        ("Admin", f"{here}/admin/{demo}"),
        ("API", f"{here}/api/v1/docs/"),
    ]
    lines = [f"  {name:<20} {place}" for name, place in places]
    return "\n".join(["", "The desk is up.", "", *lines, "", "  Ctrl-C ends everything.", ""])


_MODES = {"polling": "long polling", "webhook": "webhook"}
