"""Between the supervisor and a server where the kernel does not end a child with its parent (macOS; untried there).

    python guard.py PARENT SIGNAL PROGRAM ARGUMENTS...

Looks at its parent four times a second; when that is gone, the server gets SIGNAL. Polite signals are passed on.
Stands alone: it is run by its path, with no project on the path.
"""

import os
import signal
import subprocess
import sys
from types import FrameType


def main() -> int:
    parent, death, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    server = subprocess.Popen(command, close_fds=False)  # the life lock goes on to the server

    def pass_on(number: int, _frame: FrameType | None) -> None:
        server.send_signal(number)

    for polite in (signal.SIGINT, signal.SIGTERM):
        signal.signal(polite, pass_on)
    while True:
        try:
            return server.wait(0.25)
        except subprocess.TimeoutExpired:
            if os.getppid() != parent:
                server.send_signal(death)


if __name__ == "__main__":
    sys.exit(main())
