"""The loop behind `manage.py up`: one thread, which starts the programs, prints what they say, and restarts them.

One thread, because the kernel ends a child when the *thread* that forked it ends.
"""

import os
import select
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from config.embedded.services import ServicesUnavailable
from config.supervision.children import Child
from config.supervision.programs import Program

_TICK = 0.25  # seconds
_POLITE_SECONDS = 10.0
_SERVICES_SECONDS = 2.0
_GREETING_SECONDS = 20.0  # after which the rest starts anyway
_COLOURS = (36, 32, 35, 33, 34)
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_STDOUT = 1


class Supervisor:
    """`keep_services` is called now and then to bring the database back where it was lost.

    `greet` is called until it returns True: what to open, once that can be opened.
    """

    def __init__(
        self, programs: list[Program], *, keeps: int, keep_services: Callable[[], None], greet: Callable[[], bool]
    ) -> None:
        self._width = max(len(program.name) for program in programs)
        self._colour = sys.stdout.isatty()
        self._keep_services = keep_services
        self._greet = greet
        self._told_to_end = 0
        self._children = [
            Child(program, say=self._printer(program.name, _COLOURS[number % len(_COLOURS)]), keeps=keeps)
            for number, program in enumerate(programs)
        ]
        self._say = self._printer("up", 0)

    def run(self, prepare: Callable[[], None]) -> None:
        """Returns when told to end (SIGINT, SIGTERM, SIGHUP), with every program ended.

        `prepare` brings the database up to date while the first programs load, which takes them about as long; what
        it raises ends them, and goes on to the caller.
        """
        handlers: dict[int, Any] = {}
        try:
            self._start_due(everything=False)
            prepare()
            handlers = {number: signal.signal(number, self._on_signal) for number in _ENDING}
            self._supervise()
        finally:
            self._end_all()
            for number, handler in handlers.items():
                signal.signal(number, handler)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._told_to_end += 1

    def _supervise(self) -> None:
        greeted, waits_until = False, time.monotonic() + _GREETING_SECONDS
        services_at = time.monotonic() + _SERVICES_SECONDS
        while not self._told_to_end:
            self._start_due(everything=greeted or time.monotonic() > waits_until)
            self._read(_TICK)
            for child in self._children:
                if (code := child.reap()) is not None:
                    how, pause = _describe(code), child.take_pause()
                    self._say(f"{child.program.name} ended {how}; starting it again in {pause:g} s")
            greeted = greeted or self._greet()
            if time.monotonic() > services_at:
                self._restore_services()
                services_at = time.monotonic() + _SERVICES_SECONDS

    def _start_due(self, *, everything: bool) -> None:
        for child in self._children:
            if child.due and (everything or not child.program.waits):
                child.start()

    def _restore_services(self) -> None:
        try:
            self._keep_services()
        except ServicesUnavailable as error:
            self._say(str(error))

    def _read(self, seconds: float) -> None:
        talking = {child.output: child for child in self._children if child.output}
        for output in select.select(list(talking), [], [], seconds)[0]:
            talking[output].read()

    def _end_all(self) -> None:
        """Politely at first; at once after a second Ctrl-C, or where a program does not listen."""
        for child in self._children:
            child.end()
        deadline, told = time.monotonic() + _POLITE_SECONDS, self._told_to_end
        while any(child.running for child in self._children):
            if time.monotonic() > deadline or self._told_to_end > told:
                for child in self._children:
                    child.kill()
            self._read(_TICK / 5)
            for child in self._children:
                child.reap()

    def _printer(self, name: str, colour: int) -> Callable[[str], None]:
        label = f"{name:<{self._width}} |"
        if self._colour and colour:
            label = f"\033[{colour}m{label}\033[0m"

        def say(line: str) -> None:
            try:
                print(label, line, flush=True)  # noqa: T201 - the terminal is what this is for
            except BrokenPipeError:  # nobody reads us any more
                self._told_to_end += 1
                os.dup2(os.open(os.devnull, os.O_WRONLY), _STDOUT)

        return say


def _describe(code: int) -> str:
    return f"by {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
