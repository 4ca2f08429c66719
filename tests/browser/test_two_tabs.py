"""Two tabs of one person in one browser: what is read, drafted and sent in one of them, the other one knows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.shell_server import launch
from tests.browser.views import wait_until
from tests.support.browser import PIXEL, browser_marks

pytestmark = browser_marks
TEXT = ".composer textarea"
POSTS = r"tickets/[\w-]+/messages/"


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk(ANNA)


@pytest.fixture
def ticket(desk: FakeDesk) -> dict[str, Any]:
    ticket = desk.open_ticket("No parcel", VERA, assignee=ANNA, status="open")
    desk.write(ticket, VERA, "Where is it?", minutes_ago=5)
    return ticket


@pytest.fixture
def two_tabs(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> Callable[..., tuple[Page, Page]]:
    """Both show these paths behind /app/."""

    def open_both(first: str = "tickets/101", second: str = "tickets/101", **options: Any) -> tuple[Page, Page]:
        one = open_app(desk, first, **options)
        return one, another(one, second)

    return open_both


def another(page: Page, path: str = "tickets/101") -> Page:
    """One more tab of the same browser."""
    tab = page.context.new_page()
    tab.goto(f"{page.evaluate('location.origin')}/app/{path}#{urlencode(launch(None))}")
    return tab


def ready(*pages: Page) -> None:
    for page in pages:
        page.wait_for_selector(".message >> nth=0")
        page.wait_for_selector(TEXT)


def test_what_is_read_in_one_tab_is_read_in_the_list_of_the_other(
    two_tabs: Callable[..., tuple[Page, Page]], desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    ticket["unread"] = 1
    one, other = two_tabs("", "")
    badge = other.locator(".row .badge")
    expect(badge).to_have_text("1")
    wait_until(other, lambda: len(desk.sockets) == 2)
    one.click(".row")
    expect(badge).to_be_hidden()
    desk.write(ticket, VERA, "And where is it now?")
    wait_until(one, lambda: ticket["unread"] == 0)
    expect(badge).to_be_hidden()


def test_a_draft_of_one_tab_stands_in_the_other_and_goes_with_its_message(
    two_tabs: Callable[..., tuple[Page, Page]], desk: FakeDesk
) -> None:
    one, other = two_tabs()
    ready(one, other)
    one.locator(TEXT).press_sequentially("It is on its way")
    expect(other.locator(TEXT)).to_have_value("It is on its way")
    other.locator(TEXT).press_sequentially(", Vera")
    expect(one.locator(TEXT)).to_have_value("It is on its way, Vera", timeout=10_000)
    one.click(".send")
    expect(other.locator(TEXT)).to_have_value("", timeout=10_000)
    expect(other.locator(".message.is-own .text")).to_have_text(["It is on its way, Vera"])
    assert len(desk.calls("POST", POSTS)) == 1


def test_a_draft_shows_in_the_list_of_the_other_tab_and_notes_stay_apart(
    two_tabs: Callable[..., tuple[Page, Page]], desk: FakeDesk
) -> None:
    one, other = two_tabs("tickets/101", "")
    ready(one)
    other.wait_for_selector(".row")
    one.click("[data-action=note]")
    one.locator(TEXT).press_sequentially("He calls every week")
    expect(other.locator(".row-preview")).to_have_text("Draft: He calls every week")
    other.click(".row")
    ready(other)
    expect(other.locator(".composer.is-note textarea")).to_have_value("He calls every week")
    other.click("[data-action=reply]")
    expect(other.locator(TEXT)).to_have_value("")


def test_what_one_tab_is_writing_is_not_replaced_before_it_rests(two_tabs: Callable[..., tuple[Page, Page]]) -> None:
    one, other = two_tabs()
    ready(one, other)
    one.locator(TEXT).fill("Theirs")
    expect(other.locator(TEXT)).to_have_value("Theirs")
    # in one breath: the letters, and the other tab's draft
    shown = other.evaluate("""() => {
      const text = document.querySelector(".composer textarea");
      const key = Object.keys(localStorage).find((name) => name.endsWith(".reply"));
      text.value = "Mine";
      text.dispatchEvent(new Event("input", { bubbles: true }));
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), value: "Theirs, and later" }));
      dispatchEvent(new StorageEvent("storage", { key }));
      return new Promise((resume) => requestAnimationFrame(() => requestAnimationFrame(() => resume(text.value))));
    }""")
    assert shown == "Mine"
    expect(one.locator(TEXT)).to_have_value("Mine", timeout=10_000)  # what was written last stands in both
    expect(other.locator(TEXT)).to_have_value("Mine")


def test_a_file_on_its_way_up_in_one_tab_is_not_lost_in_the_other(
    two_tabs: Callable[..., tuple[Page, Page]], desk: FakeDesk, open_app: OpenApp, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.png"
    photo.write_bytes(PIXEL)
    one, other = two_tabs("tickets/101", "", expected=("500", "ERR_", "Failed to load"))
    ready(one)
    desk.fail("POST", "files/", 500, times=3)
    one.set_input_files("input[type=file]", photo)
    one.fill(TEXT, "Look")
    one.click(".send")
    wait_until(one, lambda: len(desk.calls("POST", "files/")) >= 1)
    third = another(one)
    other.click(".row")
    ready(third, other)
    for page in (other, third):
        expect(page.locator(".message")).to_have_count(1)  # the customer's
    expect(one.locator(".message.is-own .text")).to_have_text(["Look"])
    for page in (one, other, third):
        expect(page.locator(".message.is-own .text")).to_have_text(["Look"], timeout=30_000)
    assert len(desk.calls("POST", POSTS)) == 1


def test_what_a_closed_tab_had_still_to_send_goes_out_from_the_other_one_once(
    two_tabs: Callable[..., tuple[Page, Page]], desk: FakeDesk
) -> None:
    one, other = two_tabs("tickets/101", "tickets/101", expected=("500",))
    third = another(one)
    ready(one, other, third)
    desk.fail("POST", POSTS, 500, times=1)
    one.fill(TEXT, "Do not lose me")
    one.click(".send")
    wait_until(other, lambda: len(desk.calls("POST", POSTS)) == 1)
    one.close()
    for page in (other, third):
        expect(page.locator(".message.is-own .text")).to_have_text(["Do not lose me"], timeout=30_000)
    assert len(desk.calls("POST", POSTS)) == 2
    assert len(desk.messages[next(iter(desk.tickets))]) == 2
