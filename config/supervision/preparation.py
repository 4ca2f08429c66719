"""Everything that must be true before the programs start. What is not ends in one sentence that says the cure."""

import errno
import fcntl
import socket
import time
from pathlib import Path
from typing import TextIO

from django.conf import settings
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.db.migrations.executor import MigrationExecutor
from redis.exceptions import RedisError

from accounts.selectors.people import list_people
from config.periodic_tasks import sync_periodic_tasks
from config.running_desk import lock_path

_LAST_RUN_SECONDS = 2.0


def claim_checkout(data_dir: Path) -> TextIO:
    """The lock that only one desk of a checkout holds. Its programs hold it too, so a free one means all are gone."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = lock_path(data_dir).open("a", encoding="utf-8")
    deadline = time.monotonic() + _LAST_RUN_SECONDS  # programs of a killed run need a moment to end
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise CommandError(
                    "The desk already runs from this folder: end it with Ctrl-C in its terminal, "
                    "or give this one a folder of its own with DATA_DIR and a port with PORT."
                ) from None
            time.sleep(0.1)
        else:
            return lock


def require_free_port(name: str, port: int) -> None:
    """`name` is the setting that chooses the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OverflowError:
            raise CommandError(
                f"{name} is {port}, but ports end at 65535: choose another, as in {name}=8010."
            ) from None
        except OSError as error:
            if error.errno == errno.EACCES:
                raise CommandError(f"Port {port} is reserved for root: choose one above 1024 with {name}.") from error
            raise CommandError(
                f"Port {port} is in use by another program: end that, or choose another port, as in {name}={port + 10}."
            ) from error


def require_redis() -> None:
    try:
        cache.get("up")
    except (RedisError, OSError) as error:
        raise CommandError(f"Redis does not answer ({error}): check REDIS_URL.") from error


def prepare_database() -> None:
    """Bring the tables up to date, and fill them the first time. Raises CommandError."""
    try:
        connection = connections[DEFAULT_DB_ALIAS]
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False, verbosity=0)
        sync_periodic_tasks()
        if settings.DEBUG and not list_people().exists():
            call_command("load_demo", verbosity=0)
    except OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise CommandError(f"The database does not answer ({reason}): check DATABASE_URL.") from error
    finally:
        connections.close_all()
