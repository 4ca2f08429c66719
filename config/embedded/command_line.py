"""The one place where a command of manage.py gets its database: settings start nothing."""

from collections.abc import Sequence

# These work on files alone, or see to the services themselves.
_WITHOUT_SERVICES = {
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "help",
    "makemessages",
    "makemigrations",
    "run_simulator",
    "services",
    "spectacular",
    "startapp",
    "startproject",
    "up",
    "version",
    "with_services",
}
_ASKS_FOR_HELP = {"-h", "--help", "--version"}


def needs_services(arguments: Sequence[str]) -> bool:
    """Whether `manage.py ARGUMENTS...` talks to the database or to Redis."""
    if not arguments or _ASKS_FOR_HELP & set(arguments):
        return False
    command = arguments[0]
    if command == "check":
        return "--database" in arguments
    return command not in _WITHOUT_SERVICES


def start_services() -> None:
    """Start the embedded services where the settings name no others. Raises ServicesUnavailable."""
    from django.conf import settings

    from config.embedded.services import ensure

    if settings.EMBEDDED_POSTGRES or settings.EMBEDDED_VALKEY:
        ensure(settings.EMBEDDED_SERVICES_DIR)
