"""A person at the desk's doors over HTTP and WebSocket, as the Mini App is: signed in by Telegram's own data."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from typing import Any, Self
from uuid import UUID, uuid4

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.support.simulator import Simulator

JSON = dict[str, Any]


class Person:
    """One of the demo people, signed in through the simulator's signed data. Every answer of the desk is kept."""

    def __init__(self, desk_url: str, telegram: Simulator, telegram_id: int) -> None:
        self.desk_url = desk_url
        self.telegram = telegram
        self.telegram_id = telegram_id
        self.http = httpx.Client(base_url=f"{desk_url}/api/v1", timeout=30, trust_env=False)
        self.statuses: list[int] = []
        self.session: JSON = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.http.close()

    def sign_in(self) -> Self:
        """Anew where somebody is signed in: access ends after a quarter of an hour, a campaign goes on for longer."""
        init_data = self.telegram.init_data(self.telegram_id)
        self.session = self._checked(self.http.post("/auth/telegram/", json={"init_data": init_data}))
        self.http.headers["Authorization"] = f"Bearer {self.session['access']}"
        return self

    @property
    def id(self) -> str:
        return str(self.session["user"]["id"])

    def get(self, path: str, **query: Any) -> Any:
        """Waits where the desk asks for patience, as a client should."""
        while (response := self._ask("GET", path, params=query)).status_code == 429:
            self.statuses.append(429)
            time.sleep(max(0.1, float(response.json()["error"]["data"]["retry_after"])))
        return self._checked(response)

    def post(self, path: str, **body: Any) -> Any:
        return self._checked(self._ask("POST", path, json=body))

    def patch(self, path: str, **body: Any) -> Any:
        return self._checked(self._ask("PATCH", path, json=body))

    def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Once more after signing in, where access has ended."""
        response = self.http.request(method, path, **more)
        if response.status_code != 401 or not self.session:
            return response
        self.statuses.append(401)
        self.sign_in()
        return self.http.request(method, path, **more)

    def _checked(self, response: httpx.Response) -> Any:
        self.statuses.append(response.status_code)
        request = response.request
        assert response.is_success, f"{request.method} {request.url.path}: {response.status_code} {response.text[:500]}"
        return response.json() if response.content else None

    # --- what people do ----------------------------------------------------------------------------------------------
    def tickets(self, **query: Any) -> list[JSON]:
        found: list[JSON] = self.get("/tickets/", **query)["results"]
        return found

    def ticket(self, reference: str | int) -> JSON:
        found: JSON = self.get(f"/tickets/{reference}/")
        return found

    def messages(self, reference: str | int, **query: Any) -> list[JSON]:
        found: list[JSON] = self.get(f"/tickets/{reference}/messages/", **query)["results"]
        return found

    def reply(self, reference: str | int, text: str, *, key: UUID | None = None, **more: Any) -> JSON:
        posted: JSON = self.post(f"/tickets/{reference}/messages/", id=str(key or uuid4()), text=text, **more)
        return posted

    def note(self, reference: str | int, text: str) -> JSON:
        return self.reply(reference, text, internal=True)

    def take(self, reference: str | int) -> JSON:
        taken: JSON = self.post(f"/tickets/{reference}/assign/", assignee=self.id)
        return taken

    def upload(self, name: str, content: bytes) -> JSON:
        uploaded: JSON = self._checked(self._ask("POST", "/files/", files={"file": (name, content)}))
        return uploaded

    @contextlib.asynccontextmanager
    async def socket(self) -> AsyncIterator["Socket"]:
        ticket = self.post("/auth/socket-ticket/")["ticket"]
        url = self.desk_url.replace("http", "ws", 1) + "/ws/"
        async with connect(url, subprotocols=["desk.v1", ticket], origin=self.desk_url, proxy=None) as connection:  # type: ignore[list-item,arg-type]
            yield Socket(connection)


class Socket:
    """A live connection; frames are kept as they come, so that a test may look for them in any order."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.frames: list[JSON] = []

    async def send(self, **frame: Any) -> None:
        await self.connection.send(json.dumps(frame))

    async def wait_for(self, kind: str, *, seconds: float = 10.0, **wanted: Any) -> JSON:
        """The first frame of this type with these values, seen already or still to come."""
        async with asyncio.timeout(seconds):
            position = 0
            while True:
                while position < len(self.frames):
                    frame = self.frames[position]
                    position += 1
                    if frame["type"] == kind and all(frame.get(name) == value for name, value in wanted.items()):
                        return frame
                self.frames.append(json.loads(await self.connection.recv()))

    async def listen(self, seconds: float) -> list[JSON]:
        """All frames so far, after listening for some more seconds."""
        with contextlib.suppress(TimeoutError, ConnectionClosed):
            async with asyncio.timeout(seconds):
                while True:
                    self.frames.append(json.loads(await self.connection.recv()))
        return self.frames
