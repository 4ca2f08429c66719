"""Troubles that can be switched on: each says which calls it meets and how often."""

from dataclasses import asdict, dataclass, field
from itertools import count
from typing import Any

from telegram_bot.simulator.errors import BotApiError, ControlError, bad_request, forbidden, too_many_requests

KINDS = {
    "too_many_requests": "429 with retry_after (seconds)",
    "server_error": "an answer 5xx (status), nothing executed",
    "slow": "the answer waits (seconds), `when` before or after the execution",
    "drop_before": "the connection closes, nothing executed",
    "drop_after": "executed, but the connection closes before the answer",
    "error": "an error of your own (code, description, parameters)",
    "blocked": "403, the person blocked the bot",
    "deactivated": "403, the account is gone",
    "chat_not_found": "400",
    "topic_closed": "400 TOPIC_CLOSED",
    "topic_deleted": "400 TOPIC_DELETED",
    "outage": "every connection closes without an answer",
    "duplicate_updates": "each update is queued again (mode: same | new id)",
}
# A fault that names no methods leaves alone what a bot does to stay connected.
_CONNECTION = {
    "getupdates", "getme", "setwebhook", "deletewebhook", "getwebhookinfo", "logout", "close",
}  # fmt: skip


@dataclass
class Fault:
    """`times` counts down with every call that it meets; None means until it is removed."""

    kind: str
    id: int = 0
    methods: list[str] = field(default_factory=list)
    chat_id: int | None = None
    times: int | None = None
    retry_after: int = 3
    seconds: float = 5.0
    when: str = "before"
    status: int = 502
    code: int = 400
    description: str = "Bad Request: simulated"
    parameters: dict[str, Any] = field(default_factory=dict)
    mode: str = "same"

    def meets(self, method: str, chat_id: str) -> bool:
        if self.kind == "outage":
            return True
        if self.kind == "duplicate_updates":
            return False
        if self.chat_id is not None and str(self.chat_id) != chat_id:
            return False
        if self.methods:
            return "*" in self.methods or method in (name.lower() for name in self.methods)
        return method not in _CONNECTION

    def error(self) -> BotApiError | None:
        """The answer that this fault gives in place of the real one, if it gives one."""
        answers = {
            "too_many_requests": too_many_requests(self.retry_after),
            "server_error": BotApiError(self.status, "Internal Server Error" if self.status == 500 else "Bad Gateway"),
            "error": BotApiError(self.code, self.description, self.parameters),
            "blocked": forbidden("bot was blocked by the user"),
            "deactivated": forbidden("user is deactivated"),
            "chat_not_found": bad_request("chat not found"),
            "topic_closed": bad_request("TOPIC_CLOSED"),
            "topic_deleted": bad_request("TOPIC_DELETED"),
        }
        return answers.get(self.kind)


class Faults:
    """The faults switched on now, first come first met. They live in memory: a restart clears them."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._numbers = count(1)

    def add(self, values: dict[str, Any]) -> Fault:
        if values.get("kind") not in KINDS:
            raise ControlError(f"kind takes one of: {', '.join(KINDS)}.")
        try:
            fault = Fault(**values)
        except TypeError as error:
            raise ControlError(f"A fault has no such field: {error}.") from error
        fault.id = next(self._numbers)
        self._faults.append(fault)
        return fault

    def remove(self, fault_id: int) -> None:
        self._faults = [fault for fault in self._faults if fault.id != fault_id]

    def clear(self) -> None:
        self._faults = []

    def claim(self, method: str, chat_id: str) -> Fault | None:
        """The fault that meets this call; it is used up by one."""
        for fault in self._faults:
            if fault.meets(method, chat_id):
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self.remove(fault.id)
                return fault
        return None

    def duplicate_modes(self) -> list[str]:
        return [fault.mode for fault in self._faults if fault.kind == "duplicate_updates"]

    def listing(self) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self._faults]
