"""Chromium for the browser tests: found or skipped, and pages that report every fault that they meet.

A test module uses it by `pytestmark = browser_marks` and the fixtures below, which tests/browser/conftest.py offers.
"""

import base64
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, sync_playwright

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
# a picture of one pixel
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPj/HwADBwIAMCbHYQAAAABJRU5ErkJggg=="
)
SCREENSHOTS = Path(__file__).resolve().parent.parent.parent / "screenshots"

browser_marks = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """The path of a Chromium: CHROMIUM, or the first on the PATH."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, (shutil.which(name) for name in _NAMES)), None)


def require_chromium() -> str:
    """The path of a Chromium; without one the test is skipped, or fails where REQUIRE_BROWSER is 1."""
    found = find_chromium()
    if found:
        return found
    why = "no Chromium was found: install it (on Debian: apt-get install chromium) or name one by CHROMIUM"
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(why)
    pytest.skip(why)


@contextmanager
def chromium(*arguments: str) -> Iterator[Browser]:
    """A running Chromium; `arguments` of its command line.

    Playwright's synchronous calls keep an event loop in this thread. Django would refuse its database there and
    pytest-asyncio its own loop, so nobody may keep one longer than a module's tests.
    """
    path = require_chromium()
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    try:
        with sync_playwright() as playwright:
            yield from _launched(playwright, path, arguments)
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def _launched(playwright: Playwright, path: str, arguments: tuple[str, ...]) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=path, args=[*_ARGUMENTS, *arguments])
    try:
        yield browser
    finally:
        browser.close()


class Faults:
    """What went wrong in the pages of a context: console errors, exceptions, violations of the content policy.

    A test that provokes an error names it: `faults.expect("500")`.
    """

    def __init__(self, context: BrowserContext) -> None:
        self.found: list[str] = []
        self._expected: list[str] = []
        context.on("console", self._note_console)
        context.on("weberror", lambda error: self.found.append(f"exception: {error.error}"))
        context.expose_binding("reportViolation", lambda _source, text: self.found.append(f"policy: {text}"))
        context.add_init_script(
            "addEventListener('securitypolicyviolation', (event) => "
            "reportViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`))"
        )

    def expect(self, *texts: str) -> None:
        self._expected += texts

    def unexpected(self) -> list[str]:
        return [fault for fault in self.found if not any(text in fault for text in self._expected)]

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.found.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")


def picture(page: Page, name: str) -> None:
    """A screenshot for people to look at, in `screenshots/` (not committed), where SCREENSHOTS is 1."""
    if os.environ.get("SCREENSHOTS") == "1":
        SCREENSHOTS.mkdir(exist_ok=True)
        page.screenshot(path=str(SCREENSHOTS / f"{name}.png"))
