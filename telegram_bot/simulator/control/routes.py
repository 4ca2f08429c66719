"""The table of control endpoints."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from telegram_bot.simulator.control import people, state
from telegram_bot.simulator.control.bodies import Ask, read_ask
from telegram_bot.simulator.errors import BotApiError, ControlError
from telegram_bot.simulator.world import World

Handler = Callable[[World, Ask], Any]


def control_routes(world: World, prefix: str) -> list[Route]:
    """Routes below `prefix`; each answers JSON."""

    def route(path: str, **methods: Handler) -> Route:
        return Route(f"{prefix}{path}", _endpoint(world, methods), methods=list(methods))

    return [
        route("/state", GET=state.read_state),
        route("/reset", POST=state.reset),
        route("/changes", GET=state.changes),
        route("/users", POST=people.create_user),
        route("/users/{user_id:int}/transcript", GET=people.transcript),
        *(route(f"/users/{{user_id:int}}/{name}", POST=action) for name, action in people.ACTIONS.items()),
        route("/callbacks/{query}", GET=people.get_answer),
        route("/chats", POST=state.create_chat),
        route("/chats/{chat_id}", POST=state.change_chat),
        route("/chats/{chat_id}/migrate", POST=state.migrate_chat),
        route("/faults", GET=state.list_faults, POST=state.add_fault, DELETE=state.remove_faults),
        route("/clock", POST=state.set_clock),
        route("/pace", POST=state.set_pace),
        route("/business", POST=state.connect_business),
        route("/server", POST=state.set_server),
        route("/abilities", POST=state.set_abilities),
        route("/topics", POST=state.set_topics),
        route("/updates", GET=state.list_updates, POST=state.add_update),
        route("/calls", GET=state.list_calls, DELETE=state.clear_calls),
    ]


def _endpoint(world: World, methods: dict[str, Handler]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        # A page of another site must not act in the trial machine's Telegram.
        if request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
            return JSONResponse({"error": "Only this machine's own pages may do that."}, status_code=403)
        try:
            return JSONResponse(await _run(world, methods[request.method], await read_ask(request)))
        except ControlError as error:
            return JSONResponse({"error": error.message}, status_code=error.status)
        except BotApiError as error:
            return JSONResponse({"error": error.description}, status_code=400)
        except (KeyError, TypeError, ValueError) as error:
            return JSONResponse({"error": f"A value is missing or wrong: {error}"}, status_code=400)

    return endpoint


async def _run(world: World, handler: Handler, ask: Ask) -> Any:
    if inspect.iscoroutinefunction(handler):
        return await handler(world, ask)
    with world.db.transaction():
        return handler(world, ask)
