"""Takes a call from HTTP through token, faults and pace to its method, and its answer back."""

import asyncio
import json
import re
from collections.abc import Callable
from email.utils import formatdate
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, Response

from telegram_bot.simulator.bot_api import chats, editing, media, polling, profile, sending, webhook
from telegram_bot.simulator.bot_api.parameters import Call, read_call
from telegram_bot.simulator.database import dump
from telegram_bot.simulator.errors import BotApiError
from telegram_bot.simulator.faults import Fault
from telegram_bot.simulator.world import World

Method = Callable[[World, Call], Any]
METHODS: dict[str, Method] = {
    **sending.METHODS,
    **media.METHODS,
    **editing.METHODS,
    **profile.METHODS,
    **chats.METHODS,
    **webhook.METHODS,
    "logout": lambda _world, _call: True,
    "close": lambda _world, _call: True,
}
_PACED = re.compile(r"send(?!chataction)|copy|forward|edit")
_TOKEN = re.compile(r"\d+:[\w-]+", re.ASCII)
_NOT_FROM_WEBHOOK = ("setwebhook", "deletewebhook", "close", "logout")


class Dropped(Exception):
    """The connection closes without an answer."""


class BotApi:
    """The server's side of one bot."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def endpoint(self, request: Request) -> Response:
        """`/bot<token>/<method>`"""
        try:
            response = await self._answer(request)
        except (Dropped, ClientDisconnect):  # a bot that is killed hangs up in the middle of its call
            await close_connection(request)
            return Response(status_code=500)
        except BotApiError as error:
            response = refusal(error)
        response.headers["Date"] = formatdate(self.world.clock.now(), usegmt=True)
        return response

    async def file_endpoint(self, request: Request) -> Response:
        """`/file/bot<token>/<path>`"""
        try:
            self._check_token(request.path_params["token"])
        except BotApiError as error:
            return refusal(error)
        fault = self.world.faults.claim("file", "")
        if fault and fault.kind in ("outage", "drop_before", "drop_after"):
            await close_connection(request)
        elif fault and (given := fault.error()):
            return refusal(given)
        elif fault:
            await asyncio.sleep(fault.seconds)
        path = self.world.files.path(request.path_params["path"])
        if path is None:
            return refusal(BotApiError(404, "Not Found"))
        return FileResponse(path, media_type="application/octet-stream")

    def _check_token(self, token: str) -> None:
        if not _TOKEN.fullmatch(token):
            raise BotApiError(404, "Not Found")
        if token != self.world.options.token:
            raise BotApiError(401, "Unauthorized")

    async def _answer(self, request: Request) -> Response:
        self._check_token(request.path_params["token"])
        call = await read_call(request, request.path_params["method"].lower())
        fault = self.world.faults.claim(call.method, call.chat_id)
        number = self.world.calls.begin(request.path_params["method"], call.logged())
        try:
            await self._before(fault)
            text = await self._execute(call, number)
            await self._after(fault)
        except Dropped:
            self.world.calls.finish(number, 0, None, answered=False)
            raise
        except BotApiError as error:
            self.world.calls.finish(number, error.code, {"description": error.description, **error.parameters})
            raise
        self.world.calls.finish(number, 200, json.loads(text).get("result") if call.method != "getupdates" else None)
        # Raw updates of the control API may hold what is no text: lone surrogates, for one.
        return Response(text.encode("utf-8", "surrogatepass"), media_type="application/json")

    async def _execute(self, call: Call, number: int) -> str:
        """The answer's JSON text."""
        if call.method == "getupdates":
            updates = await polling.get_updates(self.world, call)
            return '{"ok":true,"result":[' + ",\n".join(updates) + "]}"
        result = self.run(call)
        self.world.calls.executed(number)
        if isinstance(result, webhook.Described):
            return dump({"ok": True, "result": result.result, "description": result.description})
        return dump({"ok": True, "result": result})

    def run(self, call: Call) -> Any:
        """Executes a method in one transaction."""
        if call.method not in METHODS:
            raise BotApiError(404, "Not Found: method not found")
        if _PACED.match(call.method) and call.chat_id:
            self.world.pace.check(call.chat_id)
        with self.world.db.transaction():
            return METHODS[call.method](self.world, call)

    def run_from_webhook(self, values: dict[str, Any]) -> None:
        """A method given in the answer to a webhook: executed, its result is told to nobody."""
        method = str(values.get("method", "")).lower()
        if method.startswith("get") or method in _NOT_FROM_WEBHOOK:
            return
        params = {name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()}
        call = Call(method, params)
        number = self.world.calls.begin(str(values["method"]), call.logged())
        try:
            result = self.run(call)
        except BotApiError as error:
            self.world.calls.finish(number, error.code, {"description": error.description}, answered=False)
        else:
            self.world.calls.executed(number)
            self.world.calls.finish(number, 200, result, answered=False)

    async def _before(self, fault: Fault | None) -> None:
        if fault is None:
            return
        if fault.kind in ("outage", "drop_before"):
            raise Dropped
        if fault.kind == "slow" and fault.when == "before":
            await asyncio.sleep(fault.seconds)
        if error := fault.error():
            raise error

    async def _after(self, fault: Fault | None) -> None:
        if fault is None:
            return
        if fault.kind == "slow" and fault.when == "after":
            await asyncio.sleep(fault.seconds)
        if fault.kind == "drop_after":
            raise Dropped


async def close_connection(request: Request) -> None:
    """Closes the connection without a byte; the server's protocol gives the way."""
    request.scope["extensions"]["simulator.abort"]()
    await asyncio.sleep(0.02)


def refusal(error: BotApiError) -> Response:
    body: dict[str, Any] = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        body["parameters"] = error.parameters
    headers = {"Retry-After": str(error.parameters["retry_after"])} if "retry_after" in error.parameters else {}
    return Response(dump(body), status_code=error.code, media_type="application/json", headers=headers)
