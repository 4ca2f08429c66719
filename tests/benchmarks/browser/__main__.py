"""The Mini App's budgets, measured in Chromium: `python -m tests.benchmarks.browser [start ...]`. Loopback only.

Ends with 1 where a budget is exceeded.
"""

import importlib
import os
import sys

from tests.benchmarks.reports import report, wanted

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

BENCHMARKS = ("start", "conversation", "opening", "inbox", "reconnect", "soak")


def main() -> None:
    import django

    names = wanted(BENCHMARKS)
    django.setup()
    from tests.benchmarks.browser.figures import table_of

    kept = True
    for name in names:
        with report(name):
            figures = importlib.import_module(f"tests.benchmarks.browser.{name}").run()
            print(table_of(figures))
        kept &= all(figure.is_kept for figure in figures)
    sys.exit(0 if kept else "\nA budget is exceeded.")


if __name__ == "__main__":
    main()
