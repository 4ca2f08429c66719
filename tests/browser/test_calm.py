"""What is said and offered in a conversation without getting in the way."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import expect_texts, open_ticket_page, wait_until, write
from tests.support.browser import DESKTOP, browser_marks, picture
from tests.support.everybody import CONTRASTS

pytestmark = browser_marks


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk(ANNA)


def test_who_answers_in_a_ticket_of_nobody_may_make_it_theirs(open_app: OpenApp, desk: FakeDesk) -> None:
    ticket = desk.open_ticket("No parcel", VERA, status="open", assignee=None)
    desk.write(ticket, VERA, "Where is it?", minutes_ago=5)
    page = open_ticket_page(open_app, desk, ticket)
    page.click("[data-action=note]")
    write(page, "He calls each week")
    wait_until(page, lambda: len(desk.calls("POST", r"tickets/[\w-]+/messages/")) == 1)
    page.click("[data-action=reply]")
    expect(page.locator(".toast")).to_have_count(0)  # a note answers nobody
    write(page, "On its way")
    offer = page.get_by_role("button", name="Assign to me")
    expect(offer).to_be_visible()
    assert page.evaluate(CONTRASTS) == []
    picture(page, "nudge")
    offer.click()
    wait_until(page, lambda: desk.tickets[ticket["id"]]["assignee"] == ANNA)
    expect(page.locator(".toast")).to_contain_text("Undo")
    write(page, "Tomorrow")
    expect_texts(page, ["Where is it?", "He calls each week", "On its way", "Tomorrow"])
    expect(offer).to_have_count(0)


def test_the_offer_of_a_ticket_stays_with_its_screen(open_app: OpenApp, desk: FakeDesk) -> None:
    other = desk.open_ticket("No invoice", VERA, status="open", assignee=ANNA)
    ticket = desk.open_ticket("No parcel", VERA, status="open", assignee=None)
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    write(page, "On its way")
    offer = page.get_by_role("button", name="Assign to me")
    expect(offer).to_be_visible()
    page.click("[role=tab][data-tab=all]")
    page.click(f".row[href$='/{other['number']}']")
    expect(page.locator("h1").filter(has_text="No invoice")).to_be_visible()
    expect(offer).to_have_count(0)


def test_many_messages_at_once_are_said_together(open_app: OpenApp, desk: FakeDesk) -> None:
    ticket = desk.open_ticket("No parcel", VERA, status="open", assignee=ANNA)
    page = open_ticket_page(open_app, desk, ticket, clock=True)
    page.evaluate(
        """() => {
          window.said = [];
          const place = document.querySelector("#live-polite");
          new MutationObserver(() => window.said.push(place.textContent)).observe(place, { childList: true });
        }"""
    )
    for number in range(6):
        desk.write(ticket, VERA, f"Line {number}")
    expect_texts(page, [f"Line {number}" for number in range(6)])
    page.clock.run_for(5_000)
    said = page.evaluate("window.said.filter((one) => one.includes('Line'))")
    assert len(said) <= 2
    assert said[-1].endswith("Vera Ivanova: Line 5")
