"""Pages for the benchmarks: the real shell and modules in Chromium, a fake desk behind them, a slow processor."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page

from tests.benchmarks.browser.figures import Figure
from tests.browser.fake_desk import FakeDesk
from tests.browser.shell_server import launch, served_shell
from tests.browser.telegram_stub import TELEGRAM_STUB
from tests.support.browser import PHONE, chromium

PROBES = Path(__file__).with_name("probes.js").read_text(encoding="utf-8")
SLOW_PROCESSOR = 4  # times slower
LONG_TASK_MS = 200
PATIENCE_MS = 30_000


class QuietDesk(FakeDesk):
    """Keeps the frames of what happens, for `happened` to take them: the page gets them when it is measured."""

    def __init__(self, me: dict[str, Any] | None = None) -> None:
        super().__init__(me)
        self._kept: list[dict[str, Any]] = []

    def send(self, frame: dict[str, Any]) -> None:
        self._kept.append(frame)

    tell = send

    def happened(self) -> list[dict[str, Any]]:
        frames, self._kept = self._kept, []
        return frames


class Stage:
    """One browser; each page has a context of its own."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser, self._url = browser, url
        self.pages: list[Page] = []

    def open(self, desk: FakeDesk, path: str = "", *, processor: float = SLOW_PROCESSOR) -> Page:
        context = self._browser.new_context(viewport=PHONE, locale="en-GB")  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        context.route(
            "**/telegram-web-app.js",
            lambda route: route.fulfill(content_type="text/javascript", body=TELEGRAM_STUB),
        )
        desk.serve(context)
        page = context.new_page()
        page.add_init_script(PROBES)
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": processor})
        page.goto(f"{self._url}/app/{path}#{urlencode(launch(None))}")
        self.pages.append(page)
        return page

    def long_tasks(self) -> Figure:
        """The longest of all tasks since the pages were opened."""
        longest = [page.evaluate("Math.max(0, ...bench.longTasks)") for page in self.pages]
        return Figure("the longest task", max(longest), "ms", LONG_TASK_MS)


@contextmanager
def stage() -> Iterator[Stage]:
    with served_shell() as url, chromium() as browser:
        yield Stage(browser, url)


def median_of(figures: list[float]) -> float:
    return sorted(figures)[len(figures) // 2]
