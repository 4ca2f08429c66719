"""The simulator's process: one event loop, one port, everything on 127.0.0.1."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from telegram_bot.simulator.bot_api.endpoint import BotApi
from telegram_bot.simulator.control.routes import control_routes
from telegram_bot.simulator.options import Options
from telegram_bot.simulator.page import page_routes
from telegram_bot.simulator.webhook import WebhookDelivery
from telegram_bot.simulator.world import World


class AbortingProtocol(HttpToolsProtocol):
    """Lets an endpoint close the connection without an answer, as a network does."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {"simulator.abort": self.transport.abort}  # type: ignore[dict-item]


class Server(uvicorn.Server):
    """Ends waiting requests first, or they would hold up the end of the process."""

    def __init__(self, config: uvicorn.Config, world: World) -> None:
        super().__init__(config)
        self._world = world

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._world.stop_waiting()
        await super().shutdown(sockets)


def build_application(world: World) -> Starlette:
    bot_api = BotApi(world)
    delivery = WebhookDelivery(world, bot_api.run_from_webhook)

    @asynccontextmanager
    async def lifespan(_application: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(delivery.run())
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        world.db.close()

    routes = [
        Route("/bot{token}/{method}", bot_api.endpoint, methods=["GET", "POST"]),
        Route("/file/bot{token}/{path:path}", bot_api.file_endpoint),
        # The second prefix is the one that the desk passes on to the page.
        *control_routes(world, "/control"),
        *control_routes(world, "/simulator/control"),
        *page_routes(world),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


def run(options: Options) -> None:
    """Serves until it is told to stop (SIGINT or SIGTERM)."""
    world = World(options)
    config = uvicorn.Config(
        build_application(world),
        host=options.host,
        port=options.port,
        http=AbortingProtocol,
        log_level="warning",
        access_log=False,
        date_header=False,  # Telegram's clock is the simulated one
        timeout_graceful_shutdown=1,
    )
    Server(config, world).run()
