"""How much is unread in tickets that the page has not loaded, and after several messages at once."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import caught_up, hold_requests, runs, wait_until
from tests.support.browser import DESKTOP, browser_marks

pytestmark = browser_marks
READ = r"tickets/[\w-]+/read/"


@pytest.fixture
def desk() -> FakeDesk:
    """Of 80 tickets, all read, the page has the newest 70, and no need of more; the oldest has 60 messages."""
    desk = FakeDesk(ANNA)
    desk.page_of_tickets = 70
    for number in range(80):
        ticket = desk.open_ticket(f"Ticket {number}", VERA, assignee=ANNA, status="open")
        for message in range(60 if number == 0 else 1):
            author = ANNA if message % 2 else VERA
            desk.write(ticket, author, f"message {message}", minutes_ago=200 - 2 * number - message / 100)
        read(ticket)
    return desk


def read(ticket: dict[str, Any]) -> None:
    ticket.update(unread=0, read_sequence=ticket["sequence"])


def opened(open_app: OpenApp, desk: FakeDesk) -> Page:
    page = open_app(desk, viewport=DESKTOP)
    expect(page.locator(".row").first).to_be_visible()
    runs(page, "list-end.js")
    caught_up(page, desk)
    return page


def asked(desk: FakeDesk, ticket: dict[str, Any]) -> int:
    return len(desk.calls("GET", rf"tickets/({ticket['id']}|{ticket['number']})/"))


def test_a_colleagues_change_of_a_ticket_that_is_not_loaded_is_no_news(open_app: OpenApp, desk: FakeDesk) -> None:
    page = opened(open_app, desk)
    ticket = list(desk.tickets.values())[1]
    desk.change(ticket, priority="high")
    row = page.locator(".row", has_text="Ticket 1").first
    expect(row).to_be_visible()
    expect(row.locator("[data-ref=unread]")).to_be_hidden()
    wait_until(page, lambda: asked(desk, ticket))
    page.evaluate("new Promise(requestAnimationFrame)")
    expect(row.locator("[data-ref=unread]")).to_be_hidden()


def test_a_ticket_that_is_not_loaded_shows_all_that_is_unread_and_opens_there(
    open_app: OpenApp, desk: FakeDesk
) -> None:
    page = opened(open_app, desk)
    ticket = next(iter(desk.tickets.values()))
    for words in ("new one", "new two"):
        desk.write(ticket, VERA, words)
    row = page.locator(".row", has_text="new two")
    expect(row.locator("[data-ref=unread]")).to_have_text("2")
    assert asked(desk, ticket) == 1
    row.click()
    below = page.locator(".unread-divider + .message .text")
    expect(below).to_have_text("new one")
    expect(page.locator(".message", has_text="new two")).to_be_in_viewport()


def test_a_ticket_that_is_opened_before_it_is_known_opens_where_reading_had_ended(
    open_app: OpenApp, desk: FakeDesk
) -> None:
    page = opened(open_app, desk)
    ticket = next(iter(desk.tickets.values()))
    hold_requests(page, "**/api/v1/tickets/*-*/")  # what the row lacks is on its way
    desk.write(ticket, VERA, "new one")
    page.locator(".row", has_text="new one").click()
    expect(page.locator(".unread-divider + .message .text")).to_have_text("new one")


def test_several_messages_that_come_at_once_are_all_counted(open_app: OpenApp, desk: FakeDesk) -> None:
    page = opened(open_app, desk)
    ticket = list(desk.tickets.values())[-1]
    desk.write(ticket, VERA, "one", silent=True)
    desk.write(ticket, VERA, "two", silent=True)
    desk.write(ticket, VERA, "three")
    expect(page.locator(".row", has_text="three").locator("[data-ref=unread]")).to_have_text("3")


def test_what_came_while_nobody_looked_is_asked_for_at_the_return(open_app: OpenApp) -> None:
    desk = FakeDesk(VERA)
    first, second = [desk.open_ticket(subject, VERA, status="open", assignee=ANNA) for subject in ("First", "Second")]
    for ticket in (first, second):
        desk.write(ticket, ANNA, "Hello")
        read(ticket)
    page = open_app(desk)
    expect(page.locator(".row")).to_have_count(2)
    for module in ("list-end.js", "later.js", "resending.js", "unsent.js"):  # each may draw once it is there
        runs(page, module)
    page.evaluate("new Promise(requestAnimationFrame)")
    page.evaluate("Telegram.WebApp.isActive = false; telegram.fire('deactivated')")
    for ticket in (first, second):
        desk.write(ticket, ANNA, "one", silent=True)
        desk.write(ticket, ANNA, "two")
    unread = page.locator(".row [data-ref=unread]")
    expect(page.locator(".row", has_text="two")).to_have_count(2)
    expect(unread).to_have_text(["1", "1"])  # as far as is known
    assert asked(desk, first) == asked(desk, second) == 0
    page.evaluate("Telegram.WebApp.isActive = true; telegram.fire('activated')")
    expect(unread).to_have_text(["2", "2"])
    assert asked(desk, first) == asked(desk, second) == 1


def test_what_an_answer_has_beyond_what_was_read_here_is_counted(open_app: OpenApp, desk: FakeDesk) -> None:
    """The list was read after a message whose frame was lost, and before the desk knew what this page had read."""
    ticket = newest_with_news(desk)
    page = opened(open_app, desk)
    told: list[Route] = []
    page.route(re.compile(READ), lambda route: told.append(route))
    page.locator(".row", has_text="new one").click()
    wait_until(page, lambda: told)
    page.locator(".row", has_text="Ticket 78").click()
    expect(page.locator(".chat h1")).to_have_text("Ticket 78")
    desk.write(ticket, VERA, "new two", silent=True)

    def answer(route: Route) -> None:
        route.fulfill(json=desk.answer("GET", "tickets/", {}, None)[1])
        sequence = told[0].request.post_data_json["sequence"]
        ticket.update(unread=1, read_sequence=sequence)
        told[0].fulfill(json={"sequence": sequence})

    page.route("**/api/v1/tickets/?*", answer)
    page.click("[data-tab=all]")
    expect(page.locator(".row", has_text="new two").locator("[data-ref=unread]")).to_have_text("1")


def newest_with_news(desk: FakeDesk) -> dict[str, Any]:
    ticket = list(desk.tickets.values())[-1]
    desk.write(ticket, VERA, "new one")
    return ticket


def test_what_the_desk_could_not_be_told_is_unread_again(open_app: OpenApp, desk: FakeDesk) -> None:
    ticket = newest_with_news(desk)
    desk.fail("POST", READ, 503)
    page = open_app(desk, viewport=DESKTOP, expected=("503",))
    row = page.locator(".row", has_text="new one")
    row.click()
    wait_until(page, lambda: desk.calls("POST", READ))
    page.locator(".row", has_text="Ticket 78").click()
    expect(row.locator("[data-ref=unread]")).to_have_text("1")
    desk.drop_sockets()
    wait_until(page, lambda: desk.sockets)
    expect(row.locator("[data-ref=unread]")).to_have_text("1")
    row.click()
    expect(page.locator(".unread-divider + .message .text")).to_have_text("new one")
    wait_until(page, lambda: ticket["unread"] == 0)
    expect(row.locator("[data-ref=unread]")).to_be_hidden()


def test_what_is_looked_at_is_told_again_by_itself(open_app: OpenApp, desk: FakeDesk) -> None:
    ticket = newest_with_news(desk)
    desk.fail("POST", READ, 503)
    page = open_app(desk, f"tickets/{ticket['number']}", expected=("503",), clock=True)
    wait_until(page, lambda: page.clock.run_for(500) or desk.calls("POST", READ))
    assert ticket["unread"] == 1
    wait_until(page, lambda: page.clock.run_for(1_000) or ticket["unread"] == 0)
