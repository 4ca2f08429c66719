"""Which benchmarks are wanted, and what is printed of each."""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager


def wanted(names: Sequence[str]) -> Sequence[str]:
    """Those of the command line, or all. Ends the program where one is unknown."""
    unknown = set(sys.argv[1:]) - set(names)
    if unknown:
        sys.exit(f"There is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(names)}.")
    return sys.argv[1:] or names


@contextmanager
def report(name: str) -> Iterator[None]:
    """A heading above what is printed within, and below it how long that took and how busy the machine was."""
    begun = time.monotonic()
    print(f"\n### {name}\n", flush=True)
    yield
    print(f"\n({time.monotonic() - begun:.0f} s; load average {os.getloadavg()[0]:.1f})", flush=True)
