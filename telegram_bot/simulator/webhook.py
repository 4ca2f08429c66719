"""Delivers updates to the bot's webhook, in order per queue, backing off where the bot fails.

As tdlib/telegram-bot-api does it: a first retry at once, then 2, 4, 8 ... seconds up to a random 60 to 120; a
`Retry-After` of the answer is honoured up to an hour; 410 for 23 hours removes the webhook. Twice as many queues as
connections are looked at, so that as many failing chats hold up everybody else.
"""

import asyncio
import json
import secrets
from collections.abc import Callable
from contextlib import suppress
from sqlite3 import Row
from typing import Any

import httpx

from telegram_bot.simulator.bot_api.polling import webhook_settings
from telegram_bot.simulator.database import JSON
from telegram_bot.simulator.world import World

REQUEST_SECONDS = 30.0
RETRY_AFTER_LIMIT = 3600
GONE_SECONDS = 23 * 3600
IDLE_SECONDS = 0.5


class WebhookDelivery:
    """One loop; at most one request in flight for each queue, and `max_connections` in all."""

    def __init__(self, world: World, run_method: Callable[[JSON], None]) -> None:
        self._world = world
        self._run_method = run_method
        self._flying: dict[int, asyncio.Task[None]] = {}

    async def run(self) -> None:
        async with httpx.AsyncClient(timeout=REQUEST_SECONDS, trust_env=False, verify=False) as client:  # noqa: S501
            try:
                while True:
                    self._start(client)
                    wait = min(IDLE_SECONDS, max(0.01, IDLE_SECONDS * self._world.clock.scale))
                    await self._world.updates.arrived.wait(wait)
            finally:
                for task in self._flying.values():
                    task.cancel()

    def _start(self, client: httpx.AsyncClient) -> None:
        settings = webhook_settings(self._world)
        if not settings:
            return
        self._world.updates.expire()
        now = asyncio.get_running_loop().time()
        # so many queues are known at once: failing ones starve the others
        for row in self._world.updates.heads()[: 2 * settings["max_connections"]]:
            queue = row["queue"]
            if len(self._flying) >= settings["max_connections"]:
                return
            if queue not in self._flying and row["next_try"] <= now:
                self._flying[queue] = asyncio.create_task(self._deliver(client, settings, row))

    async def _deliver(self, client: httpx.AsyncClient, settings: JSON, row: Row) -> None:
        headers = {"Content-Type": "application/json"}
        if settings["secret_token"]:
            headers["X-Telegram-Bot-Api-Secret-Token"] = settings["secret_token"]
        body = row["body"].encode("utf-8", "surrogatepass")
        response: httpx.Response | None = None
        try:
            with suppress(httpx.HTTPError, httpx.InvalidURL):
                response = await client.post(settings["url"], content=body, headers=headers)
            if webhook_settings(self._world) == settings:
                self._settle(row, response)
        finally:
            del self._flying[row["queue"]]
            self._world.updates.arrived.fire()

    def _settle(self, row: Row, response: httpx.Response | None) -> None:
        world = self._world
        if response is not None and response.is_success:
            world.updates.close(row["id"], "confirmed")
            self._answer_within(response)
            return
        reason = (
            "Connection refused"
            if response is None
            else f"Wrong response from the webhook: {response.status_code} {response.reason_phrase}"
        )
        world.db.set("webhook_trouble", {"last_error_date": world.clock.today(), "last_error_message": reason})
        if response is not None and response.status_code == httpx.codes.GONE and self._gone_for_long():
            world.db.set("webhook", None)
            return
        delay = _delay(row["tries"], response) * world.clock.scale
        world.updates.postpone(row["id"], asyncio.get_running_loop().time() + delay)

    def _gone_for_long(self) -> bool:
        since: float = self._world.db.setting("webhook_gone_since") or self._world.clock.now()
        self._world.db.set("webhook_gone_since", since)
        return self._world.clock.now() - since > GONE_SECONDS

    def _answer_within(self, response: httpx.Response) -> None:
        """A method in the body of the answer is executed, and nobody hears of its result."""
        self._world.db.set("webhook_gone_since", None)
        values: Any = None
        with suppress(ValueError):
            values = json.loads(response.content)
        if isinstance(values, dict) and values.get("method"):
            self._run_method(values)


def _delay(tries: int, response: httpx.Response | None) -> float:
    """Seconds until the next try; `tries` counts those before this one."""
    if response is not None and response.headers.get("Retry-After", "").isdigit():
        return float(min(RETRY_AFTER_LIMIT, int(response.headers["Retry-After"])))
    if tries == 0:
        return 0.0
    return float(min(2**tries, 60 + secrets.randbelow(61)))
