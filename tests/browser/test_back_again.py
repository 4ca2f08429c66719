"""What could not be loaded without a network loads by itself once that is back."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.test_late_parts import Losing
from tests.browser.views import expect_texts, runs
from tests.support.browser import browser_marks

pytestmark = browser_marks
DESKTOP = {"width": 1000, "height": 800}


@pytest.mark.parametrize(
    "comes_back",
    [lambda page, _desk: page.evaluate("dispatchEvent(new Event('online'))"), lambda _page, desk: desk.drop_sockets()],
    ids=["the socket has outlived it", "a new socket"],
)
def test_a_conversation_opened_without_a_network_loads_with_it(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], comes_back: Callable[[Page, FakeDesk], object]
) -> None:
    desk.write(ticket, VERA, "Hello")
    page = open_app(desk, expected=("ERR_",))
    page.wait_for_selector(".row")
    desk.fail("GET", r"tickets/.*", times=99)
    page.click(".row")
    expect(page.locator(".chat .empty [data-action=reload]")).to_be_visible()
    desk.faults.clear()
    comes_back(page, desk)
    expect_texts(page, ["Where is it?", "Hello"])


def test_the_list_and_the_notifications_come_with_the_network(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_app(desk, viewport=DESKTOP, expected=("ERR_",))
    page.wait_for_selector(".row")
    desk.fail("GET", "(tickets|notifications)/", times=99)
    page.click("[data-tab=all]")
    page.click("a[data-path=notifications]")
    lost = page.locator("[data-action=reload]:visible")
    expect(lost).to_have_count(2)
    desk.faults.clear()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(lost).to_have_count(0)
    expect(page.locator("#list-pane .row")).to_have_count(1)


def test_a_screen_whose_module_did_not_come_comes_with_the_network(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    lost = Losing("screens/notifications.js")
    page = open_app(desk, static=lost, expected=("ERR_FAILED",))
    page.click("a[data-path=notifications]")
    expect(page.locator("[data-action=fetchAnew]")).to_be_visible()
    runs(page, "later.js")
    page.evaluate("window.stays = true")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_role("heading", name="Notifications")).to_be_visible()
    assert page.evaluate("window.stays")


def test_what_needs_the_network_says_so_and_leaves_the_list(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_app(desk, static=Losing("screens/inbox-filters.js"), expected=("ERR_FAILED",))
    page.wait_for_selector(".row")
    page.click("[data-action=search]")
    expect(page.locator(".toast")).to_have_text("No answer. Check the connection.")
    expect(page.locator(".row")).to_have_count(1)
    expect(page.locator("[data-action=reload]:visible")).to_have_count(0)
    page.click("[data-action=search]")
    expect(page.locator("input[type=search]")).to_be_visible()
