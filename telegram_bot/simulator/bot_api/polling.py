"""getUpdates: long polling, confirmation by offset, one poller at a time."""

import asyncio
import time

from telegram_bot.simulator.bot_api.parameters import Call
from telegram_bot.simulator.database import JSON
from telegram_bot.simulator.errors import BotApiError, bad_request
from telegram_bot.simulator.updates import KINDS
from telegram_bot.simulator.world import World

MAX_TIMEOUT = 50
REPEAT_SECONDS = 0.5
_WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


async def get_updates(world: World, call: Call) -> list[str]:
    """Updates as JSON texts, oldest first."""
    poller = world.poller
    if world.db.setting("webhook"):
        raise BotApiError(409, _WEBHOOK_ACTIVE)
    offset = call.integer("offset")
    limit = call.integer("limit", 100, low=1, high=100)
    timeout = call.integer("timeout", low=0, high=MAX_TIMEOUT)
    now = time.monotonic()
    if offset == poller.last_offset and now - poller.last_start < REPEAT_SECONDS:
        limit = 1
    poller.last_offset, poller.last_start = offset, now
    with world.db.transaction():
        remember_allowed(world, call)
        world.updates.expire()
        if offset > 0:
            world.updates.confirm_below(offset)
        elif offset < 0:
            world.updates.skip_to_last(-offset)
        batch = world.updates.batch(limit)
    interrupted = poller.take_over()
    try:
        deadline = now + timeout
        while not batch and not world.stopping and (left := deadline - time.monotonic()) > 0:
            await _first(world, interrupted, left)
            if interrupted.is_set():
                raise BotApiError(409, poller.reason)
            with world.db.transaction():
                world.updates.expire()
                batch = world.updates.batch(limit)
        return batch
    finally:
        if poller.waiting is interrupted:
            poller.waiting = None


async def _first(world: World, interrupted: asyncio.Event, seconds: float) -> None:
    """Waits for an update or an interruption, at most so long; expired updates are looked for every second."""
    tasks = [
        asyncio.ensure_future(interrupted.wait()),
        asyncio.ensure_future(world.updates.arrived.wait(min(seconds, 1.0))),
    ]
    try:
        await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


def remember_allowed(world: World, call: Call) -> None:
    """`allowed_updates` sticks: left out, the former list stays; an empty list means the default kinds."""
    kinds = call.json("allowed_updates", list, "allowed updates")
    if kinds is not None:
        world.db.set("allowed_updates", [kind for kind in kinds if kind in KINDS])


def webhook_settings(world: World) -> JSON:
    settings: JSON = world.db.setting("webhook") or {}
    return settings


def check_secret(secret: str) -> str:
    allowed = all(character.isascii() and (character.isalnum() or character in "_-") for character in secret)
    if not allowed:
        raise bad_request("secret token contains unallowed characters")
    if len(secret) > 256:
        raise bad_request("secret token is too long")
    return secret
