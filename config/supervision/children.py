"""One program under supervision: started, its output read, restarted with growing pauses, ended with all it started."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from typing import IO

from django.conf import settings

from config.embedded.kernel import die_with_parent, watched_command
from config.supervision.programs import Program

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0  # seconds before a restart; doubled each time
_STEADY = 60.0  # seconds of life after which the pause is short again
_LONGEST_LINE = 64 * 1024


class Child:
    """`say` prints a line under the program's name. `keeps` is a file descriptor that its processes hold open."""

    def __init__(self, program: Program, *, say: Callable[[str], None], keeps: int) -> None:
        self.program = program
        self._say = say
        self._keeps = keeps
        self._pause = _FIRST_PAUSE
        self._begun = 0.0
        self._restart_at = 0.0
        self._rest = b""
        self._silent = False
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        return self._process is not None

    @property
    def due(self) -> bool:
        return not self.running and time.monotonic() >= self._restart_at

    @property
    def output(self) -> IO[bytes] | None:
        """What it says, not blocking; None where it says no more."""
        return None if self._process is None or self._silent else self._process.stdout

    def start(self) -> None:
        supervisor = os.getpid()
        self._begun, self._silent = time.monotonic(), False
        self._process = subprocess.Popen(
            watched_command(self.program.command, signal.SIGKILL),
            cwd=settings.BASE_DIR,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **self.program.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=[self._keeps],
            start_new_session=True,  # Ctrl-C reaches us alone, and its whole group can be ended
            # however we end, the kernel ends it
            preexec_fn=lambda: die_with_parent(signal.SIGKILL, supervisor),  # noqa: PLW1509 - we have one thread
        )
        if self._process.stdout:
            os.set_blocking(self._process.stdout.fileno(), False)

    def read(self) -> None:
        """Print the lines that have come."""
        data = self.output.read() if self.output else None
        if data is None:
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > _LONGEST_LINE or not data:
            lines, self._rest = [*lines, self._rest], b""
        self._silent = not data
        for line in lines:
            if line.strip():
                self._say(line.decode(errors="replace").rstrip())

    def reap(self) -> int | None:
        """The exit code, once the program has ended; then nothing of its group is left, and a restart is planned."""
        if self._process is None or not _has_ended(self._process):
            return None
        self._end_group()  # before the wait: until then nobody else can get its number
        code = self._process.wait()
        self.read()
        if self._process.stdout:
            self._process.stdout.close()
        self._process = None
        if time.monotonic() - self._begun > _STEADY:
            self._pause = _FIRST_PAUSE
        self._restart_at = time.monotonic() + self._pause
        return code

    def take_pause(self) -> float:
        """The seconds until the restart; the next pause will be longer."""
        pause, self._pause = self._pause, min(self._pause * 2, _LONGEST_PAUSE)
        return pause

    def end(self) -> None:
        """Ask it to end."""
        if self._process is not None:
            self._process.terminate()

    def kill(self) -> None:
        """End it, and all that it started, at once."""
        if self._process is not None:
            self._end_group()

    def _end_group(self) -> None:
        if self._process is not None:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                return


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether it has, leaving it unreaped where the system can."""
    if not hasattr(os, "waitid"):
        return process.poll() is not None
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
