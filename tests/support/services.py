"""The PostgreSQL and Valkey of the tests: the checkout's own, unless DATABASE_URL and REDIS_URL name others."""

from config.embedded.command_line import start_services


def start() -> None:
    """Both are up when this returns, for the life of this process (each pytest-xdist worker calls it too)."""
    start_services()
