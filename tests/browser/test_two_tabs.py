"""Two tabs of one person in one browser: what is read, drafted and sent in one of them, the other one knows."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.shell_server import launch
from tests.browser.test_tickets import fill_form
from tests.browser.views import HeldMessages, runs, wait_until, write
from tests.support.browser import PIXEL, browser_marks, picture
from tests.support.everybody import CONTRASTS

pytestmark = browser_marks
TEXT = ".composer textarea"
POSTS = r"tickets/[\w-]+/messages/"


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
    for page in (one, other, third):  # all see it, one sends it
        expect(page.locator(".message.is-own .text")).to_have_text(["Look"])
    wait_until(one, lambda: desk.calls("POST", POSTS), seconds=30)
    for page in (one, other, third):
        expect(page.locator(".message.is-own .tick")).to_have_attribute("data-state", "sent")
        expect(page.locator(".message.is-own .text")).to_have_text(["Look"])
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
    wait_until(other, lambda: len(desk.calls("POST", POSTS)) == 2)
    for page in (other, third):
        expect(page.locator(".is-pending, .is-failed")).to_have_count(0)
    assert len(desk.calls("POST", POSTS)) == 2
    assert len(desk.messages[next(iter(desk.tickets))]) == 2


def test_nobody_takes_over_what_a_page_is_about_to_send_though_its_modules_have_not_come(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    def refuse(route: Route) -> None:
        late = "resending.js" in route.request.url or "other-tabs.js" in route.request.url
        route.abort() if late else route.continue_()

    one = open_app(desk, "tickets/101", static=refuse, expected=("ERR_FAILED", "resending.js", "other-tabs.js"))
    one.wait_for_selector(TEXT)
    held = "async () => (await navigator.locks.query()).held.filter(({ name }) => name.startsWith('desk.page.')).length"
    wait_until(one, lambda: one.evaluate(held) == 1)


def test_a_message_that_failed_in_one_tab_is_sent_again_from_the_other(
    two_tabs: Callable[..., tuple[Page, Page]], desk: FakeDesk
) -> None:
    one, other = two_tabs(expected=("409",))
    ready(one, other)
    desk.fail("POST", POSTS, 409, code="conflict", message="Not now.")
    one.fill(TEXT, "It left yesterday")
    one.click(".send")
    failure = other.locator(".message .failure")
    expect(failure).to_contain_text("Not now.")
    other.click("[data-action=retry]")
    for page in (one, other):
        expect(page.locator(".message.is-own .text")).to_have_text(["It left yesterday"])
        expect(page.locator(".message .failure")).to_have_count(0)
    first, second = desk.calls("POST", POSTS)
    assert first["id"] == second["id"]


def test_a_file_that_only_one_tab_has_is_not_lost_where_the_other_would_write_on(open_app: OpenApp) -> None:
    desk = FakeDesk(ANNA)
    ticket = desk.open_ticket("No parcel", status="open", assignee=ANNA)
    desk.write(ticket, VERA, "Where?")
    one = open_app(desk, "tickets/101", expected=("400", "ERR_"))
    ready(one)
    desk.fail("POST", "files/", 400, code="file_refused")
    one.set_input_files(".composer input[type=file]", {"name": "photo.png", "mimeType": "image/png", "buffer": PIXEL})
    one.wait_for_selector(".picked-file")
    write(one, "Look")
    expect(one.locator(".message.is-failed")).to_have_count(1)
    tab = another(one, "")
    runs(tab, "later.js")
    held = HeldMessages(tab)
    tab.click(".row")
    expect(tab.locator(".message.is-failed")).to_have_count(1)
    runs(tab, "screens/chat-messages.js")
    expect(tab.locator("[data-action=editFailed]")).to_be_hidden()
    held.release()
    expect(tab.locator(".message", has_text="Where?")).to_be_visible()
    expect(tab.locator(".message.is-failed")).to_have_count(1)
    expect(one.locator(".message.is-failed")).to_have_count(1)


def test_a_message_that_failed_in_one_tab_is_deleted_from_the_other(
    two_tabs: Callable[..., tuple[Page, Page]], desk: FakeDesk
) -> None:
    one, other = two_tabs(expected=("409",))
    ready(one, other)
    desk.fail("POST", POSTS, 409, code="conflict", message="Not now.")
    one.fill(TEXT, "Better not")
    one.click(".send")
    other.click("[data-action=discard]")
    for page in (one, other):
        expect(page.locator(".message.is-own")).to_have_count(0)
    assert len(desk.calls("POST", POSTS)) == 1


def test_a_notification_that_is_read_in_one_tab_is_read_in_the_other(
    two_tabs: Callable[..., tuple[Page, Page]], desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    for number in range(3):
        desk.notify(ticket, f"News {number}", kind="ticket_assigned")  # each stands for itself
    one, other = two_tabs("notifications", "notifications")
    for page in (one, other):
        expect(page.locator("#bell-count")).to_have_text("3")
    one.locator("[data-action=openNotification]").first.click()
    expect(other.locator(".notification.is-unread")).to_have_count(0)  # the ticket is open in the one
    expect(other.locator("#bell-count")).to_have_text("")


def press_mark_all(page: Page, desk: FakeDesk) -> Callable[[], None]:
    """The desk does it at once; its answer comes when what this returns is called."""
    held: list[tuple[Route, Any]] = []

    def read(route: Route) -> None:
        held.append((route, desk.answer("POST", "notifications/read/", {}, {"ids": None})[1]))

    page.route("**/notifications/read/", read)
    page.get_by_role("button", name="Mark all as read").click()
    wait_until(page, lambda: held)
    route, answer = held.pop()
    return lambda: route.fulfill(json=answer)


@pytest.mark.parametrize("heard_by", [2, 1], ids=["both hear of it", "the other one alone hears of it"])
def test_what_comes_while_all_are_read_in_one_tab_stays_unread_in_the_other(
    two_tabs: Callable[..., tuple[Page, Page]], desk: FakeDesk, ticket: dict[str, Any], heard_by: int
) -> None:
    desk.page_of_notifications = 2
    for number in range(3):
        desk.notify(ticket, f"News {number}", kind="ticket_assigned", minutes_ago=9 - number)
    one, other = two_tabs("notifications", "notifications")
    wait_until(other, lambda: len(desk.sockets) == 2)
    for page in (one, other):  # the bell, which comes a moment later, has asked for itself
        runs(page, "screens/bell.js")
        expect(page.locator("#bell-count")).to_have_text("3")
    other.get_by_role("button", name="Show earlier ones").click()
    expect(other.locator(".notification.is-unread")).to_have_count(3)  # one more than the first tab has
    expect(one.locator(".notification.is-unread")).to_have_count(2)
    let_come = press_mark_all(one, desk)
    desk.sockets = desk.sockets[-heard_by:]
    desk.notify(ticket, "It came meanwhile", kind="ticket_assigned")
    expect(other.locator(".notification.is-unread")).to_have_count(4)
    if heard_by == 2:
        expect(one.locator(".notification.is-unread")).to_have_count(1)
    let_come()
    expect(other.locator(".notification.is-unread")).to_have_text([re.compile("It came meanwhile")])
    expect(other.locator("#bell-count")).to_have_text("1")


def test_what_is_set_in_one_tab_holds_in_the_other(two_tabs: Callable[..., tuple[Page, Page]], desk: FakeDesk) -> None:
    one, other = two_tabs("me", "me")
    runs(other, "settings.js")
    wait_until(other, lambda: len(desk.calls("GET", "notifications/")) == 2)
    one.get_by_role("switch", name="I am there for new tickets").uncheck()
    expect(other.get_by_role("switch", name="I am there for new tickets")).not_to_be_checked()
    one.get_by_role("switch", name="Enter sends").uncheck()
    expect(other.get_by_role("switch", name="Enter sends")).not_to_be_checked()
    one.get_by_label("Size of the text").select_option("130")
    expect(other.get_by_label("Size of the text")).to_have_value("130")
    assert other.evaluate("getComputedStyle(document.documentElement).fontSize") == "20.8px"
    expect(other.locator(".update")).to_have_count(0)
    one.locator(".me select").first.select_option("ru")
    expect(one.locator(".pane-detail h1")).to_have_text("Вы и ваши настройки")
    bar = other.locator(".update")
    expect(bar).to_contain_text("You have chosen another language")
    assert other.evaluate(CONTRASTS) == []
    picture(other, "other-language")
    bar.get_by_role("button", name="Reload").click()
    expect(other.locator(".pane-detail h1")).to_have_text("Вы и ваши настройки")


def test_other_words_in_another_tab_are_another_ticket_and_the_same_ones_are_none(open_app: OpenApp) -> None:
    desk = FakeDesk()
    one = open_app(desk, "new", expected=("ERR_",), clock=True)
    desk.fail("POST", "tickets/", lost=True, times=3)
    fill_form(one)
    one.click("[data-action=submit]")
    for tries in range(1, 4):
        wait_until(one, lambda tries=tries: len(desk.calls("POST", "tickets/")) == tries)
        one.wait_for_timeout(100)
        one.clock.run_for(4_100)
    expect(one.locator(".form-error")).to_be_visible()
    other, third = another(one, "new"), another(one, "new")
    expect(third.locator(".restored")).to_be_visible()
    fill_form(other, subject="Where is my money", text="I have paid twice.")
    other.click("[data-action=submit]")
    expect(other.locator(".message .text")).to_have_text(["I have paid twice."])
    expect(other.locator(".toast")).to_have_text("Your ticket has been created")
    third.click("[data-action=submit]")
    expect(third.locator(".message .text")).to_have_text(["It should have come on Friday."])
    one.click("[data-action=submit]")
    expect(one.locator(".message .text")).to_have_text(["It should have come on Friday."])
    assert [ticket["subject"] for ticket in desk.tickets.values()] == ["No parcel", "Where is my money"]


def test_a_ticket_that_was_created_leaves_what_another_tab_has_begun(open_app: OpenApp) -> None:
    desk = FakeDesk()
    one = open_app(desk, "new")
    other = another(one, "new")
    fill_form(one)
    fill_form(other, subject="Where is my money", text="I have paid twice.")
    one.click("[data-action=submit]")
    expect(one.locator(".message .text")).to_have_text(["It should have come on Friday."])
    other.reload()
    expect(other.locator("#new-subject")).to_have_value("Where is my money")
    other.click("[data-action=submit]")
    expect(other.locator(".message .text")).to_have_text(["I have paid twice."])
    assert len(desk.tickets) == 2


DENIED = """
  const denied = () => new DOMException("denied in this context", "SecurityError");
  if (navigator.locks) navigator.locks.request = () => Promise.reject(denied());
  window.BroadcastChannel = class { constructor() { throw denied(); } };
"""


def test_a_page_that_is_denied_locks_works_alone(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    """As in a frame of another site; what an earlier page has left is taken over at the start."""
    desk.fail("POST", POSTS, 503, times=9)
    page = open_app(desk, "tickets/101", before=DENIED, expected=("503",))
    ready(page)
    runs(page, "data/other-tabs.js")
    write(page, "It is on its way")
    wait_until(page, lambda: len(desk.calls("POST", POSTS)) == 1)
    desk.faults.clear()
    page.reload()
    wait_until(page, lambda: desk.messages[ticket["id"]][-1]["text"] == "It is on its way")
    expect(page.locator(".is-pending, .is-failed")).to_have_count(0)
