"""Tabs of an ordinary browser that have no way in of their own: another tab of the same person lends one."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import BORIS
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import expect_texts, runs, wait_until, write
from tests.support.browser import browser_marks

pytestmark = browser_marks

HELD = "async (start) => (await navigator.locks.query()).held.filter(({ name }) => name.startsWith(start)).length"
COPY = "window.open(location.href)"  # with all that the tab has stored, as "Duplicate tab" does


@pytest.fixture
def tab(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> Page:
    """An agent's ordinary browser, by a one-time link."""
    return entered(open_app, desk)


def entered(open_app: OpenApp, desk: FakeDesk, path: str = "", **options: Any) -> Page:
    desk.links.append("mine")
    page = open_app(desk, f"{path}#enter=mine", telegram=False, **options)
    lives(page)
    return page


def lenders(page: Page) -> int:
    """How many answer."""
    return held(page, "desk.lends.")


def held(page: Page, start: str) -> int:
    """The locks of all pages whose names begin so."""
    count: int = page.evaluate(HELD, start)
    return count


def lives(page: Page) -> None:
    """Waits until the page is known to live, and one lends."""
    expect(page.locator("#app")).not_to_have_attribute("data-pane", "notice")
    runs(page, "data/entering.js")
    wait_until(page, lambda: page.evaluate("Object.keys(sessionStorage).some((key) => key.startsWith('desk.living'))"))
    wait_until(page, lambda: lenders(page) == 1)


def copy_of(page: Page) -> Page:
    with page.context.expect_page() as opened:
        page.evaluate(COPY)
    return opened.value


def entries(desk: FakeDesk) -> list[str]:
    """The secrets that were used."""
    return [body["token"] for body in desk.calls("POST", "auth/browser/")]


def refresh_of(page: Page) -> str:
    token: str = page.evaluate("JSON.parse(sessionStorage.getItem('desk.tokens:')).refresh")
    return token


def test_a_row_opens_in_a_tab_of_its_own_with_a_sign_in_of_its_own(
    tab: Page, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    with tab.context.expect_page() as opened:
        tab.click(".row", modifiers=["ControlOrMeta"])
    other = opened.value
    expect_texts(other, ["Where is it?"])
    assert other.url.endswith(f"/app/tickets/{ticket['number']}")  # the secret is gone
    assert entries(desk) == ["mine", "once1"]
    assert refresh_of(tab) != refresh_of(other)
    assert desk.calls("POST", "auth/refresh/") == []
    write(other, "It left yesterday.")
    wait_until(other, lambda: len(desk.messages[ticket["id"]]) == 2)
    other.reload()  # from now on by itself
    expect_texts(other, ["Where is it?", "It left yesterday."])
    assert entries(desk) == ["mine", "once1"]


def test_a_copied_tab_leaves_the_refresh_token_to_the_first(tab: Page, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    first = refresh_of(tab)
    other = copy_of(tab)
    lives(other)
    expect(other.locator(".row-subject")).to_have_text(["No parcel"])
    assert desk.calls("POST", "auth/refresh/") == []
    assert entries(desk) == ["mine", "once1"]
    second = refresh_of(other)
    assert first != second
    for page, token in ((tab, first), (other, second)):
        page.reload()
        expect(page.locator(".row-subject")).to_have_text(["No parcel"])
        assert desk.calls("POST", "auth/refresh/")[-1] == {"refresh": token}
    assert entries(desk) == ["mine", "once1"]


def test_many_tabs_at_once_all_come_in_and_one_answers_each(tab: Page, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    lives(copy_of(tab))
    tab.evaluate(f"for (let count = 0; count < 3; count++) {COPY}")
    wait_until(tab, lambda: len(tab.context.pages) == 5)
    for other in tab.context.pages:
        expect(other.locator(".row-subject")).to_have_text(["No parcel"])
    # each is used up before the next is made
    assert entries(desk) == ["mine", "once1", "once2", "once3", "once4"]
    assert len(desk.calls("POST", "auth/browser-link/")) == 4


def test_the_next_tab_answers_once_the_first_is_gone(tab: Page, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    other = copy_of(tab)
    lives(other)
    tab.close()
    lives(other)
    third = copy_of(other)
    expect(third.locator(".row-subject")).to_have_text(["No parcel"])
    assert len(entries(desk)) == 3


def test_where_nobody_answers_a_copy_shows_the_end_of_its_sign_in(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    tab = entered(open_app, desk, expected=("403",))
    desk.fail("POST", "auth/browser-link/", 403, code="forbidden")
    other = copy_of(tab)
    expect(other.locator("h1")).to_have_text("Please open it again")
    assert desk.calls("POST", "auth/refresh/") == []
    other.reload()  # asks once more
    expect(other.locator(".row-subject")).to_have_text(["No parcel"])
    assert entries(desk) == ["mine", "once1"]
    assert len(desk.calls("POST", "auth/browser-link/")) == 2


def test_a_tab_that_is_mute_is_waited_for_a_second(tab: Page, desk: FakeDesk) -> None:
    """As one that rests: it holds the lock and does not hear."""
    tab.evaluate("BroadcastChannel.prototype.postMessage = () => {}")
    other = tab.context.new_page()
    other.clock.install()
    other.goto(tab.url)
    wait_until(other, lambda: held(other, "desk.enters"))
    other.clock.run_for(1_100)
    expect(other.locator("h1")).to_have_text("Open this in Telegram")
    assert entries(desk) == ["mine"]


def test_a_tab_that_crashed_goes_on_by_its_own_token_and_a_copy_of_it_does_not(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    tab = entered(open_app, desk)
    token = refresh_of(tab)
    # what a page that was dropped without a word leaves in its tab
    left = "sessionStorage.setItem('desk.living:', JSON.stringify('dropped'))"
    tab.evaluate(f"addEventListener('pagehide', () => {left})")
    tab.reload()
    expect(tab.locator(".row-subject")).to_have_text(["No parcel"])
    assert desk.calls("POST", "auth/refresh/") == [{"refresh": token}]
    lives(tab)
    other = copy_of(tab)
    expect(other.locator(".row-subject")).to_have_text(["No parcel"])
    assert len(desk.calls("POST", "auth/refresh/")) == 1
    assert entries(desk) == ["mine", "once1"]


def test_of_two_people_in_one_browser_none_is_chosen_but_ones_own_tab_is(
    tab: Page, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    another = FakeDesk(BORIS)
    another.links.append("his")
    his = tab.context.new_page()
    another.serve(his)
    his.goto(f"{tab.url}#enter=his")
    wait_until(his, lambda: lenders(his) == 2)
    third = tab.context.new_page()
    third.goto(tab.url)
    expect(third.locator("h1")).to_have_text("Open this in Telegram")
    other = copy_of(tab)
    expect(other.locator(".row-subject")).to_have_text(["No parcel"])
    assert entries(desk) == ["mine", "once1"]
    assert entries(another) == ["his"]


def test_a_page_inside_telegram_lends_nothing(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_app(desk)
    runs(page, "data/entering.js")
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator("h1")).to_have_text("Open this in Telegram")
    assert lenders(page) == 0


def test_a_customers_tab_lends_nothing(open_app: OpenApp) -> None:
    desk = FakeDesk()
    desk.links.append("mine")
    page = open_app(desk, "#enter=mine", telegram=False)
    runs(page, "data/entering.js")
    wait_until(page, lambda: page.evaluate("sessionStorage.getItem('desk.living:')"))
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator("h1")).to_have_text("Open this in Telegram")
    assert lenders(page) == 0
