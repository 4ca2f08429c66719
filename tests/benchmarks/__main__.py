"""What docs/performance.md promises, measured: `python -m tests.benchmarks [fan_out ...]`. Loopback only."""

import importlib
import os

from tests.benchmarks.reports import report, wanted

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

BENCHMARKS = ("rest", "depth", "fan_out", "accepted", "latency", "flow")


def main() -> None:
    import django

    from tests.support import services

    names = wanted(BENCHMARKS)
    services.start()
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    connection.creation.create_test_db(verbosity=0, autoclobber=True, keepdb=True)
    for name in names:
        call_command("flush", verbosity=0, interactive=False)
        with report(name):
            print(importlib.import_module(f"tests.benchmarks.{name}").run())


if __name__ == "__main__":
    main()
