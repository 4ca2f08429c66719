"""A simulated Telegram of one's own for a test.

    with Simulator(desk_url="http://127.0.0.1:8000") as telegram:
        telegram.say(1001, "Hello")
        telegram.wait_for_message(1001, lambda message: "received" in message.get("text", ""))

The desk under test reaches it by TELEGRAM_API_URL=`telegram.url` and TELEGRAM_BOT_TOKEN=`telegram.token`.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self, TypeVar

import httpx

from tests.support.simulator_control import Control

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "7000000001:0123456789abcdef0123456789abcdefABC"
START_SECONDS = 60.0  # a process may start slowly on a busy machine
JSON = dict[str, Any]
T = TypeVar("T")


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(check: Callable[[], T], *, seconds: float = 10.0, what: str = "") -> T:
    """Polls until `check` gives something true, and returns that; fails after the time, in seconds."""
    deadline = time.monotonic() + seconds
    while not (found := check()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain for {what or check}; last seen: {found!r}")
        time.sleep(0.05)
    return found


class Simulator(Control):
    """The process, and what a test asks of it. People are named by their Telegram ids (1001-1005, 2001-2003, ...)."""

    def __init__(
        self,
        *,
        desk_url: str = "http://127.0.0.1:8000",
        token: str = TOKEN,
        port: int | None = None,
        data_dir: Path | None = None,
    ) -> None:
        self.desk_url = desk_url
        self.token = token
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._own_dir = None if data_dir else tempfile.TemporaryDirectory(prefix="simulator-")
        self.data_dir = data_dir or Path(self._own_dir.name)  # type: ignore[union-attr]
        self.process: subprocess.Popen[bytes] | None = None
        super().__init__(self.url)

    @classmethod
    def attach(cls, desk_url: str, port: int, data_dir: Path) -> Self:
        """The simulator that a running desk brought up by itself."""
        return cls(desk_url=desk_url, port=port, data_dir=data_dir)

    # --- the process -----------------------------------------------------------------------------------------------
    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()
        self._http.close()
        if self._own_dir:
            self._own_dir.cleanup()

    def start(self) -> None:
        """Starts, or starts again with everything that it knew."""
        command = [sys.executable, "-m", "telegram_bot.simulator", "--port", str(self.port)]
        command += ["--data-dir", str(self.data_dir), "--desk-url", self.desk_url]
        environment = {**os.environ, "TELEGRAM_BOT_TOKEN": self.token}
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment)
        wait_until(self._answers, seconds=START_SECONDS, what="the simulator's first answer")

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, "the simulator ended at its start"
        try:
            return self._http.get("/state").is_success
        except httpx.TransportError:
            return False

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=10)
            self.process = None

    def kill(self) -> None:
        """kill -9: Telegram is away until `start`."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(timeout=10)
        self.process = None

    # --- looking ---------------------------------------------------------------------------------------------------
    def transcript(self, user_id: int, **query: Any) -> list[JSON]:
        """The messages of the person's chat with the bot, in order; `chat_id` for a group, `deleted=1` for all."""
        messages: list[JSON] = self.get(f"/users/{user_id}/transcript", **query)
        return messages

    def from_bot(self, user_id: int, **query: Any) -> list[JSON]:
        """What the bot wrote there."""
        return [message for message in self.transcript(user_id, **query) if message["from"]["is_bot"]]

    def answers(self, user_id: int, **query: Any) -> list[JSON]:
        """What agents wrote there: cards, questions and offers have buttons, an answer has none."""
        return [message for message in self.from_bot(user_id, **query) if "reply_markup" not in message]

    def wait_for_message(
        self, user_id: int, wanted: Callable[[JSON], object] | str, *, seconds: float = 15.0, **query: Any
    ) -> JSON:
        """The first message of the bot whose text or caption contains the words, or that the function accepts."""

        def look() -> JSON | None:
            return next(filter(_accepts(wanted), self.from_bot(user_id, **query)), None)

        return wait_until(look, seconds=seconds, what=f"a message to {user_id} with {wanted}")

    def wait_for_answer(self, user_id: int, text: str, *, seconds: float = 15.0) -> JSON:
        """The first of `answers` that contains the words."""

        def look() -> JSON | None:
            return next(filter(_accepts(text), self.answers(user_id)), None)

        return wait_until(look, seconds=seconds, what=f"an answer to {user_id} with {text}")

    def calls(self, method: str = "", **query: Any) -> list[JSON]:
        """Bot API calls: `{id, method, params, at, status, answer, executed, answered}`; `chat_id`, `after`."""
        found: list[JSON] = self.get("/calls", method=method, **query)
        return found

    def updates(self) -> list[JSON]:
        """Updates with their state: pending, confirmed, expired."""
        found: list[JSON] = self.get("/updates")
        return found

    def state(self) -> JSON:
        answer: JSON = self.get("/state")
        return answer

    # --- troubles --------------------------------------------------------------------------------------------------
    def set_fault(self, kind: str, **more: Any) -> int:
        """Switches a fault on and returns its id; `methods`, `chat_id`, `times`, and what the kind takes.

        Kinds: too_many_requests (retry_after), server_error (status), slow (seconds, when), drop_before, drop_after,
        error (code, description, parameters), blocked, deactivated, chat_not_found, topic_closed, topic_deleted,
        outage, duplicate_updates (mode: same | new).
        """
        return int(self.post("/faults", kind=kind, **more)["id"])

    def clear_faults(self, fault_id: int | None = None) -> None:
        """All, or the one."""
        query = {} if fault_id is None else {"id": fault_id}
        self._answer(self._http.delete("/faults", params=query))

    def advance_clock(self, seconds: float) -> None:
        """Moves Telegram's time forward: presses expire after 150 s, updates after 24 h."""
        self.post("/clock", advance=seconds)

    def scale_waits(self, scale: float) -> None:
        """Shortens the waits between webhook tries."""
        self.post("/clock", scale=scale)

    def limit_pace(self, enabled: bool = True) -> None:
        self.post("/pace", enabled=enabled)

    def set_server(self, *, local: bool) -> None:
        """Whether it tells of files as a Bot API server with --local does."""
        self.post("/server", local=local)

    def set_abilities(self, **values: bool) -> None:
        """What @BotFather switches: `has_topics_enabled`, `can_connect_to_business`."""
        self.post("/abilities", **values)

    def enable_topics(self, enabled: bool = True) -> None:
        """Topics in private chats; the bot learns of it by getMe."""
        self.post("/topics", enabled=enabled)

    def inject(self, update: JSON) -> int:
        """Queues an update of one field, e.g. `{"poll": {...}}`."""
        return int(self.post("/updates", update=update)["update_id"])

    def inject_raw(self, text: str, queue: int = 0) -> int:
        """Queues an update whose JSON after the id is this text, however wrong."""
        return int(self.post("/updates", raw=text, queue=queue)["update_id"])

    def replay(self, update_id: int, *, new_id: bool = False) -> int:
        """Delivers a known update once more, under its id or under a new one."""
        return int(self.post("/updates", replay=update_id, new_id=new_id)["update_id"])

    def create_user(self, user_id: int, **values: Any) -> JSON:
        """`first_name`, `language_code`, `is_premium`, `state` (open, not_started, blocked, deactivated, gone)."""
        return self.post("/users", id=user_id, **values)

    def create_chat(self, chat_id: int, **values: Any) -> JSON:
        """A group: `title`, `type`, `is_forum`, `members`, `admins`, `bot_is_admin`, `bot_manages_topics`,
        `bot_deletes_messages`, `bot_is_muted`, `bot_is_misled`."""
        return self.post("/chats", id=chat_id, **values)

    def change_chat(self, chat_id: int, **values: Any) -> JSON:
        """`state=`, and what `create_chat` takes."""
        return self.post(f"/chats/{chat_id}", **values)

    def migrate_chat(self, chat_id: int) -> JSON:
        return self.post(f"/chats/{chat_id}/migrate")

    def reset(self, *, keep_bot: bool = False) -> None:
        """A new Telegram with the demo people; faults off, real time.

        `keep_bot` leaves webhook, commands and menu buttons, for a desk that goes on running.
        """
        self.post("/reset", keep_bot=keep_bot)


def _accepts(wanted: Callable[[JSON], object] | str) -> Callable[[JSON], object]:
    if callable(wanted):
        return wanted
    return lambda message: wanted in (message.get("text") or message.get("caption") or "")
