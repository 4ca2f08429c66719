"""The real shell of the Mini App and its modules, served for a fake desk: nothing of them asks a database."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test.testcases import LiveServerThread, QuietWSGIRequestHandler


class _ShellServer(LiveServerThread):
    def __init__(self) -> None:
        super().__init__("127.0.0.1", StaticFilesHandler)
        self.daemon = True

    def _create_server(self, connections_override: Any = None) -> ThreadedWSGIServer:
        return ThreadedWSGIServer((self.host, self.port), QuietWSGIRequestHandler, allow_reuse_address=False)


@contextmanager
def without_database() -> Iterator[None]:
    """The one thing of the page that comes from the database is given."""
    with patch("telegram_bot.context_processors._memory", SimpleNamespace(read=lambda: "desk_bot")):
        yield


@contextmanager
def served_shell() -> Iterator[str]:
    """The address of the pages."""
    server = _ShellServer()
    with without_database():
        server.start()
        server.is_ready.wait()
        if server.error:
            raise server.error
        yield f"http://127.0.0.1:{server.port}"
        server.terminate()


def launch(theme: dict[str, str] | None, link: str = "") -> dict[str, str]:
    """What Telegram puts behind the # of the address; `link`: what a `startapp` link names."""
    return {
        "tgWebAppData": f"user=%7B%22id%22%3A501%7D{link and f'&start_param={link}'}&auth_date=1&hash=abc",
        "tgWebAppVersion": "9.1",
        "tgWebAppPlatform": "ios",
        "tgWebAppThemeParams": json.dumps(theme or {}),
    }
