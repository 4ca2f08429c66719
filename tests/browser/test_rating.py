"""The rating card: the customer chooses stars and adds words, staff see the result; and who cannot be reached."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, VERA, now
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import open_ticket_page, wait_until
from tests.support.browser import browser_marks

pytestmark = browser_marks
RATE = r"tickets/[\w-]+/rate/"


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk(VERA)


@pytest.fixture
def ticket(desk: FakeDesk) -> dict[str, Any]:
    ticket = desk.open_ticket("The parcel has not arrived", status="open", assignee=ANNA)
    desk.write(ticket, ANNA, "It comes tomorrow")
    return ticket


def test_the_card_comes_with_the_resolution_and_keeps_what_is_given(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    expect(page.locator(".rating")).to_have_count(0)
    desk.change(ticket, "ticket_status_changed", status="resolved")
    expect(page.locator(".rating-form")).to_be_hidden()
    page.get_by_role("button", name="4 of 5").click()
    expect(page.locator(".star.is-lit")).to_have_count(4)
    page.fill(".rating textarea", "Quick, and kind")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#toasts")).to_have_text("Thank you!")
    assert desk.calls("POST", RATE) == [{"score": 4}, {"score": 4, "comment": "Quick, and kind"}]
    page.reload()
    expect(page.locator(".star[aria-pressed=true]")).to_have_attribute("data-score", "4")
    expect(page.locator(".rating textarea")).to_have_value("Quick, and kind")


def test_a_refused_rating_says_why_and_leaves_the_stars_dark(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    desk.change(ticket, status="resolved")
    page = open_ticket_page(open_app, desk, ticket, expected=("409",))
    desk.fail("POST", RATE, 409, code="rating_fixed", message="A rating can be changed for one day.")
    page.get_by_role("button", name="1 of 5").click()
    expect(page.locator("#toasts")).to_have_text("A rating can be changed for one day.")
    expect(page.locator(".star.is-lit")).to_have_count(0)


def test_after_a_day_the_card_only_shows_it(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    rating = {"score": 3, "comment": "So-so", "rated_at": now(2000), "changeable_until": now(560)}
    desk.change(ticket, status="closed", rating=rating)
    page = open_ticket_page(open_app, desk, ticket)
    expect(page.locator(".rating-shown")).to_contain_text("3 of 5")
    expect(page.locator(".star")).to_have_count(0)


def test_what_is_resolved_anew_is_asked_for_anew(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    rating = {"score": 1, "comment": "It burns", "rated_at": now(5000), "changeable_until": now(3560)}
    desk.change(ticket, rating=rating)
    page = open_ticket_page(open_app, desk, ticket)
    expect(page.locator(".rating-shown")).to_contain_text("1 of 5")
    desk.change(ticket, "ticket_status_changed", status="resolved", rating={**rating, "changeable_until": None})
    expect(page.locator(".star")).to_have_count(5)
    expect(page.locator(".star.is-lit")).to_have_count(0)
    expect(page.locator(".rating-form")).to_be_hidden()
    page.get_by_role("button", name="5 of 5").click()
    expect(page.locator(".star.is-lit")).to_have_count(5)
    expect(page.locator(".rating textarea")).to_be_visible()


def test_the_day_ends_by_the_desks_clock(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    rating = {"score": 3, "comment": "", "rated_at": now(), "changeable_until": now(-1440)}
    desk.change(ticket, status="closed", rating=rating)
    fast = "const real = Date.now; Date.now = () => real() + 3 * 86400000;"
    page = open_ticket_page(open_app, desk, ticket, before=fast)
    expect(page.locator(".star[aria-pressed=true]")).to_have_attribute("data-score", "3")


def test_staff_see_the_rating_and_who_cannot_be_reached(open_app: OpenApp) -> None:
    desk = FakeDesk(ANNA)
    ticket = desk.open_ticket("The parcel has not arrived", status="resolved", assignee=ANNA)
    page = open_ticket_page(open_app, desk, ticket)
    expect(page.locator(".rating-shown")).to_have_count(0)
    rating = {"score": 5, "comment": "<b>Lovely</b>", "rated_at": now(), "changeable_until": now(-1440)}
    desk.change(ticket, "ticket_updated", rating=rating, unreachable="blocked")
    expect(page.locator(".rating-comment")).to_have_text("<b>Lovely</b>")
    expect(page.locator(".unreachable")).to_contain_text("The customer has blocked the bot.")
    desk.change(ticket, unreachable="")
    expect(page.locator(".unreachable")).to_be_hidden()
    wait_until(page, lambda: not desk.calls("POST", RATE))


def test_the_keys_stay_where_one_rates(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    desk.change(ticket, status="resolved")
    page = open_ticket_page(open_app, desk, ticket, expected=("409",))
    star = page.get_by_role("button", name="4 of 5")
    star.press("Enter")
    expect(page.locator(".star.is-lit")).to_have_count(4)
    expect(star).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="3 of 5")).to_be_focused()
    desk.fail("POST", RATE, 409, code="rating_fixed", message="A rating can be changed for one day.")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_have_text("A rating can be changed for one day.")
    expect(page.get_by_role("button", name="3 of 5")).to_be_focused()
