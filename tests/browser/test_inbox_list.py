"""The inbox's list: tabs in the address, thousands of rows, keys, and rows that do not move under the finger."""

from copy import deepcopy
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, BORIS, GLEB, VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import caught_up, runs, wait_until
from tests.support.browser import browser_marks

pytestmark = browser_marks


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk(ANNA)


def fill(desk: FakeDesk, count: int, **more: Any) -> list[dict[str, Any]]:
    """Tickets of Anna's, "Ticket 0" the one that changed last."""
    tickets = []
    for number in range(count):
        ticket = desk.open_ticket(f"Ticket {number}", **{"status": "open", "assignee": ANNA, **more})
        desk.write(ticket, VERA, "Hello", minutes_ago=number + 1)
        tickets.append(ticket)
    return tickets


def scroll_to(page: Page, pixels: int) -> None:
    page.evaluate("(top) => { document.querySelector('#inbox-list').scrollTop = top; }", pixels)


def subjects(page: Page) -> list[str]:
    return page.locator(".row-subject").all_text_contents()


def test_only_the_rows_in_sight_are_part_of_the_page(open_app: OpenApp, desk: FakeDesk) -> None:
    desk.page_of_tickets = 50
    fill(desk, 180)
    page = open_app(desk)
    first = page.locator(".inbox .rows > li").first
    expect(first).to_have_attribute("aria-posinset", "1")
    expect(first).to_have_attribute("aria-setsize", "-1")

    def reached() -> bool:
        scroll_to(page, 10_000_000)
        return "Ticket 179" in subjects(page)

    wait_until(page, reached)
    last = page.locator(".rows > li", has_text="Ticket 179")
    expect(last).to_have_attribute("aria-posinset", "180")
    expect(last).to_have_attribute("aria-setsize", "180")
    assert page.locator(".rows > li").count() < 40
    scroll_to(page, 0)
    wait_until(page, lambda: subjects(page)[:2] == ["Ticket 0", "Ticket 1"])


def test_a_leap_draws_what_is_in_sight_first(open_app: OpenApp, desk: FakeDesk) -> None:
    fill(desk, 50)
    page = open_app(desk)
    rows = page.locator(".inbox .rows > li")
    expect(rows.first).to_be_visible()
    drawn, needed = page.evaluate(
        """() => new Promise((done) => {
          const [scroll, list] = [document.querySelector("#inbox-list"), document.querySelector(".inbox .rows")];
          const needed = Math.ceil(scroll.clientHeight / list.firstElementChild.offsetHeight) + 2;
          scroll.addEventListener("scroll", () => done([list.childElementCount, needed]), { once: true });
          scroll.scrollTop = 30 * list.firstElementChild.offsetHeight;
        })"""
    )
    assert drawn <= needed  # and the one that the Tab key leads to
    wait_until(page, lambda: rows.count() > needed)  # those around follow


def test_the_keys_of_a_list_move_through_it(open_app: OpenApp, desk: FakeDesk) -> None:
    fill(desk, 60)
    page = open_app(desk)
    page.focus(".row")
    runs(page, "ui/keys.js")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".row:focus")).to_contain_text("Ticket 2")
    assert page.locator(".row[tabindex='0']").count() == 1
    page.keyboard.press("End")
    expect(page.locator(".row:focus")).to_contain_text("Ticket 59")
    expect(page.locator(".row:focus")).to_be_in_viewport()
    scroll_to(page, 0)
    wait_until(page, lambda: "Ticket 0" in subjects(page))
    expect(page.locator(".row:focus")).to_contain_text("Ticket 59")  # out of sight, and still where it was
    page.keyboard.press("Home")
    page.keyboard.press("PageDown")
    expect(page.locator(".row:focus")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.wait_for_selector(".composer")


def test_back_finds_the_tab_the_place_and_the_row(open_app: OpenApp, desk: FakeDesk) -> None:
    fill(desk, 50, assignee=None)
    page = open_app(desk)
    page.click("[data-tab=unassigned]")
    expect(page.locator(".row-subject").first).to_have_text("Ticket 0")
    scroll_to(page, 3000)
    row = page.locator(".row", has_text="Ticket 28")
    row.click()
    page.wait_for_selector(".composer")
    assert "tab=unassigned" in page.url
    before = page.evaluate("document.querySelector('#inbox-list').scrollTop")
    page.evaluate("telegram.back()")
    expect(row).to_be_focused()
    assert page.evaluate("document.querySelector('#inbox-list').scrollTop") == before
    expect(page.locator("[data-tab=unassigned]")).to_have_attribute("aria-selected", "true")
    page.reload()
    expect(page.locator("[data-tab=unassigned]")).to_have_attribute("aria-selected", "true")
    expect(page.locator(".row-subject").first).to_have_text("Ticket 0")


def test_each_tab_keeps_its_place(open_app: OpenApp, desk: FakeDesk) -> None:
    fill(desk, 40)
    page = open_app(desk)
    page.wait_for_selector(".row")
    scroll_to(page, 2000)
    runs(page, "ui/calm.js")
    page.click("[data-tab=all]")
    expect(page.locator(".row-subject").first).to_have_text("Ticket 0")
    wait_until(page, lambda: page.evaluate("document.querySelector('#inbox-list').scrollTop") == 0)
    page.click("[data-tab=mine]")
    wait_until(page, lambda: page.evaluate("document.querySelector('#inbox-list').scrollTop") == 2000)


def test_rows_do_not_move_while_one_reads_further_down(open_app: OpenApp, desk: FakeDesk) -> None:
    tickets = fill(desk, 40)
    page = open_app(desk)
    page.wait_for_selector(".row")
    wait_until(page, lambda: desk.sockets)
    scroll_to(page, 1500)
    runs(page, "ui/calm.js")
    row = page.locator(".row", has_text="Ticket 14")
    before = row.bounding_box()
    desk.write(tickets[30], VERA, "Hello again")
    fresh = desk.open_ticket("Just now", status="open", assignee=ANNA)
    desk.write(fresh, GLEB, "Help")
    news = page.locator(".news")
    expect(news).to_have_text("2 new")
    assert row.bounding_box() == before
    news.click()
    expect(page.locator(".row-subject").first).to_have_text("Just now")
    assert subjects(page)[:3] == ["Just now", "Ticket 30", "Ticket 0"]
    expect(news).to_be_hidden()


def test_rows_wait_for_the_finger(open_app: OpenApp, desk: FakeDesk) -> None:
    tickets = fill(desk, 5)
    page = open_app(desk)
    page.wait_for_selector(".row")
    wait_until(page, lambda: desk.sockets)
    page.hover(".row")
    runs(page, "ui/calm.js")
    for step in range(3):
        page.mouse.move(100 + step, 200)
    desk.write(tickets[4], VERA, "Hello again")
    expect(page.locator(".news")).to_have_text("1 new")
    page.wait_for_timeout(1_500)  # a mouse that rests: somebody reads
    assert subjects(page)[0] == "Ticket 0"
    page.mouse.move(700, 5)
    expect(page.locator(".row-subject").first).to_have_text("Ticket 4")
    expect(page.locator(".news")).to_be_hidden()


def test_what_leaves_ones_sight_or_the_tab_goes_while_one_reads_further_down(open_app: OpenApp, desk: FakeDesk) -> None:
    tickets = fill(desk, 40)
    page = open_app(desk)
    page.wait_for_selector(".row")
    wait_until(page, lambda: desk.sockets)
    scroll_to(page, 1500)
    runs(page, "ui/calm.js")
    expect(page.get_by_text("Ticket 14", exact=True)).to_be_visible()
    row = page.locator(".row", has_text="Ticket 14")
    before = row.bounding_box()
    for number in (2, 16):  # above what is in sight, and within
        ticket = desk.tickets.pop(tickets[number]["id"])
        desk.send({"type": "inbox_removed", "ticket": ticket["id"]})
    for number in (3, 17):
        desk.change(tickets[number], "ticket_status_changed", status="resolved")
    for number in (16, 17):
        expect(page.get_by_text(f"Ticket {number}", exact=True)).to_have_count(0)
    assert row.bounding_box() == before
    expect(page.get_by_text("Ticket 18", exact=True)).to_be_visible()
    page.evaluate("document.querySelector('#inbox-list').scrollTop = 0")
    expect(page.get_by_text("Ticket 0", exact=True)).to_be_visible()
    assert {"Ticket 2", "Ticket 3", "Ticket 16", "Ticket 17"}.isdisjoint(subjects(page))


def test_what_leaves_ones_sight_under_the_finger_is_seen_no_more_and_moves_nothing(
    open_app: OpenApp, desk: FakeDesk
) -> None:
    tickets = fill(desk, 5)
    page = open_app(desk, before="const real = Date.now; Date.now = () => window.stands ?? real();")
    page.wait_for_selector(".row")
    wait_until(page, lambda: desk.sockets)
    page.hover(".row")
    runs(page, "ui/calm.js")
    page.evaluate("window.stands = Date.now()")
    page.mouse.move(100, 200)  # the last touch is a moment ago for as long as the clock stands
    row = page.locator(".row", has_text="Ticket 3")
    before = row.bounding_box()
    desk.send({"type": "inbox_removed", "ticket": desk.tickets.pop(tickets[1]["id"])["id"]})
    expect(page.get_by_text("Ticket 1", exact=True)).to_be_hidden()
    assert row.bounding_box() == before
    page.evaluate("window.stands = null")
    expect(page.locator(".row-subject")).to_have_text(["Ticket 0", "Ticket 2", "Ticket 3", "Ticket 4"])
    expect(page.locator(".row-subject:visible")).to_have_count(4)


def test_a_ticket_that_leaves_a_tab_goes(open_app: OpenApp, desk: FakeDesk) -> None:
    tickets = fill(desk, 3, assignee=None)
    page = open_app(desk)
    page.click("[data-tab=unassigned]")
    expect(page.locator(".row")).to_have_count(3)
    desk.change(tickets[1], "ticket_assigned", assignee=BORIS)
    expect(page.locator(".row-subject")).to_have_text(["Ticket 0", "Ticket 2"])


def test_those_who_wait_have_a_tab(open_app: OpenApp, desk: FakeDesk) -> None:
    waits, _other = fill(desk, 2)
    waits["waiting_since"] = waits["updated_at"]
    page = open_app(desk)
    page.click("[data-tab=waiting]")
    expect(page.locator(".row-subject")).to_have_text(["Ticket 0"])
    desk.change(waits, waiting_since=None)
    expect(page.locator(".empty")).to_contain_text("Nobody waits for an answer.")


def test_after_a_break_what_was_missed_is_put_in_its_place_and_pages_stay(open_app: OpenApp, desk: FakeDesk) -> None:
    desk.page_of_tickets = 50
    tickets = fill(desk, 120)
    page = open_app(desk)
    caught_up(page, desk)

    def reached() -> bool:
        scroll_to(page, 10_000_000)
        return "Ticket 119" in subjects(page)

    wait_until(page, reached)
    asked = len(desk.calls("GET", "tickets/"))
    desk.drop_sockets()
    tickets[117]["subject"] = "Renamed meanwhile"
    tickets[117]["sequence"] += 1
    del desk.tickets[tickets[118]["id"]]
    new = desk.open_ticket("Brand new", VERA, status="open", assignee=ANNA)
    desk.write(new, VERA, "Help me")
    wait_until(page, lambda: "Renamed meanwhile" in subjects(page))
    assert "Ticket 119" in subjects(page)  # which only the third page holds
    scroll_to(page, 0)
    expect(page.locator(".row-subject").first).to_have_text("Brand new")
    expect(page.locator(".row").first.locator("[data-ref=unread]")).to_have_text("1")
    wait_until(page, reached)
    assert "Ticket 118" not in subjects(page)
    assert len(desk.calls("GET", "tickets/")) == asked


@pytest.mark.parametrize("me", [ANNA, VERA])
def test_what_happens_between_the_sign_in_and_the_first_socket_is_told(open_app: OpenApp, me: dict[str, Any]) -> None:
    desk = FakeDesk(me)
    old, left = [desk.open_ticket(subject, VERA, status="open", assignee=ANNA) for subject in ("Old", "Left")]
    for one in (old, left):
        desk.write(one, VERA if me is ANNA else ANNA, "Hello", minutes_ago=2)
    desk.takes_sockets = False
    page = open_app(desk)
    titles = page.locator(".row-subject" if me is ANNA else ".row-title")
    expect(titles).to_have_count(2)
    desk.change(old, subject="Renamed meanwhile")
    del desk.tickets[left["id"]]
    desk.write(desk.open_ticket("Brand new", VERA, status="open", assignee=ANNA), GLEB, "Help me")
    desk.takes_sockets = True
    expect(titles).to_have_text(["Brand new", "Renamed meanwhile"], timeout=20_000)
    assert desk.calls("GET", "tickets/") == []


def test_where_too_much_was_missed_the_list_that_is_shown_is_read_again(open_app: OpenApp, desk: FakeDesk) -> None:
    tickets = fill(desk, 3)
    page = open_app(desk)
    expect(page.locator(".row")).to_have_count(3)
    caught_up(page, desk)
    desk.is_whole = False
    desk.drop_sockets()
    tickets[2]["subject"] = "Renamed meanwhile"
    tickets[2]["sequence"] += 1
    expect(page.locator(".row-subject").last).to_have_text("Renamed meanwhile")
    asked = len(desk.calls("GET", "tickets/"))
    page.click("[data-tab=unassigned]")
    wait_until(page, lambda: len(desk.calls("GET", "tickets/")) == asked + 1)  # the other one once it is opened


def test_a_list_that_cannot_be_read_offers_to_try_again(open_app: OpenApp, desk: FakeDesk) -> None:
    fill(desk, 2, status="closed")
    desk.fail("GET", "tickets/", 500)
    page = open_app(desk, expected=("500",))
    caught_up(page, desk)  # each connection asks again for what had failed
    page.click("[data-tab=all]")
    expect(page.locator("[role=alert]")).to_contain_text("The tickets could not be loaded.")
    page.click("[data-action=reload]")
    expect(page.locator(".row")).to_have_count(2)


def test_a_list_that_could_not_be_read_is_asked_for_after_the_break(open_app: OpenApp, desk: FakeDesk) -> None:
    fill(desk, 2, status="closed")
    desk.fail("GET", "tickets/", 500)
    page = open_app(desk, expected=("500",))
    caught_up(page, desk)
    page.click("[data-tab=all]")
    expect(page.locator("[role=alert]")).to_contain_text("The tickets could not be loaded.")
    desk.drop_sockets()
    expect(page.locator(".row")).to_have_count(2)


def held_list(page: Page, desk: FakeDesk) -> list[tuple[Route, Any]]:
    """The list is asked for again after a long break; its answers were read and are on their way."""
    held: list[tuple[Route, Any]] = []

    def read(route: Route) -> None:
        _status, answer = desk.answer("GET", "tickets/", parse_qs(urlsplit(route.request.url).query), None)
        held.append((route, deepcopy(answer)))

    page.route("**/api/v1/tickets/?*", read)
    caught_up(page, desk)
    desk.is_whole = False
    desk.drop_sockets()
    wait_until(page, lambda: held and desk.sockets)
    return held


def test_what_frames_have_told_stands_when_an_older_page_arrives(open_app: OpenApp, desk: FakeDesk) -> None:
    _stays, left, given = fill(desk, 3)
    page = open_app(desk)
    runs(page, "data/told.js")
    expect(page.locator(".row")).to_have_count(3)
    wait_until(page, lambda: desk.sockets)
    held = held_list(page, desk)
    desk.write(desk.open_ticket("Brand new", GLEB, status="open", assignee=ANNA), GLEB, "Help me")
    desk.send({"type": "inbox_removed", "ticket": left["id"]})
    desk.change(given, assignee=BORIS)
    expect(page.locator(".row-subject")).to_have_text(["Brand new", "Ticket 0"])
    with page.expect_response("**/api/v1/tickets/?*"):
        for route, answer in held:
            route.fulfill(json=answer)
    for _frame in range(2):
        page.evaluate("new Promise(requestAnimationFrame)")
    expect(page.locator(".row-subject")).to_have_text(["Brand new", "Ticket 0"])
