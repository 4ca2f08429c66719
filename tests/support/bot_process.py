"""`manage.py run_bot` as a real process on the test's own database, and its end by every means."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection

from tests.support.simulator import ROOT, Simulator
from tests.support.validator import find_invalid_calls

END_SECONDS = 60


def database_url() -> str:
    """The database of this test, for another process."""
    values = connection.settings_dict
    query = urlencode({"host": values["HOST"], "port": values["PORT"] or 5432})
    return f"postgres://{values['USER']}:{values['PASSWORD']}@/{values['NAME']}?{query}"


def let_leases_run_out() -> None:
    """What time would do after a kill, at once."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE telegram_bot_botlease SET held_until = now() - interval '1 second'")
        cursor.execute("UPDATE telegram_bot_outgoingcall SET lease_until = now() - interval '1 second'")


class BotProcess:
    """`with BotProcess(simulator):` starts one; `kill` is SIGKILL, `stop` is SIGTERM."""

    def __init__(self, telegram: Simulator, log: Path, **environment: str) -> None:
        self.log = log
        self.telegram = telegram
        self.environment = {
            **os.environ,
            "DATABASE_URL": database_url(),
            "REDIS_URL": settings.REDIS_URL,
            "TELEGRAM_API_URL": telegram.url,
            "TELEGRAM_BOT_TOKEN": telegram.token,
            "STORAGE_URL": settings.STORAGE_URL,
            "DEBUG": "on",
            **environment,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "run_bot"], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )
        return self

    def manage(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Another command of manage.py with the same settings."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(END_SECONDS)

    def stop(self) -> int:
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(END_SECONDS)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()
        if self.telegram.process is not None:
            problems = find_invalid_calls(self.telegram)
            assert not problems, problems
