"""Pages of the Mini App in Chromium, served by the real shell view, with a fake desk behind them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from tests.browser.fake_answers import ANNA, VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.shell_server import launch, served_shell
from tests.browser.telegram_stub import TELEGRAM_STUB
from tests.support.browser import PHONE, Faults, chromium

OpenApp = Callable[..., Page]
LOCALES = {"en": "en-GB", "ru": "ru-RU"}


def zone_at_noon() -> str:
    """The reader's clock says noon, whenever tests run: no day turns under them, and what is hours old is of today."""
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"  # POSIX: "+3" is three hours behind Greenwich


@pytest.fixture(scope="module")
def shell_url() -> Iterator[str]:
    with served_shell() as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def desk() -> FakeDesk:
    """An agent's, where a module has no other."""
    return FakeDesk(ANNA)


@pytest.fixture
def ticket(desk: FakeDesk) -> dict[str, Any]:
    ticket = desk.open_ticket("No parcel", VERA, assignee=ANNA, status="open")
    desk.write(ticket, VERA, "Where is it?", minutes_ago=5)
    return ticket


@pytest.fixture
def faults() -> list[Faults]:
    """Of the pages that the test has opened; `faults[0].expect("500")` allows what the test provokes."""
    return []


@pytest.fixture
def open_app(browser: Browser, shell_url: str, faults: list[Faults]) -> Iterator[OpenApp]:
    """Opens the Mini App for the person of a fake desk; its page must end without any fault."""
    contexts: list[BrowserContext] = []

    def open_app(
        desk: FakeDesk,
        path: str = "",
        *,
        theme: dict[str, str] | None = None,
        telegram: bool = True,
        link: str = "",
        clock: bool = False,
        script: bool = True,
        static: Callable[[Route], None] | None = None,
        before: str = "",
        expected: tuple[str, ...] = (),
        **options: Any,
    ) -> Page:
        usual = {"viewport": PHONE, "locale": LOCALES[desk.language], "timezone_id": zone_at_noon()}
        context = browser.new_context(**{**usual, **options})
        context.set_default_timeout(8_000)
        contexts.append(context)
        faults.append(Faults(context))
        faults[-1].expect(*expected)
        context.route(
            "**/telegram-web-app.js",
            lambda route: (
                route.fulfill(content_type="text/javascript", body=TELEGRAM_STUB) if script else route.abort()
            ),
        )
        if before:
            context.add_init_script(before)
        if static:
            context.route("**/static/**", static)
        desk.serve(context)
        page = context.new_page()
        if clock:
            page.clock.install()
        page.goto(f"{shell_url}/app/{path}" + (f"#{urlencode(launch(theme, link))}" if telegram else ""))
        return page

    yield open_app
    for context in contexts:
        context.close()
    assert [fault for found in faults for fault in found.unexpected()] == []
