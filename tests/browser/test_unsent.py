"""What fails after one has left its ticket: told once, led to, and marked in the list until it is settled."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.test_accessibility import CONTRASTS
from tests.browser.test_start import DARK
from tests.browser.views import expect_texts, hold_requests, open_ticket_page, runs, wait_until, write
from tests.support.browser import DESKTOP, browser_marks, picture

pytestmark = browser_marks
POST = r"tickets/[\w-]+/messages/"
CLOSED = {"error": {"code": "ticket_closed", "message": "This ticket is closed.", "fields": {}, "data": {}}}


@pytest.fixture
def other(desk: FakeDesk) -> dict[str, Any]:
    other = desk.open_ticket("Second", VERA, assignee=ANNA, status="open")
    desk.write(other, VERA, "And this?", minutes_ago=9)
    return other


def hold_post(page: Page) -> list[Route]:
    """Messages stay on their way until the test answers."""
    return hold_requests(page, re.compile(r"/tickets/[\w-]+/messages/$"), "POST")


def row_of(page: Page, ticket: dict[str, Any]) -> Locator:
    return page.locator(f"#list-pane a[href='/app/tickets/{ticket['number']}']")


def test_what_fails_out_of_sight_is_told_once_and_led_to(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], other: dict[str, Any]
) -> None:
    page = open_ticket_page(
        open_app, desk, ticket, expected=("409",), viewport=DESKTOP, reduced_motion="reduce", theme=DARK
    )
    held = hold_post(page)
    write(page, "Our answer")
    wait_until(page, lambda: held)
    row_of(page, other).click()
    expect_texts(page, ["And this?"])
    held.pop().fulfill(status=409, json=CLOSED)
    notice = page.locator(".toast.undo")
    expect(notice).to_contain_text(f"Your message in #{ticket['number']} was not sent.")
    expect(page.locator("#live-assertive")).to_have_text(f"Your message in #{ticket['number']} was not sent.")
    expect(row_of(page, ticket).locator(".row-preview")).to_have_text("Not sent: Our answer")
    expect(row_of(page, other).locator(".row-preview")).not_to_contain_text("Not sent")
    assert page.evaluate(CONTRASTS) == []
    picture(page, "unsent-desktop")
    notice.get_by_role("button", name="Open").click()
    expect_texts(page, ["Where is it?", "Our answer"])
    expect(page.locator(".failure:visible")).to_contain_text("Not sent")
    expect(row_of(page, ticket)).to_have_attribute("aria-current", "page")
    assert page.evaluate(CONTRASTS) == []  # also in the row that is shown
    page.reload()
    expect(row_of(page, ticket).locator(".row-preview")).to_have_text("Not sent: Our answer")
    row_of(page, other).click()
    expect_texts(page, ["And this?"])
    expect(page.locator(".toast.undo")).to_have_count(0)
    row_of(page, ticket).click()
    page.unroute_all()
    page.click("[data-action=retry]:visible")
    wait_until(page, lambda: desk.messages[ticket["id"]][-1]["text"] == "Our answer")
    expect(row_of(page, ticket).locator(".row-preview")).not_to_contain_text("Not sent")


def test_what_fails_while_nobody_looks_is_told_once_somebody_does(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, expected=("409",), theme=DARK, reduced_motion="reduce")
    held = hold_post(page)
    write(page, "Our answer")
    wait_until(page, lambda: held)
    page.evaluate("telegram.back()")
    page.evaluate("Telegram.WebApp.isActive = false; telegram.fire('deactivated')")
    held.pop().fulfill(status=409, json=CLOSED)
    expect(page.locator(".row-preview")).to_have_text("Not sent: Our answer")
    expect(page.locator(".toast.undo")).to_have_count(0)
    page.evaluate("Telegram.WebApp.isActive = true; telegram.fire('activated')")
    expect(page.locator(".toast.undo")).to_be_visible()
    assert page.evaluate(CONTRASTS) == []
    picture(page, "unsent-phone")
    page.locator(".toast.undo").get_by_role("button", name="Close").click()
    expect(page.locator(".toast.undo")).to_have_count(0)


def test_what_is_seen_to_fail_is_not_told_beside_it(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    desk.fail("POST", POST, 409, code="ticket_closed", message="This ticket is closed.")
    page = open_ticket_page(open_app, desk, ticket, expected=("409",))
    runs(page, "screens/unsent.js")
    write(page, "Our answer")
    expect(page.locator(".failure:visible")).to_be_visible()
    page.evaluate("telegram.back()")
    expect(page.locator(".row-preview")).to_have_text("Not sent: Our answer")
    expect(page.locator(".toast.undo")).to_have_count(0)


def test_a_customers_row_says_it_too_and_before_a_draft(open_app: OpenApp) -> None:
    desk = FakeDesk(VERA)
    ticket = desk.open_ticket("The parcel", status="open", assignee=ANNA)
    desk.write(ticket, VERA, "Where is it?")
    desk.fail("POST", POST, 400, code="invalid", message="No.")
    page = open_ticket_page(open_app, desk, ticket, expected=("400",))
    runs(page, "screens/unsent.js")
    write(page, "Any news?")
    expect(page.locator(".failure:visible")).to_be_visible()
    page.fill(".composer textarea", "And another thing")
    page.evaluate("telegram.back()")
    expect(page.locator(".row-preview")).to_have_text("Not sent: Any news?")
    picture(page, "unsent-customer")
    page.click(".row")
    page.click("[data-action=discard]:visible")
    page.evaluate("telegram.back()")
    expect(page.locator(".row-preview")).to_have_text("Draft: And another thing")


def test_what_failed_because_the_sign_in_had_ended_goes_out_with_the_next_one(open_app: OpenApp) -> None:
    desk = FakeDesk(VERA)
    ticket = desk.open_ticket("The parcel", status="open", assignee=ANNA)
    desk.write(ticket, VERA, "Where is it?")
    page = open_ticket_page(open_app, desk, ticket, expected=("401",))
    desk.signed_in = False
    desk.fail("POST", POST, 401, code="token_expired")
    write(page, "Please come before 5 pm")
    expect(page.locator("h1:visible")).to_have_text("Please open it again")
    desk.signed_in = True
    page.evaluate("history.replaceState({}, '', '/app/')")
    page.reload()
    wait_until(page, lambda: desk.messages[ticket["id"]][-1]["text"] == "Please come before 5 pm")
    expect(page.locator(".row-preview")).to_have_text("You: Please come before 5 pm")


def test_each_message_that_fails_before_ones_eyes_is_said_once_and_again_where_it_fails_anew(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, expected=("400",))
    runs(page, "screens/unsent.js")
    said = page.locator("#live-assertive")
    felt = "telegramCalls.filter(([name, kind]) => name === 'haptic.notification' && kind === 'error').length"
    failures = page.locator(".failure:visible")

    def told(times: int) -> None:
        """One told failure more: the words differ from those before by the space behind them."""
        wait_until(page, lambda: page.evaluate(felt) == times)
        assert said.evaluate("place => place.textContent") == ("Not sent" if times % 2 else "Not sent\u00a0")

    desk.fail("POST", POST, 400, code="invalid", message="No.")
    write(page, "The first answer")
    told(1)
    expect(failures).to_have_count(1)
    write(page, "One that goes out")  # draws anew what stands there already
    expect(page.locator(".message.is-own:not(.is-failed, .is-pending)")).to_have_count(1)
    told(1)
    desk.fail("POST", POST, 400, code="invalid", message="No.")
    write(page, "The second answer")
    expect(failures).to_have_count(2)
    told(2)
    desk.fail("POST", POST, 400, code="invalid", message="No.")
    page.locator("[data-action=retry]:visible").first.click()
    told(3)
    expect(failures).to_have_count(2)
