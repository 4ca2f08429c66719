"""One desk over real processes for all tests of a session that only talk to it: started once, ended at the end.

Its tests carry `pytest.mark.xdist_group("desk")`, so that they share it. People who write to it are made new for each
test, because the desk remembers everybody.
"""

import contextlib
import itertools
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from config.embedded.locations import service_urls, socket_link
from tests.faults.invariants import Expectation, find_broken_promises, find_violations
from tests.support.clients import Person
from tests.support.running_desk import Desk, eventually
from tests.support.simulator import Simulator, wait_until
from tests.support.validator import find_invalid_calls

JSON = dict[str, Any]
_AGENTS = {"ru": 2001, "en": 2003}
_RECOVERY_SECONDS = 60.0  # the promise: sound again within this time, without a human
_SECRETS = re.compile(r"eyJ[\w-]{10,}\.eyJ|bot\d{6,}:[\w-]{20,}|Bearer [\w.-]{20,}|hash=[0-9a-f]{64}")


class WholeDesk:
    """A running desk, its simulated Telegram, and the people at both."""

    def __init__(self, data_dir: Path, **environment: str) -> None:
        self.desk = Desk(data_dir, EMBEDDED_LINGER="2", **environment)
        self.services = service_urls(self.desk.data_dir / "services")
        self._numbers = itertools.count(5_001)
        self._people: dict[int, Person] = {}
        self._checked = 0  # lines of the output
        self.telegram = Simulator.attach(self.desk.url, self.desk.simulator_port, data_dir)

    @property
    def url(self) -> str:
        return self.desk.url

    def start(self) -> None:
        self.desk.start()
        self.desk.wait_until_up()
        self.desk.wait_for("works for bot", seconds=60)

    def end(self) -> None:
        for person in self._people.values():
            person.http.close()
        self.desk.end()

    # --- people ------------------------------------------------------------------------------------------------------
    def new_customer(self, language: str = "en") -> int:
        """The Telegram id of somebody whom the desk has never seen."""
        number = next(self._numbers)
        self.telegram.create_user(number, first_name=f"Guest {number}", language_code=language)
        return number

    def agent(self, language: str = "en") -> Person:
        """An agent of the demo who speaks this language."""
        return self.person(_AGENTS[language])

    def person(self, telegram_id: int) -> Person:
        """Signed in now; one HTTP client for each for the whole session."""
        person = self._people.get(telegram_id) or Person(self.url, self.telegram, telegram_id)
        self._people[telegram_id] = person
        return person if person.session else person.sign_in()

    def ticket_of(self, customer: int) -> JSON:
        """This customer's newest ticket as staff see it, once there is one."""
        agent = self.agent()

        def look() -> JSON | None:
            tickets = agent.tickets(order="newest", limit=50)
            return next((one for one in tickets if one["customer"]["name"] == f"Guest {customer}"), None)

        found = wait_until(look, seconds=30, what=f"a ticket of {customer}")
        assert found is not None
        return found

    # --- processes ---------------------------------------------------------------------------------------------------
    def kill(self, words: str) -> None:
        """kill -9 of all the desk's processes whose command line holds the words."""
        for pid in self.desk.pids(words):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def service_pid(self, name: str) -> int:
        """The process id of this desk's own `postgres` or `valkey-server`."""
        link = str(socket_link(self.desk.data_dir / "services"))
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                # a server may write its title over the command line, with blanks
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                if line.split(" ", 1)[0].endswith(name) and link in line:
                    return int(entry.name)
        raise AssertionError(f"no {name} of this desk runs")

    def wait_until_ready(self, seconds: float = _RECOVERY_SECONDS) -> None:
        eventually(self._is_ready, seconds)

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=5, trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    # --- proof -------------------------------------------------------------------------------------------------------
    def check(
        self,
        expected: Expectation | None = None,
        *,
        tolerating: tuple[str, ...] = (),
        seconds: float = _RECOVERY_SECONDS,
    ) -> None:
        """All invariants hold, at the latest after the time in which the desk promises to recover.

        seconds: more, where people have written faster than this machine answers and a queue has to be worked off.
        tolerating: errors that programs may have shown since the last check; theirs is the fault that a test made.
        """
        promised = expected or Expectation()

        def faults() -> list[str]:
            found = find_violations(self.services.database)
            return found or find_broken_promises(promised, self.telegram, self.agent())

        with contextlib.suppress(TimeoutError):
            eventually(lambda: not faults(), seconds)
        found = faults()
        assert not found, found
        replay = self.manage("replay_tickets")
        assert replay.returncode == 0, replay.stdout + replay.stderr
        self.check_output(tolerating)
        problems = find_invalid_calls(self.telegram)
        assert not problems, problems

    def check_output(self, tolerating: tuple[str, ...] = ()) -> None:
        """Nothing that the desk printed tells of a bug or holds a secret."""
        lines = self.desk.output.splitlines()
        marks = ("Internal Server Error", "Traceback")
        bugs = [number for number in range(self._checked, len(lines)) if any(mark in lines[number] for mark in marks)]
        if tolerating:
            bugs = [number for number in bugs if not _is_about(lines, number, tolerating)]
        self._checked = len(lines)
        assert not bugs, "\n".join(lines[max(0, bugs[0] - 5) : bugs[0] + 60])
        assert [line for line in lines if _SECRETS.search(line)] == []
        assert all(status < 500 or status == 503 for person in self._people.values() for status in person.statuses)

    def manage(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return self.desk.run_manage(*arguments)


def _is_about(lines: list[str], number: int, errors: tuple[str, ...]) -> bool:
    """Whether the trace that begins there, of one program among others, ends in one of these errors."""
    program = lines[number].split("|", 1)[0]
    own = [line for line in lines[number : number + 200] if line.startswith(program)]
    return any(error in line for line in own for error in errors)


@pytest.fixture(scope="session")
def whole_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeDesk]:
    desk = WholeDesk(tmp_path_factory.mktemp("whole_desk"))
    desk.start()
    yield desk
    desk.end()
