"""Which programs make up the desk."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings

_HANDSHAKE_LIMIT = "30"  # seconds: as long as a socket ticket lives; daphne's own 5 cut off whoever comes in a crowd
_SOCKET_LIMIT = "65536"  # bytes a message and a frame may have; daphne's own default is 1 MiB
_POOLED = {"DATABASE_POOL": "on"}


@dataclass(frozen=True)
class Program:
    """`waits`: it starts once people can open the desk, so that they can sooner."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    waits: bool = False


def list_programs() -> list[Program]:
    """In the order in which they start."""
    worker = ("worker", "-c", "2", "-l", settings.LOG_LEVEL, "--without-gossip", "--without-mingle")
    programs = [
        Program("web", _web(), _POOLED),
        Program("bot", _manage("run_bot"), _POOLED, waits=True),
        Program("worker", _celery(*worker), waits=True),
        Program("beat", _celery("beat", "-l", settings.LOG_LEVEL), waits=True),
    ]
    return [Program("simulator", _manage("run_simulator")), *programs] if settings.USE_SIMULATOR else programs


def _web() -> tuple[str, ...]:
    limits = ("--websocket-max-message-size", _SOCKET_LIMIT, "--websocket-max-frame-size", _SOCKET_LIMIT)
    patience = ("--websocket_connect_timeout", _HANDSHAKE_LIMIT)
    address = ("-b", "127.0.0.1", "-p", str(settings.PORT))
    quiet = ("-v", "0")  # its access log shows whole addresses, tokens included; the desk logs requests itself
    return (
        sys.executable,
        "-m",
        "daphne",
        *address,
        *limits,
        *patience,
        *quiet,
        "--no-server-name",
        "config.asgi:application",
    )


def _celery(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "celery", "-A", "config.celery", "--quiet", *arguments)


def _manage(command: str) -> tuple[str, ...]:
    return (sys.executable, "manage.py", command)
