import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from config.embedded.locks import open_lock, try_lock
from config.embedded.services import PROJECT, stop

HOLD = """
import sys
from pathlib import Path
from config.embedded.services import ensure
urls = ensure(Path(sys.argv[1]))
print(urls.database, urls.redis, flush=True)
sys.stdin.read()
"""


@dataclass
class Holder:
    """Another process that uses the services until it is told to leave."""

    process: subprocess.Popen[str]
    database: str
    redis: str

    def leave(self) -> None:
        self.process.communicate(timeout=10)


class Services:
    """The services of one folder, used from other processes, as they are in life."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.linger = "30"
        self.environment: dict[str, str] = {}
        self.prefix: list[str] = []
        self._started: list[subprocess.Popen[str]] = []

    def begin(self) -> subprocess.Popen[str]:
        environment = {**os.environ, "PYTHONPATH": str(PROJECT), "EMBEDDED_LINGER": self.linger, **self.environment}
        command = [*self.prefix, sys.executable, "-c", HOLD, str(self.base)]
        process = subprocess.Popen(
            command, env=environment, cwd="/", text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._started.append(process)
        return process

    def finish(self, process: subprocess.Popen[str]) -> Holder:
        line = process.stdout.readline() if process.stdout else ""
        assert line, f"no services; {self.logs()}"
        database, redis = line.split()
        return Holder(process, database, redis)

    def hold(self) -> Holder:
        return self.finish(self.begin())

    def logs(self) -> str:
        return "\n".join(path.read_text(errors="replace")[-1500:] for path in sorted(self.base.glob("*.log")))

    def pids(self, words: str) -> list[int]:
        """The processes whose command line holds `words` and this folder."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if words in line and str(self.base) in line:
                found.append(int(entry.name))
        return found

    def kill(self, words: str) -> None:
        for pid in self.pids(words):
            os.kill(pid, signal.SIGKILL)

    def all_dead(self) -> bool:
        """Every process of a run holds the life lock."""
        with closing(open_lock(self.base, "life")) as life:
            return try_lock(life)

    def clean_up(self) -> None:
        for process in self._started:
            process.kill()
            process.communicate()
        stop(self.base)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    services = Services(tmp_path.resolve() / "services")
    yield services
    services.clean_up()


@pytest.fixture
def eventually() -> Callable[[Callable[[], object]], None]:
    """Waits until a condition holds, at most half a minute."""

    def wait(condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < deadline, "it did not happen in half a minute"
            time.sleep(0.02)

    return wait
