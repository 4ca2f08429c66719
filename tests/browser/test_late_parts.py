"""Parts that come after the first picture and once do not arrive are asked for again; what cannot come is said."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.test_entering import entered, refresh_of
from tests.browser.views import expect_texts, hold_requests, wait_until, write
from tests.support.browser import DESKTOP, browser_marks, picture

pytestmark = browser_marks
POST = r"tickets/[\w-]+/messages/"
BACK_ONLINE = "dispatchEvent(new Event('online'))"


class Losing:
    """Serves static files but for one module, which does not arrive the first times that it is asked for."""

    def __init__(self, module: str, times: int = 1) -> None:
        self.module, self.times = f"/{module}", times
        self.asked: Counter[bool] = Counter()  # by whether it arrived

    def __call__(self, route: Route) -> None:
        if self.module not in route.request.url:
            return route.fallback()
        arrives = self.asked[False] >= self.times
        self.asked[arrives] += 1
        return route.fallback() if arrives else route.abort()


@pytest.fixture
def losing(open_app: OpenApp) -> Callable[..., tuple[Page, Losing]]:
    def losing(desk: FakeDesk, path: str, module: str, times: int = 1, **options: Any) -> tuple[Page, Losing]:
        static = Losing(module, times)
        expected = ("ERR_FAILED", *options.pop("expected", ()))
        page = open_app(desk, path, static=static, expected=expected, **options)
        wait_until(page, lambda: static.asked[False])
        return page, static

    return losing


@pytest.mark.parametrize("module", ["screens/unsent.js", "ui/offer.js"])  # itself, or what it imports
def test_what_fails_out_of_sight_is_told_though_its_module_did_not_arrive_at_first(
    losing: Callable[..., tuple[Page, Losing]], desk: FakeDesk, ticket: dict[str, Any], module: str
) -> None:
    other = desk.open_ticket("Second", VERA, assignee=ANNA, status="open")
    desk.write(other, VERA, "And this?", minutes_ago=9)
    page, static = losing(desk, f"tickets/{ticket['number']}", module, viewport=DESKTOP, expected=("409",))
    page.wait_for_selector(".composer")
    held = hold_requests(page, "**/messages/", "POST")
    page.evaluate(BACK_ONLINE)
    wait_until(page, lambda: static.asked[True])
    write(page, "Our answer")
    wait_until(page, lambda: held)
    page.click(f"#list-pane a[href='/app/tickets/{other['number']}']")
    expect_texts(page, ["And this?"])
    refusal = {"code": "ticket_closed", "message": "This ticket is closed.", "fields": {}, "data": {}}
    held.pop().fulfill(status=409, json={"error": refusal})
    expect(page.locator(".toast.undo")).to_contain_text(f"Your message in #{ticket['number']} was not sent.")


def test_a_break_is_told_though_its_module_did_not_arrive_at_first(
    losing: Callable[..., tuple[Page, Losing]], desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page, static = losing(desk, "", "ui/connection.js", times=2, clock=True, expected=("503",))
    page.wait_for_selector(".row")
    wait_until(page, lambda: page.clock.run_for(10_000) or static.asked[True])  # by itself
    desk.fail("POST", "auth/socket-ticket/", 503, times=5)
    desk.drop_sockets()
    bar = page.locator("#connection")
    wait_until(page, lambda: page.clock.run_for(500) or bar.inner_text() == "Connecting…")


@pytest.mark.parametrize("face", [ANNA, VERA])
def test_conversations_come_by_themselves_once_the_network_is_back(
    losing: Callable[..., tuple[Page, Losing]], face: dict[str, Any]
) -> None:
    desk = FakeDesk(face)
    page, static = losing(desk, "", "screens/chat.js")
    page.evaluate(BACK_ONLINE)
    wait_until(page, lambda: static.asked[True])


# what goes on beside the app among them, and what that imports
@pytest.mark.parametrize("module", ["screens/bell.js", "miniapp/later.js", "data/standing.js"])
def test_what_does_not_arrive_though_the_desk_is_heard_asks_to_reload(
    losing: Callable[..., tuple[Page, Losing]], desk: FakeDesk, ticket: dict[str, Any], module: str
) -> None:
    """As in an engine that keeps a failure for as long as the page lives."""
    page, static = losing(desk, "", module, times=1_000)
    bar = page.locator(".update")
    expect(page.locator(".row")).to_be_visible()

    def beats_until_told() -> bool:
        desk.send({"type": "heartbeat", "data": {"server_time": ticket["updated_at"], "tickets": {}}})
        return bar.is_visible()

    wait_until(page, beats_until_told)
    expect(bar).to_contain_text("A part of this page has not loaded")
    picture(page, "late-part")
    static.times = 0
    bar.get_by_role("button", name="Reload").click()
    wait_until(page, lambda: static.asked[True])
    page.wait_for_selector(".row")
    expect(bar).to_have_count(0)


def test_while_all_has_arrived_nothing_is_asked_for_again(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    static = Losing("screens/unsent.js", times=0)
    page = open_app(desk, static=static)
    wait_until(page, lambda: static.asked[True])
    page.evaluate(BACK_ONLINE)
    desk.send({"type": "heartbeat", "data": {"server_time": ticket["updated_at"], "tickets": {}}})
    page.locator(".row").click()
    expect_texts(page, ["Where is it?"])
    assert static.asked[True] == 1
    expect(page.locator(".update")).to_have_count(0)


def test_a_crashed_tab_whose_way_in_did_not_arrive_is_not_expired(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    static = Losing("data/entering.js", times=0)
    tab = entered(open_app, desk, static=static, expected=("ERR_FAILED",))
    token = refresh_of(tab)
    # what a page that was dropped without a word leaves in its tab
    left = "sessionStorage.setItem('desk.living:', JSON.stringify('dropped'))"
    tab.evaluate(f"addEventListener('pagehide', () => {left})")
    static.times = 1
    tab.reload()
    expect(tab.locator("h1")).to_have_text("The desk does not answer")
    assert desk.calls("POST", "auth/refresh/") == []  # it may be a copy
    assert refresh_of(tab) == token
    tab.get_by_role("button", name="Try again").click()
    expect(tab.locator(".row-subject")).to_have_text(["No parcel"])
    assert desk.calls("POST", "auth/refresh/") == [{"refresh": token}]


@pytest.mark.parametrize(("face", "module"), [(ANNA, "miniapp/agent.js"), (VERA, "miniapp/customer.js")])
def test_an_app_that_did_not_arrive_says_so(
    losing: Callable[..., tuple[Page, Losing]], face: dict[str, Any], module: str
) -> None:
    desk = FakeDesk(face)
    desk.open_ticket("No parcel", VERA, assignee=ANNA, status="open")
    page, static = losing(desk, "", module, times=1_000)
    expect(page.locator("h1")).to_have_text("The desk does not answer")
    static.times = 0
    page.get_by_role("button", name="Try again").click()
    page.wait_for_selector(".row")
