"""What docs/performance.md promises, measured: `python -m tests.benchmarks [fan_out ...]`. Loopback only."""

import importlib
import os
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

BENCHMARKS = ("rest", "depth", "fan_out", "accepted", "latency", "flow")


def main() -> None:
    import django

    from tests.support import services

    unknown = set(sys.argv[1:]) - set(BENCHMARKS)
    if unknown:
        sys.exit(f"There is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}.")
    services.start()
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    connection.creation.create_test_db(verbosity=0, autoclobber=True, keepdb=True)
    for name in sys.argv[1:] or BENCHMARKS:
        call_command("flush", verbosity=0, interactive=False)
        begun = time.monotonic()
        print(f"\n### {name}\n", importlib.import_module(f"tests.benchmarks.{name}").run(), sep="\n", flush=True)
        print(f"\n({time.monotonic() - begun:.0f} s; load average {os.getloadavg()[0]:.1f})", flush=True)


if __name__ == "__main__":
    main()
