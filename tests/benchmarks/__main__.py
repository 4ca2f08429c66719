"""What docs/performance.md promises, measured: `python -m tests.benchmarks [fan_out ...]`."""

import importlib
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

BENCHMARKS = ("rest", "fan_out", "latency")


def main() -> None:
    import django

    from tests.support import services

    services.start()
    django.setup()
    from django.db import connection

    connection.creation.create_test_db(verbosity=0, autoclobber=True, keepdb=True)
    for name in sys.argv[1:] or BENCHMARKS:
        print(importlib.import_module(f"tests.benchmarks.{name}").run())


if __name__ == "__main__":
    main()
