"""Putting a ticket aside: until when, taken back by a press, and honestly where a colleague was faster."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, BORIS, VERA, told_of_change
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import open_ticket_page
from tests.support.browser import browser_marks, picture
from tests.support.everybody import CONTRASTS, sideways

pytestmark = browser_marks


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk(ANNA)


@pytest.fixture
def ticket(desk: FakeDesk) -> dict[str, Any]:
    ticket = desk.open_ticket("No parcel", assignee=ANNA, status="open")
    desk.write(ticket, VERA, "Where is it?", minutes_ago=5)
    return ticket


def asked(desk: FakeDesk) -> list[Any]:
    return [call["until"] for call in desk.calls("POST", r"tickets/[\w-]+/snooze/")]


def test_a_ticket_is_put_aside_and_taken_up_again(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    page.click(".staff-tools [data-action=snooze]")
    assert page.evaluate(CONTRASTS) == []
    picture(page, "snooze")
    page.click(".choice:has-text('In an hour')")
    aside = page.locator(".aside")
    expect(aside).to_contain_text("Put aside until")
    hour = (datetime.fromisoformat(asked(desk)[0]).timestamp() - datetime.now(UTC).timestamp()) / 3600
    assert 0.9 < hour < 1.1
    assert page.evaluate(CONTRASTS) == []
    page.click(".undo button")
    expect(aside).to_be_hidden()
    page.click("[data-action=card]")
    page.click("dialog [data-action=snooze]")
    page.fill("#snooze-until", f"{datetime.now(UTC).year - 1}-01-03T09:30")
    page.click(".sheet button:has-text('Put the ticket aside')")  # a moment in the past: the browser says so
    expect(page.locator("#snooze-until")).to_be_focused()
    page.fill("#snooze-until", f"{datetime.now(UTC).year + 1}-01-03T09:30")
    page.click(".sheet button:has-text('Put the ticket aside')")
    expect(page.locator("dialog .side-card")).to_contain_text("09:30")
    page.click("dialog [data-action=wake]")
    expect(page.locator("dialog [data-ref=until]")).to_have_text("")
    assert [bool(until) for until in asked(desk)] == [True, False, True, False]
    page.set_viewport_size({"width": 320, "height": 700})
    assert sideways(page) == []


def test_somebody_was_faster_in_putting_it_aside(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket, expected=("409",))
    data = told_of_change(ticket, "ticket_snoozed", "snoozed_until", None, BORIS)
    desk.fail("POST", r"tickets/[\w-]+/snooze/", 409, code="stale", data=data)
    page.click(".staff-tools [data-action=snooze]")
    page.click(".choice:has-text('Tomorrow morning')")
    expect(page.locator(".toast")).to_have_text(re.compile(r"Boris Lvov cleared it \d+ seconds? ago\."))
    expect(page.locator(".aside")).to_be_hidden()
    desk.change(ticket, "ticket_status_changed", status="resolved")
    expect(page.locator(".staff-tools [data-action=snooze]")).to_be_hidden()
