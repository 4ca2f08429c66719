"""Serves the Telegram-like page, its modules, the pictures in it, and the stand-in for telegram-web-app.js."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from telegram_bot.simulator.world import World

STATIC_DIR = Path(__file__).resolve().parents[2] / "static" / "simulator"
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".svg": "image/svg+xml",
}


def page_routes(world: World) -> list[Route]:
    """Everything lies under `/simulator/`, so that the desk can pass that path on."""
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:;"
        f" connect-src 'self'; frame-src 'self' {world.options.desk_url}; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    )

    async def show_page(_request: Request) -> Response:
        headers = {"Content-Security-Policy": policy, "Cache-Control": "no-cache", "Referrer-Policy": "same-origin"}
        return FileResponse(STATIC_DIR / "index.html", headers=headers)

    async def go_to_desk(_request: Request) -> Response:
        return RedirectResponse(f"{world.options.desk_url}/simulator/")

    async def show_file(request: Request) -> Response:
        """A picture or document of a message, for the page."""
        file = world.files.find(request.path_params["file_id"])
        path = world.files.path(file["path"]) if file else None
        if file is None or path is None:
            return Response(status_code=404)
        safe = file["type"] if file["type"].startswith(("image/", "audio/", "video/")) else "application/octet-stream"
        safe = "application/octet-stream" if "svg" in safe else safe
        headers = {"Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff"}
        kind = "inline" if safe != "application/octet-stream" else "attachment"
        return FileResponse(
            path, media_type=safe, filename=file["name"], content_disposition_type=kind, headers=headers
        )

    return [
        Route("/", go_to_desk),
        Route("/simulator/", show_page),
        Route("/simulator/telegram-web-app.js", _show_stand_in),
        Route("/simulator/files/{file_id}", show_file),
        Route("/simulator/static/{path:path}", _show_static),
    ]


async def _show_static(request: Request) -> Response:
    return _static_file(request.path_params["path"])


async def _show_stand_in(_request: Request) -> Response:
    return _static_file("telegram-web-app.js")


def _static_file(name: str) -> Response:
    path = (STATIC_DIR / name).resolve()
    if not path.is_relative_to(STATIC_DIR) or not path.is_file() or path.suffix not in _TYPES:
        return Response(status_code=404)
    return FileResponse(path, media_type=_TYPES[path.suffix], headers={"Cache-Control": "no-cache"})
