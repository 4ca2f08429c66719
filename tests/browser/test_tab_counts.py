"""What the tabs of the inbox hold: counted, asked for once for many changes, without what is put aside."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, BORIS, GLEB, VERA, now
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import wait_until
from tests.support.browser import browser_marks, picture

pytestmark = browser_marks


@pytest.fixture
def desk() -> FakeDesk:
    desk = FakeDesk(ANNA)
    for subject, more in (
        ("No parcel", {"assignee": ANNA, "status": "open"}),
        ("Refund", {"assignee": ANNA, "status": "open"}),
        ("Later", {"assignee": ANNA, "status": "open", "snoozed_until": now(-90)}),
        ("Address", {"assignee": BORIS, "status": "open"}),
    ):
        desk.open_ticket(subject, GLEB, **more)
    return desk


def rest(page: Page) -> None:
    """Twenty seconds, in steps that leave each answer its time."""
    for _second in range(20):
        page.clock.run_for(1_000)
        page.wait_for_timeout(20)


def expect_counts(page: Page, wanted: list[str]) -> None:
    expect(page.locator(".tab-count")).to_have_text(wanted)


def test_tabs_are_counted_and_many_changes_are_asked_about_once(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, clock=True)
    expect_counts(page, ["2", "", "", "4"])
    wait_until(page, lambda: desk.sockets)
    mine = next(iter(desk.tickets.values()))
    for number in range(20):
        desk.write(desk.open_ticket(f"Ticket {number}"), VERA, "Hello")
    desk.write(mine, GLEB, "Where is it?")  # the last: once it is seen, all are known
    expect(page.locator(".row").first).to_contain_text("Where is it?")
    assert len(desk.calls("GET", "tickets/counts/")) == 1
    page.clock.run_for(6_000)
    expect_counts(page, ["2", "20", "", "24"])
    expect(page.get_by_role("tab", name="Unassigned 20 20 unread tickets")).to_be_visible()
    rest(page)
    asked = len(desk.calls("GET", "tickets/counts/"))
    assert asked <= 4, "many changes are asked about together"
    desk.write(mine, GLEB, "Hello?")  # nothing that a tab counts
    expect(page.locator(".row").first).to_contain_text("Hello?")
    rest(page)
    assert len(desk.calls("GET", "tickets/counts/")) == asked
    picture(page, "inbox-counts")
    desk.open_ticket("While the socket was away")
    desk.drop_sockets()
    page.clock.run_for(1_000)
    wait_until(page, lambda: desk.sockets)
    page.clock.run_for(6_000)
    expect_counts(page, ["2", "21", "", "25"])


def test_counts_that_failed_are_asked_for_again_with_the_next_connection(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, clock=True, expected=("503", "ERR_"))
    expect_counts(page, ["2", "", "", "4"])
    wait_until(page, lambda: desk.sockets)
    page.clock.run_for(6_000)
    asked = len(desk.calls("GET", "tickets/counts/"))
    desk.fail("GET", "tickets/counts/", 503, times=3)
    desk.change(next(iter(desk.tickets.values())), "ticket_status_changed", status="resolved")
    expect(page.locator(".row")).to_have_count(1)
    for _second in range(30):
        page.clock.run_for(1_000)
    # each time is three tries; what the change alters may be told in two frames
    assert asked + 3 <= len(desk.calls("GET", "tickets/counts/")) <= asked + 6, "it rests then"
    desk.drop_sockets()
    page.clock.run_for(1_000)
    wait_until(page, lambda: desk.sockets)
    page.clock.run_for(6_000)
    expect_counts(page, ["1", "", "", "3"])


def test_what_is_put_aside_waits_behind_a_filter(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk)
    subjects = page.locator(".row-subject")
    expect(subjects).to_have_text(["Refund", "No parcel"])
    page.click("[data-action=filter]")
    page.check("dialog :text('Only what is put aside (1)')")
    page.click("dialog [type=submit]")
    expect(subjects).to_have_text(["Later"])
    assert "snoozed=true" in page.url
    expect(page.locator(".row-clock")).to_contain_text("until ")
    wait_until(page, lambda: desk.sockets)
    later = next(ticket for ticket in desk.tickets.values() if ticket["subject"] == "Later")
    desk.change(later, snoozed_until=None)
    page.click("[data-action=clear]")
    expect(subjects).to_have_text(["Later", "Refund", "No parcel"])
    desk.send({"type": "inbox_removed", "ticket": later["id"]})
    expect(subjects).to_have_text(["Refund", "No parcel"])
