"""File locks of the services' folder. No process number is trusted: a lock is free when its last holder is gone.

`users.lock`  shared, by every process that uses the services, for its life: the lease that keeps them up
`start.lock`  exclusive, by the one process that starts them
`life.lock`   exclusive, by the supervisor; the servers inherit it, so "free" means that nothing of the last run lives;
              it holds the name of the run
"""

import fcntl
import os
from pathlib import Path
from typing import TextIO
from uuid import uuid4

_leases: dict[tuple[Path, int], TextIO] = {}


def take_lease(base: Path) -> None:
    """Keep the services of `base` up for as long as this process lives. Waits while a supervisor leaves."""
    key = (base, os.getpid())  # a forked child takes its own
    if key not in _leases:
        lease = _leases[key] = open_lock(base, "users")
        fcntl.flock(lease, fcntl.LOCK_SH)


def give_up_lease(base: Path) -> bool:
    """True if nobody else holds one."""
    lease = _leases.pop((base, os.getpid()), None)
    if lease is not None:
        lease.close()
    with open_lock(base, "users") as users:
        return try_lock(users)


def open_lock(base: Path, name: str) -> TextIO:
    return (base / f"{name}.lock").open("a", encoding="utf-8")


def name_run(life: TextIO) -> None:
    """Tell this run from any other. For the holder of the life lock."""
    life.truncate(0)
    life.write(uuid4().hex)
    life.flush()


def read_run(base: Path) -> str:
    return (base / "life.lock").read_text(encoding="utf-8")


def try_lock(lock: TextIO) -> bool:
    """Take the lock for us alone, if nobody holds it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
