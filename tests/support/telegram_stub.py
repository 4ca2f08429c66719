"""Telegram in the test's own process: answers as told, remembers what it was asked."""

import asyncio
import itertools
from collections import defaultdict, deque
from typing import Any, Self

from telegram_bot.bot_api import Request, Upload
from telegram_bot.verdicts import Sent, Verdict, judge
from tests.support.validator import find_problems


class TelegramStub:
    """Takes the place of `BotApi`; in a `with`, at whose end it has seen documented calls only.

    `answers[method]` holds what comes next: a result, or an exception to judge.
    """

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.uploads: list[Upload] = []
        self.answers: defaultdict[str, deque[Any]] = defaultdict(deque)
        self.files: dict[str, bytes] = {}
        self.broken_chats: dict[int, Exception] = {}
        self.hold: asyncio.Event | None = None
        self.most_at_once = 0
        self._at_once = 0
        self._problems: list[str] = []
        self._message_ids = itertools.count(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        assert not self._problems, self._problems

    async def call(self, request: Request) -> Verdict:
        try:
            return Sent(
                result=await self.ask(request.method, **request.params, **{file.field: file for file in request.files})
            )
        except Exception as error:
            return judge(error)

    async def ask(self, method: str, *, seconds: float | None = None, **params: Any) -> Any:
        self.calls.append((method, params))
        self._problems += find_problems(method, params)
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            await (self.hold.wait() if self.hold else asyncio.sleep(0))
        finally:
            self._at_once -= 1
        if error := self.broken_chats.get(params.get("chat_id", 0)):
            raise error
        answer = self.answers[method].popleft() if self.answers[method] else self._usual(method, params)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def _usual(self, method: str, params: dict[str, Any]) -> Any:
        if method == "getFile":
            return {"file_id": params["file_id"], "file_path": params["file_id"], "file_size": 3}
        if method == "createForumTopic":
            return {"message_thread_id": next(self._message_ids), "name": params["name"]}
        if method == "copyMessages":
            return [{"message_id": next(self._message_ids)} for _id in params["message_ids"]]
        if method == "copyMessage":
            return {"message_id": next(self._message_ids)}
        if method == "sendMediaGroup":
            return [{"message_id": next(self._message_ids), "date": 1} for _item in params["media"]]
        if method.startswith(("send", "editMessage")):
            message_id = params.get("message_id") or next(self._message_ids)
            return {"message_id": message_id, "date": 1, "text": params.get("text", "")}
        return True

    async def download(self, file_path: str, into: Any, *, limit: int) -> bool:
        content = self.files[file_path]
        if len(content) > limit:
            return False
        into.write(content)
        return True

    def texts(self, chat_id: int | None) -> list[str]:
        return [
            params["text"] for _method, params in self.calls if params.get("chat_id") == chat_id and "text" in params
        ]
