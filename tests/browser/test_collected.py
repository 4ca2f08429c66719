"""The Mini App as production serves it: hashed modules without comments, each loaded once."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Route

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import expect_texts, open_ticket_page, write
from tests.support.browser import browser_marks
from tests.support.collected import collected_static

pytestmark = browser_marks
KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with collected_static(tmp_path_factory.mktemp("static")) as folder:
        yield folder


def test_the_collected_modules_run_and_none_is_loaded_twice(open_app: OpenApp, collected: Path) -> None:
    loaded: list[str] = []

    def serve(route: Route) -> None:
        path = urlsplit(route.request.url).path.removeprefix("/static/")
        loaded.append(path)
        file = collected / path
        route.fulfill(body=file.read_bytes(), content_type=KINDS[file.suffix])

    desk = FakeDesk(ANNA)
    ticket = desk.open_ticket("No parcel", status="open", assignee=ANNA)
    desk.write(ticket, VERA, "Where is it?")
    page = open_ticket_page(open_app, desk, ticket, static=serve)
    write(page, "On its way")
    expect_texts(page, ["Where is it?", "On its way"])
    page.click("[data-action=status]")
    page.wait_for_selector("dialog.sheet")
    modules = [path for path in loaded if path.endswith(".js")]
    assert len(modules) == len({path.split(".")[0] for path in modules})
    assert all(path.count(".") == 2 for path in modules)
