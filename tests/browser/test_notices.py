"""Notices over the page: a way back is not lost to the next one, none goes from under a pointer, each is said."""

from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import open_ticket_page, wait_until
from tests.support.browser import DESKTOP, browser_marks, picture
from tests.support.everybody import CONTRASTS, sideways

pytestmark = browser_marks
PRIORITIES = ["high", "urgent", "low", "normal"]
# the seconds of a notice, and those after which it looks again, pass when the test says so
HELD = """
  const later = setTimeout;
  const due = [];
  window.setTimeout = (run, ms, ...rest) => [1000, 5000].includes(ms) ? due.push(run) : later(run, ms, ...rest);
  window.pass = () => due.splice(0).forEach((run) => run());
"""


def set_priority(page: Page, desk: FakeDesk, ticket: dict[str, Any], value: str) -> None:
    page.locator(".side-card").get_by_label("Priority").select_option(value)
    wait_until(page, lambda: ticket["priority"] == value)


def undos(page: Page) -> Locator:
    return page.locator(".toast.undo")


def test_ways_back_stand_beside_each_other_and_beside_what_else_is_said(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP, before=HELD, expected=("500",))
    page.click(".side-card [data-action=free]")
    expect(undos(page)).to_have_text([f"#{ticket['number']}: The ticket has nobody now Undo"], use_inner_text=True)
    set_priority(page, desk, ticket, "high")
    expect(undos(page)).to_have_count(2)
    desk.fail("POST", r"tickets/[\w-]+/status/", 500, message="Not now.")
    page.click(".staff-tools [data-action=status]")
    page.locator("dialog .choice", has_text="Waiting for customer").click()
    expect(page.locator(".toast:not(.undo)")).to_have_text("Not now.")
    expect(undos(page)).to_have_count(2)
    assert page.evaluate(CONTRASTS) == []
    assert sideways(page) == []
    picture(page, "notices")
    undos(page).first.get_by_role("button").click()
    wait_until(page, lambda: ticket["assignee"] == ANNA)
    for number, value in enumerate(PRIORITIES[1:], start=1):
        set_priority(page, desk, ticket, value)
        wait_until(page, lambda number=number: undos(page).count() == min(3, number + 1))
    page.mouse.move(5, 790)
    page.evaluate("pass()")
    expect(page.locator(".toast")).to_have_count(0)


def test_ways_back_say_of_which_ticket_they_are(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    other = desk.open_ticket("Refund", status="open", assignee=ANNA)
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP, before=HELD)
    set_priority(page, desk, ticket, "high")
    page.locator(".row", has_text="Refund").click()
    expect(page.locator("h1").last).to_have_text("Refund")
    expect(page.locator(".side-card").get_by_label("Priority")).to_have_value(other["priority"])
    set_priority(page, desk, other, "high")
    told = [f"#{one['number']}: Saved Undo" for one in (ticket, other)]
    expect(undos(page)).to_have_text(told, use_inner_text=True)


def test_a_notice_stays_under_the_pointer_and_with_the_focus(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP, before=HELD)
    set_priority(page, desk, ticket, "high")
    undos(page).hover()
    page.evaluate("pass()")
    expect(undos(page)).to_have_count(1)
    undos(page).get_by_role("button").focus()
    page.mouse.move(5, 790)
    page.evaluate("pass()")
    expect(undos(page)).to_have_count(1)
    page.locator(".composer textarea").focus()
    page.evaluate("pass()")
    expect(undos(page)).to_have_count(0)


def test_the_same_words_are_said_again(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP, before=HELD)
    said = "document.getElementById('live-polite').textContent"
    page.evaluate(
        """() => {
          window.said = [];
          const live = document.getElementById("live-polite");
          new MutationObserver(() => said.push(live.textContent)).observe(live, { childList: true });
        }"""
    )
    for value in PRIORITIES[:3]:
        set_priority(page, desk, ticket, value)
        expect(undos(page)).to_have_count(PRIORITIES.index(value) + 1)
    told = page.evaluate("said")
    assert [text.strip("\u00a0") for text in told] == [f"#{ticket['number']}: Saved"] * 3
    assert len({*told[:2]}) == len({*told[1:]}) == 2, "each differs from the one before"
    assert page.evaluate(said)


def test_the_focus_goes_on_from_a_notice_that_was_pressed(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP, before=HELD)
    for number, value in enumerate(PRIORITIES[:2], start=1):
        set_priority(page, desk, ticket, value)
        expect(undos(page)).to_have_count(number)
    first, second = undos(page).get_by_role("button").all()
    second.press("Enter")
    expect(first).to_be_focused()
    wait_until(page, lambda: ticket["priority"] == "high")
    page.keyboard.press("Enter")
    expect(undos(page)).to_have_count(0)
    expect(page.locator(".composer textarea")).to_be_focused()
