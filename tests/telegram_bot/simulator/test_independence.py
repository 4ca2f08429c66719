"""The simulator runs without Django and without a line of the desk."""

import subprocess
import sys

from tests.support.simulator import ROOT

PROGRAM = "import sys, telegram_bot.simulator.server; print(*sys.modules)"


def test_it_loads_nothing_of_the_desk() -> None:
    answer = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(answer.stdout.split())
    desk = {
        name
        for name in loaded
        if (name.startswith("telegram_bot.") and not name.startswith("telegram_bot.simulator"))
        or name.partition(".")[0] in ("config", "accounts", "tickets", "chat", "django", "telegram")
    }
    assert desk == set()
