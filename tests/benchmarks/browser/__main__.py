"""The Mini App's budgets, measured in Chromium: `python -m tests.benchmarks.browser [start ...]`. Loopback only.

Ends with 1 where a budget is exceeded.
"""

import importlib
import os
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

BENCHMARKS = ("start", "conversation", "opening", "inbox", "reconnect", "soak")


def main() -> None:
    import django

    unknown = set(sys.argv[1:]) - set(BENCHMARKS)
    if unknown:
        sys.exit(f"There is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}.")
    django.setup()
    from tests.benchmarks.browser.figures import table_of

    kept = True
    for name in sys.argv[1:] or BENCHMARKS:
        begun = time.monotonic()
        figures = importlib.import_module(f"tests.benchmarks.browser.{name}").run()
        kept &= all(figure.is_kept for figure in figures)
        print(f"\n### {name}\n", table_of(figures), sep="\n", flush=True)
        print(f"\n({time.monotonic() - begun:.0f} s; load average {os.getloadavg()[0]:.1f})", flush=True)
    sys.exit(0 if kept else "\nA budget is exceeded.")


if __name__ == "__main__":
    main()
