"""A real daphne over the database of the test, and real sockets to it."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from websockets.asyncio.client import ClientConnection, connect

from tests.support.running_desk import PROJECT, free_port

JSON = dict[str, Any]


class LiveServer:
    """The live process, with the limits that the desk's own start gives it."""

    def __init__(self, log: Path, **environment: str) -> None:
        self.port = free_port()
        self.url = f"ws://127.0.0.1:{self.port}/ws/"
        self.origin = f"http://127.0.0.1:{self.port}"
        self.log = log
        name = settings.DATABASES["default"]["NAME"]
        self.environment = {
            **os.environ,
            "DEBUG": "on",
            "PORT": str(self.port),
            "DATABASE_URL": urlsplit(settings.DATABASE_URL)._replace(path=f"/{name}").geturl(),
            "DATABASE_POOL": "on",
            "REDIS_URL": settings.REDIS_URL,
            **environment,
        }
        limits = ("--websocket-max-message-size", "65536", "--websocket-max-frame-size", "65536")
        patience = ("--websocket_connect_timeout", "30")
        address = ("-b", "127.0.0.1", "-p", str(self.port))
        self.command = [sys.executable, "-m", "daphne", *address, *limits, *patience, "config.asgi:application"]
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=PROJECT, env=self.environment, stdout=log, stderr=subprocess.STDOUT
            )
        deadline = time.monotonic() + 30
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"daphne did not start:\n{self.said()[-4000:]}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def memory(self) -> int:
        """Bytes that are its own."""
        if self.process is None:
            raise RuntimeError("not started")
        rows = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text().splitlines()
        return sum(int(row.split()[1]) * 1024 for row in rows if row.startswith("Private_"))

    async def open(self, ticket: str, **more: Any) -> "RealClient":
        options = {"origin": self.origin, "proxy": None, "ping_interval": None, **more}
        return RealClient(await connect(self.url, subprotocols=["desk.v1", ticket], **options))  # type: ignore[list-item]


@contextmanager
def running(log: Path, **environment: str) -> Iterator[LiveServer]:
    server = LiveServer(log, **environment)
    server.start()
    try:
        yield server
    finally:
        server.stop()


class RealClient:
    """A browser's side of a socket."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.frames: list[JSON] = []

    async def send(self, kind: str, **fields: Any) -> None:
        plain = {name: str(value) if isinstance(value, UUID) else value for name, value in fields.items()}
        await self.connection.send(json.dumps({"type": kind, **plain}))

    async def wait_for(self, *kinds: str, seconds: float = 10.0, **wanted: Any) -> JSON:
        """The first frame of these types with these values, seen already or still to come."""
        position = 0
        async with asyncio.timeout(seconds):
            while True:
                for frame in self.frames[position:]:
                    if frame["type"] in kinds and all(frame.get(name) == value for name, value in wanted.items()):
                        return frame
                position = len(self.frames)
                self.frames.append(json.loads(await self.connection.recv()))

    async def read_on(self) -> None:
        """Take frames as they come, until cancelled."""
        while True:
            self.frames.append(json.loads(await self.connection.recv()))

    async def subscribe(self, ticket: UUID, after: int | None = None, *, seconds: float = 10.0) -> JSON:
        await self.send("subscribe", ticket=ticket, **({} if after is None else {"after": after}))
        return await self.wait_for("resumed", "reset", "error", seconds=seconds, ticket=str(ticket))

    async def wait_closed(self, seconds: float = 10.0) -> int | None:
        async with asyncio.timeout(seconds):
            await self.connection.wait_closed()
        return self.connection.close_code
