"""More is unread in a conversation than one page of it holds: it opens where reading had ended."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, BORIS, VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.test_far_messages import AFTER, numbers, open_hit, scroll_down
from tests.browser.views import HeldMessages, follows, hold_requests, open_ticket_page, runs, texts, wait_until, write
from tests.support.browser import DESKTOP, browser_marks, picture

pytestmark = browser_marks
READ = r"tickets/[\w-]+/read/"
AROUND = re.compile(r"/messages/\?around=")
MANY, KNOWN = 260, 90


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk(ANNA)


@pytest.fixture
def ticket(desk: FakeDesk) -> dict[str, Any]:
    """Of 260 messages the last 170 are unread."""
    ticket = desk.open_ticket("The parcel has not arrived", VERA, status="open", assignee=ANNA)
    for number in range(MANY):
        desk.write(ticket, VERA, f"part {number}", silent=True, minutes_ago=MANY - number)
        if number == KNOWN - 1:
            ticket.update(unread=0, read_sequence=ticket["sequence"])
    assert ticket["unread"] == MANY - KNOWN
    return ticket


def expect_divider_above(page: Page, text: str) -> None:
    below = page.locator(".unread-divider + .message")
    expect(below.locator(".text")).to_have_text(text)
    expect(below).to_be_in_viewport()


def last_sequence(page: Page) -> int:
    """Of the rows that stand in the page."""
    return int(page.locator(".message").last.get_attribute("data-sequence") or 0)


def test_it_opens_where_reading_had_ended_and_what_was_not_shown_stays_unread(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    expect_divider_above(page, f"part {KNOWN}")
    picture(page, "unread-far")
    known = ticket["read_sequence"]
    wait_until(page, lambda: ticket["read_sequence"] > known)
    read = ticket["read_sequence"]
    assert known < read <= last_sequence(page) < ticket["sequence"]
    wait_until(page, lambda: page.locator(".jump .badge").inner_text() == str(ticket["unread"]))
    expect(page.locator(".row [data-ref=unread]")).to_have_text("99+")  # as many as it says at most
    met: set[int] = set()

    def has_come_to_the_end() -> bool:
        scroll_down(page)
        shown = numbers(page)
        assert shown == list(range(shown[0], shown[0] + len(shown)))
        met.update(shown)
        return MANY - 1 in met

    wait_until(page, has_come_to_the_end, seconds=40)
    assert set(range(KNOWN, MANY)) <= met
    scroll_down(page)
    wait_until(page, lambda: ticket["unread"] == 0)
    expect(page.locator(".row [data-ref=unread]")).to_be_hidden()
    expect(page.locator(".jump")).to_be_hidden()


def joins_below(page: Page, desk: FakeDesk, ticket: dict[str, Any]) -> tuple[Locator, int]:
    """Reads down to the last row above the newest messages while the page between them waits, then lets it come.

    Returns that row, and its number.
    """
    held: list[Route] = []
    last = MANY - 71
    sequence = desk.messages[ticket["id"]][last]["sequence"]

    def on_page(route: Route) -> None:
        held.append(route) if f"after={sequence}" in route.request.url else route.fallback()

    def has_come_to_the_row() -> bool:
        scroll_down(page)
        return bool(held) and numbers(page)[-1] == last

    page.route(AFTER, on_page)
    wait_until(page, has_come_to_the_row, seconds=40)
    scroll_down(page)
    row = page.locator(f".message[data-sequence='{sequence}']")
    expect(row).to_be_in_viewport()
    wait_until(page, lambda: ticket["read_sequence"] == sequence)
    held.pop().fallback()
    wait_until(page, lambda: numbers(page)[-1] > last)
    return row, last


def test_who_waits_below_for_the_page_that_joins_the_newest_stays_there(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    expect_divider_above(page, f"part {KNOWN}")
    row, last = joins_below(page, desk, ticket)
    expect(row).to_be_in_viewport()
    expect(page.locator(".message", has_text=f"part {last + 1}")).to_be_attached()
    expect(page.locator(".jump")).to_be_visible()
    assert ticket["unread"]


def lowest_on_the_screen(page: Page, *, onto_top: bool = False) -> int:
    """The sequence of the last row whose end is on the screen; `onto_top` scrolls on until it stands on top."""
    script = """(scroll, ontoTop) => {
      const end = scroll.getBoundingClientRect().bottom;
      const isThere = (row) => row.querySelector(".meta").getBoundingClientRect().bottom <= end;
      const row = [...scroll.querySelectorAll(".message")].filter(isThere).at(-1);
      if (ontoTop) row.scrollIntoView();
      return Number(row.dataset.sequence);
    }"""
    return int(page.locator(".messages-scroll").evaluate(script, onto_top))


def test_the_button_says_what_is_left_to_read_until_the_very_end(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP)
    expect_divider_above(page, f"part {KNOWN}")
    jump = page.locator(".jump")
    joins_below(page, desk, ticket)
    said: set[str] = set()

    def screen_is_read() -> bool:
        return bool(ticket["read_sequence"] >= lowest_on_the_screen(page))

    def says_what_is_left() -> bool:
        left = str(ticket["unread"])
        if jump.inner_text() == left and jump.get_attribute("aria-label") == f"{left} new messages":
            said.add(left)
        return left in said

    wait_until(page, screen_is_read)
    while jump.is_visible():
        wait_until(page, says_what_is_left)
        lowest_on_the_screen(page, onto_top=True)
        wait_until(page, screen_is_read)
    wait_until(page, lambda: ticket["unread"] == 0)
    assert len(said) > 1


def test_the_button_counts_all_of_a_burst_also_where_the_list_does_not_hold_the_ticket(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    ticket.update(assignee=BORIS)
    page = open_ticket_page(open_app, desk, ticket)
    expect_divider_above(page, f"part {KNOWN}")
    badge = page.locator(".jump .badge")
    read = ticket["read_sequence"]
    wait_until(page, lambda: ticket["read_sequence"] > read and badge.inner_text() == str(ticket["unread"]))
    runs(page, "unsure.js")
    for number in range(5):
        desk.write(ticket, VERA, f"burst {number}", silent=number < 4)  # their frames come as one
    wait_until(page, lambda: desk.calls("GET", rf"tickets/{ticket['id']}/"))
    wait_until(page, lambda: badge.inner_text() == str(ticket["unread"]))


def test_the_button_leads_to_the_newest_and_who_left_before_goes_on_where_reading_ended(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    expect_divider_above(page, f"part {KNOWN}")
    known = ticket["read_sequence"]
    wait_until(page, lambda: ticket["read_sequence"] > known)
    page.evaluate("telegram.back()")
    expect(page.locator(".row")).to_be_visible()
    page.click(".row")
    below = page.locator(".unread-divider + .message")
    expect(below).to_be_in_viewport()
    first = int(below.locator(".text").inner_text().removeprefix("part "))
    assert first > KNOWN
    before = desk.messages[ticket["id"]][first - 1]["sequence"]
    wait_until(page, lambda: before in [body["sequence"] for body in desk.calls("POST", READ)])
    page.click(".jump")
    expect(page.locator(".message").last).to_contain_text(f"part {MANY - 1}")
    expect(page.locator(".message").last).to_be_in_viewport()
    expect(page.locator(".jump")).to_be_hidden()
    wait_until(page, lambda: ticket["unread"] == 0)


def test_who_has_read_nothing_of_what_a_colleague_answered_begins_at_the_end_without_a_divider(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    desk.write(ticket, BORIS, "It is on its way", silent=True)
    desk.write(ticket, VERA, "When?", silent=True)
    ticket.update(unread=MANY + 2, read_sequence=0)
    page = open_ticket_page(open_app, desk, ticket)
    expect(page.locator(".message").last).to_contain_text("When?")
    expect(page.locator(".message").last).to_be_in_viewport()
    wait_until(page, lambda: ticket["unread"] == 0)
    expect(page.locator(".unread-divider")).to_have_count(0)


def test_a_long_conversation_that_nobody_has_answered_is_read_from_its_beginning(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    ticket.update(unread=MANY, read_sequence=0)
    page = open_ticket_page(open_app, desk, ticket)
    expect_divider_above(page, "part 0")
    picture(page, "unread-all")
    wait_until(page, lambda: 0 < ticket["read_sequence"] <= last_sequence(page))
    wait_until(page, lambda: page.locator(".jump .badge").inner_text() == str(ticket["unread"]))
    page.click(".jump")
    expect(page.locator(".message").last).to_contain_text(f"part {MANY - 1}")
    wait_until(page, lambda: ticket["unread"] == 0)


def test_nothing_is_drawn_or_read_before_the_place_is_there(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_app(desk, viewport=DESKTOP)
    held = hold_requests(page, AROUND)
    page.click(".row")
    follows(page, desk, ticket)
    wait_until(page, lambda: held)
    desk.write(ticket, VERA, "And now?")
    expect(page.locator(".row")).to_contain_text("And now?")
    page.evaluate("new Promise(requestAnimationFrame)")
    expect(page.locator(".message")).to_have_count(0)
    expect(page.locator(".chat .bones")).to_be_visible()
    held.pop().fallback()
    expect_divider_above(page, f"part {KNOWN}")
    assert not [body for body in desk.calls("POST", READ) if body["sequence"] > last_sequence(page)]


@pytest.mark.parametrize("status", [201, 500])
def test_what_is_sent_while_the_way_begins_is_seen_among_the_newest(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], status: int
) -> None:
    page = open_app(desk, viewport=DESKTOP, expected=("500",))
    held = hold_requests(page, AROUND)
    if status == 500:
        desk.fail("POST", r"tickets/[\w-]+/messages/", status, times=9)
    page.click(".row")
    follows(page, desk, ticket)
    wait_until(page, lambda: held)
    expect(page.locator(".chat .bones")).to_be_visible()
    write(page, "Here I am")
    mine = page.locator(".message").last
    expect(mine).to_contain_text("Here I am")
    expect(mine).to_be_in_viewport()
    expect(page.locator(".chat .bones")).to_have_count(0)
    assert f"part {MANY - 1}" in texts(page)
    with page.expect_response(AROUND):
        held.pop().fallback()
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(mine).to_contain_text("Here I am")
    expect(mine).to_be_in_viewport()
    expect(page.locator(".unread-divider")).to_have_count(0)
    assert numbers(page)[-1] == MANY - 1


def test_what_is_sent_before_the_conversation_is_there_stays_in_sight(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_app(desk, viewport=DESKTOP)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    held = HeldMessages(page)
    page.click(".row")
    wait_until(page, lambda: held.routes)
    write(page, "Here I am")
    mine = page.locator(".message", has_text="Here I am")
    expect(mine).to_be_in_viewport()
    held.release()
    expect(page.locator(".message", has_text=f"part {MANY - 1}")).to_be_in_viewport()
    expect(mine).to_be_in_viewport()
    expect(page.locator(".unread-divider")).to_have_count(0)
    assert not [url for url in asked if AROUND.search(url)]


def test_what_one_was_looking_for_goes_first(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_hit(open_app, desk, ticket, "part 7")
    expect(page.locator(".message.is-found")).to_contain_text("part 7")
    expect(page.locator(".message.is-found")).to_be_in_viewport()
    expect(page.locator(".unread-divider")).to_have_count(0)


def test_where_the_way_is_barred_it_says_so_and_shows_the_end(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    def bar(route: Route) -> None:
        route.fulfill(status=422, json={"error": {"code": "invalid", "message": "Not now, please."}})

    page = open_app(desk, expected=("422",))
    page.route(AROUND, bar)
    page.click(".row")
    expect(page.locator("#toast")).to_have_text("Not now, please.")
    expect(page.locator(".message").last).to_contain_text(f"part {MANY - 1}")
    expect(page.locator(".unread-divider")).to_have_count(0)
