"""A whole desk over real processes: `manage.py up` with data and ports of its own."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
_START_SECONDS = 90.0
_SETTINGS_OF_THE_TESTS = {"DATABASE_URL", "REDIS_URL", "PYTEST_XDIST_WORKER", "DJANGO_SETTINGS_MODULE"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(condition: Callable[[], object], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"it did not happen in {seconds} seconds")
        time.sleep(0.05)


class Desk:
    """`url` answers once `wait_until_up` has returned; `output` is what the terminal shows."""

    def __init__(self, data_dir: Path, **environment: str) -> None:
        self.data_dir = data_dir.resolve()
        self.port, self.simulator_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in _SETTINGS_OF_THE_TESTS},
            "DATA_DIR": str(self.data_dir),
            "PORT": str(self.port),
            "SIMULATOR_PORT": str(self.simulator_port),
            **environment,
        }
        self.output = ""
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None

    @property
    def process(self) -> subprocess.Popen[str]:
        if self._process is None:
            raise RuntimeError("the desk was not started")
        return self._process

    def start(self) -> None:
        self.output = ""
        self._process = subprocess.Popen(
            [sys.executable, "manage.py", "up"],
            cwd=PROJECT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.output += line

    def wait_until_up(self) -> float:
        """The seconds that it took."""
        begun = time.monotonic()
        while "The desk is up." not in self.output:
            if self.process.poll() is not None or time.monotonic() - begun > _START_SECONDS:
                raise RuntimeError(f"the desk did not start:\n{self.output[-4000:]}")
            time.sleep(0.05)
        return time.monotonic() - begun

    def wait_for(self, text: str, seconds: float = 60) -> None:
        try:
            eventually(lambda: text in self.output, seconds)
        except TimeoutError:
            raise TimeoutError(f"{text!r} was not said:\n{self.output[-4000:]}") from None

    def run_manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=PROJECT, env=self.environment, capture_output=True, text=True, timeout=90, check=False
        )

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def pids(self, words: str = "") -> list[int]:
        """The desk's own processes (not its database's) whose command line holds `words`."""
        mark = f"DATA_DIR={self.data_dir}".encode()
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                environment = (entry / "environ").read_bytes().split(b"\0")
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if mark in environment and words in line and "config.embedded.supervisor" not in line:
                found.append(int(entry.name))
        return found

    def services_are_dead(self) -> bool:
        lock = self.data_dir / "services/life.lock"
        if not lock.exists():
            return True
        with lock.open("a") as life:
            try:
                fcntl.flock(life, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
        return True

    def interrupt(self) -> int:
        """Ctrl-C. The exit code."""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(30)
        if self._reader:
            self._reader.join(10)
        return code

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)

    def end(self) -> None:
        """However it is, nothing of it is left."""
        if self._process is not None and self.process.poll() is None:
            try:
                self.interrupt()
            except subprocess.TimeoutExpired:
                self.kill()
        if not self.services_are_dead():
            self.run_manage("services", "stop")
