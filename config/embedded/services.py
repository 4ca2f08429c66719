"""Finds the private PostgreSQL and Valkey of a checkout running, or starts them.

They live as long as any process that called `ensure`, and a while longer (`supervisor.LINGER`). However their
supervisor ends, the kernel then ends them, and the next `ensure` starts them anew with every commit they acknowledged.
"""

import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path

from config.embedded.locations import ServiceUrls, service_urls
from config.embedded.locks import give_up_lease, open_lock, read_run, take_lease, try_lock
from config.embedded.sockets import alive, open_link

PROJECT = Path(__file__).resolve().parent.parent.parent
_READY = "locked, ready"


class ServicesUnavailable(RuntimeError):
    """PostgreSQL and Valkey did not start; the text says why, in one paragraph."""


def ensure(base: Path, timeout: int = 90) -> ServiceUrls:
    """Both services of `base` are up when this returns, and stay up while this process lives.

    Takes milliseconds where they run, and up to `timeout` seconds where they do not. Raises ServicesUnavailable.
    """
    base = base.resolve()
    try:
        base.mkdir(mode=0o700, parents=True, exist_ok=True)
        take_lease(base)
        _start_where_down(base, timeout)
    except PermissionError as error:
        if not str(error.filename).startswith(str(base)):
            raise
        raise ServicesUnavailable(
            f"The folder {base} belongs to another user ({error.filename} refused): run as that user, or give it to "
            f"this one with: sudo chown -R $(id -u) {base}"
        ) from error
    open_link(base)
    return service_urls(base)


def _start_where_down(base: Path, timeout: int) -> None:
    if alive(base):
        return
    with open_lock(base, "start") as one_starter:
        fcntl.flock(one_starter, fcntl.LOCK_EX)
        if not alive(base):
            _start_supervisor(base, timeout)


def stop(base: Path) -> None:
    """End both services politely, whoever uses them, and return when nothing of that run is left.

    Those who use them may start them anew at once.
    """
    base = base.resolve()
    if not base.exists():
        return
    order = base / "stop"
    with open_lock(base, "life") as life:
        run = read_run(base)
        order.touch()
        while not try_lock(life):
            if read_run(base) != run:
                return  # another run, which has taken our order away as a stale file
            order.touch()  # a run that was just starting may have done the same
            time.sleep(0.02)
        order.unlink(missing_ok=True)


def leave(base: Path) -> None:
    """Stop using the services; if nobody else uses them, end them at once and not when they have lingered."""
    base = base.resolve()
    if base.exists() and give_up_lease(base):
        stop(base)


def _start_supervisor(base: Path, timeout: int) -> None:
    command = [sys.executable, "-m", "config.embedded.supervisor", str(base), str(timeout)]
    with (
        (base / "supervisor.log").open("a", encoding="utf-8") as log,
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd="/",
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            start_new_session=True,
            text=True,
        ) as supervisor,
    ):
        said = supervisor.stdout.read() if supervisor.stdout else ""  # ends when it closes the pipe, or dies
    if said != _READY:
        reason = said.removeprefix("locked, ") or "it was ended, or the last run still lives"
        raise ServicesUnavailable(f"PostgreSQL and Valkey did not start: {reason}. More: {base}/*.log")
