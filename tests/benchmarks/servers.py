"""The processes under load, over the database of the benchmarks: one worker each."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from tests.support.running_desk import PROJECT, free_port
from tests.support.simulator import wait_until


def database_url(name: str = "") -> str:
    return urlsplit(settings.DATABASE_URL)._replace(path=f"/{name or connection.settings_dict['NAME']}").geturl()


@contextmanager
def desk(database: str = "") -> Iterator[int]:
    """The desk's REST as production serves it, by one granian worker; its port."""
    port = free_port()
    command = ("granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1")
    threads = ("--blocking-threads", "8", "--no-ws", "tests.benchmarks.unlimited_wsgi:application")
    environment = {"DATABASE_URL": database_url(database), "REDIS_URL": settings.REDIS_URL, "DEBUG": "on"}
    with program([sys.executable, "-m", *command, *threads], environment, port):
        yield port


@contextmanager
def bare() -> Iterator[int]:
    """tests.benchmarks.bare, by one uvicorn; its port."""
    port = free_port()
    arguments = ("--port", str(port), "--log-level", "warning")
    command = [sys.executable, "-m", "uvicorn", "tests.benchmarks.bare:application", *arguments]
    with program(command, {"BARE_DATABASE": database_url()}, port):
        yield port


@contextmanager
def program(command: list[str], environment: dict[str, str], port: int) -> Iterator[None]:
    process = subprocess.Popen(
        command, cwd=PROJECT, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: _listens(port), seconds=60, what=command[2])
        yield
    finally:
        process.terminate()
        process.wait(20)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
