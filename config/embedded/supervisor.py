"""The parent of the servers: starts them, waits until nobody uses them, ends them. Run by `services.ensure`.

    python -m config.embedded.supervisor BASE TIMEOUT

It has one thread, because the kernel's promise (die with the parent) is about the thread that forked. It says to the
process that asked, over its standard output: "locked, " once it is the only one, then "ready" or what went wrong.
"""

import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TextIO

from config.embedded.locks import name_run, open_lock, try_lock
from config.embedded.servers import start_servers
from config.embedded.sockets import alive, open_link

LINGER = float(os.environ.get("EMBEDDED_LINGER", "5"))  # seconds without a user before the services end
_POLITE_SECONDS = 20
_TICK = 0.25
_STDOUT = 1


def supervise(base: Path, timeout: int) -> None:
    """Serve `base` until it is idle, told to stop, or a server ends. `timeout` in seconds limits the start."""
    os.umask(0o077)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])  # a mask is inherited: Valkey would never see SIGTERM
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)  # so is this: a shell's background jobs do not hear it
    signal.alarm(timeout)  # its default action ends us, which is as safe as any other end
    users, life = open_lock(base, "users"), open_lock(base, "life")
    if not _wait_for_last_run(base, life):
        return
    name_run(life)
    os.write(_STDOUT, b"locked, ")
    try:
        servers = start_servers(base, life.fileno())
    except Exception as error:
        os.write(_STDOUT, str(error).encode())
        raise
    signal.alarm(0)
    os.write(_STDOUT, b"ready")  # if the process that asked is gone, this ends us too
    os.dup2(os.open(os.devnull, os.O_WRONLY), _STDOUT)
    _wait_until_unused(base, users, servers)
    _end(servers)
    open_link(base).unlink()


def _wait_for_last_run(base: Path, life: TextIO) -> bool:
    """True once we hold the life lock; False if the last run serves after all: it was only slow to answer."""
    while not try_lock(life):
        if alive(base):
            os.write(_STDOUT, b"locked, ready")
            return False
        time.sleep(0.05)
    return True


def _wait_until_unused(base: Path, users: TextIO, servers: list[subprocess.Popen[str]]) -> None:
    idle = 0.0
    while all(server.poll() is None for server in servers) and not (base / "stop").exists():
        time.sleep(_TICK)
        open_link(base)  # a cleaner of /tmp may take it; the servers need no restart
        if not try_lock(users):
            idle = 0.0
        elif (idle := idle + _TICK) > LINGER:
            return  # still holding users.lock: newcomers wait until we are gone
        fcntl.flock(users, fcntl.LOCK_UN)


def _end(servers: list[subprocess.Popen[str]]) -> None:
    """Politely, so that the next start needs no recovery. PostgreSQL 18.6 may hang here: then we end by
    TimeoutExpired, and it by the death of its parent.
    """
    for server, politely in zip(servers, (signal.SIGINT, signal.SIGTERM), strict=True):
        server.send_signal(politely)
        server.wait(_POLITE_SECONDS)


def main() -> None:
    if os.fork():
        os._exit(0)  # an orphan: init reaps it, not the process that asked
    supervise(Path(sys.argv[1]), int(sys.argv[2]))


if __name__ == "__main__":
    main()
