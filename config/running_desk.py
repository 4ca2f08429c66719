"""Where the desk of this checkout listens while it runs: a command typed beside it means the same one.

`manage.py up` holds a lock file while it runs and writes its ports there; the settings read them where nothing else
says them.
"""

import fcntl
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO


def lock_path(data_dir: Path) -> Path:
    return data_dir / "up.lock"


def note_ports(lock: TextIO, ports: Mapping[str, int]) -> None:
    """Write them into the lock that the caller holds. The keys are names of settings."""
    lock.truncate(0)
    lock.write(json.dumps(dict(ports)))
    lock.flush()


def find_ports(data_dir: Path) -> dict[str, int]:
    """The ports of the desk that runs now; empty where none does."""
    try:
        with lock_path(data_dir).open(encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:  # held: it runs
                return {str(name): int(port) for name, port in json.loads(lock.read() or "{}").items()}
            return {}  # what an ended run has left; closing the file frees the lock
    except (OSError, ValueError, AttributeError):
        return {}
