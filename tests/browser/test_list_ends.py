"""Lists without an answer: what is known with its time, the next page that does not come, and that there is no more."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, BORIS, VERA, now
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import wait_until
from tests.support.browser import browser_marks, picture
from tests.support.everybody import CONTRASTS, DARK, PRESSED, sideways

pytestmark = browser_marks
AS_OF = {"en": r"No connection: as of \d\d:\d\d", "ru": r"Нет связи: данные на \d\d:\d\d"}


def a_desk(me: dict[str, Any], count: int) -> FakeDesk:
    desk = FakeDesk(me)
    for number in range(count):
        ticket = desk.open_ticket(f"Ticket {number}", status="open", assignee=ANNA)
        desk.write(ticket, VERA, "Hello", minutes_ago=number + 1)
    return desk


def is_kept(page: Page) -> bool:
    return bool(page.evaluate("localStorage.getItem('desk.kept')"))


def looks_well(page: Page) -> None:
    assert [page.evaluate(CONTRASTS), page.evaluate(PRESSED), sideways(page)] == [[], [], []]


@pytest.mark.parametrize(("me", "language"), [(VERA, "en"), (ANNA, "ru")], ids=["customer", "agent"])
def test_a_start_without_an_answer_shows_the_list_as_it_was(
    open_app: OpenApp, me: dict[str, Any], language: str
) -> None:
    desk = a_desk(me, 3)
    desk.language = language
    page = open_app(desk, theme=DARK, color_scheme="dark", expected=("ERR_",))
    expect(page.locator(".row")).to_have_count(3)
    wait_until(page, lambda: is_kept(page))
    desk.fail("POST", "auth/telegram/", times=99)
    desk.fail("GET", "tickets/", times=99)
    desk.fail("POST", "auth/socket-ticket/", times=99)
    page.reload()
    expect(page.locator(".row")).to_have_count(3)
    expect(page.locator(".rows-late p")).to_have_text(re.compile(AS_OF[language]))
    expect(page.locator("#connection")).to_be_visible()
    looks_well(page)
    picture(page, f"list-as-it-was-{language}")
    desk.open_ticket("A new one", status="open", assignee=ANNA)
    desk.faults.clear()
    expect(page.locator(".row")).to_have_count(4, timeout=20_000)  # by itself, once the desk answers
    expect(page.locator(".rows-late")).to_have_count(0)


@pytest.mark.parametrize("me", [VERA, ANNA], ids=["customer", "agent"])
def test_the_words_of_a_deleted_message_go_from_its_row_and_from_what_is_kept(
    open_app: OpenApp, me: dict[str, Any]
) -> None:
    desk = a_desk(me, 1)
    message = desk.write(next(iter(desk.tickets.values())), ANNA, "Your password is hunter2")
    page = open_app(desk)
    expect(page.locator(".row")).to_contain_text("hunter2")
    wait_until(page, lambda: "hunter2" in page.evaluate("localStorage.getItem('desk.kept') ?? ''"))
    desk.answer("DELETE", f"messages/{message['id']}/", {}, None)
    expect(page.locator(".row")).to_contain_text("Message deleted")
    wait_until(page, lambda: "hunter2" not in page.evaluate("localStorage.getItem('desk.kept')"))


def test_what_was_kept_is_shown_to_nobody_else(open_app: OpenApp) -> None:
    desk = a_desk(VERA, 2)
    page = open_app(desk, expected=("ERR_",))
    wait_until(page, lambda: is_kept(page))
    page.add_init_script(
        """localStorage.setItem("desk.kept",
          JSON.stringify({ ...JSON.parse(localStorage.getItem("desk.kept")), who: 1 }))"""
    )
    desk.fail("POST", "auth/telegram/", times=9)
    page.reload()
    expect(page.locator(".notice")).to_be_visible()
    expect(page.locator(".row")).to_have_count(0)


def test_filters_without_a_connection_show_what_is_known(open_app: OpenApp) -> None:
    desk = a_desk(ANNA, 4)
    for ticket, fields in zip(desk.tickets.values(), ({"priority": "urgent"}, {"assignee": BORIS}), strict=False):
        ticket.update(fields)
    page = open_app(desk, "?tab=all", expected=("ERR_",))
    expect(page.locator(".row")).to_have_count(4)
    desk.fail("GET", "tickets/", times=99)
    page.click("[data-action=filter]")
    page.check("dialog input[value=urgent]")
    page.click("dialog [type=submit]")
    expect(page.locator(".row-title")).to_have_count(1)
    expect(page.locator(".row-subject")).to_have_text(["Ticket 0"])
    late = page.locator(".rows-late")
    expect(late).to_contain_text("No connection: as of")
    picture(page, "filter-as-it-was")
    desk.faults.clear()
    late.locator("button").click()
    expect(late).to_have_count(0)
    expect(page.locator(".row")).to_have_count(1)


@pytest.mark.parametrize("known", [0, 2])
def test_a_list_that_failed_while_the_socket_lives_is_asked_for_again(open_app: OpenApp, known: int) -> None:
    desk = a_desk(ANNA, 3)
    for ticket in list(desk.tickets.values())[known:]:
        ticket["status"] = "closed"
    page = open_app(desk, clock=True, expected=("503",))
    expect(page.locator(".row")).to_have_count(known)
    desk.fail("GET", "tickets/", 503, times=99)
    page.click("[data-tab=all]")

    def pass_time(until: Callable[[], bool]) -> None:
        def step() -> bool:
            desk.send({"type": "heartbeat", "data": {"server_time": now(), "tickets": {}}})  # the socket lives
            page.clock.run_for(500)
            return until()

        wait_until(page, step, seconds=20)

    pass_time(lambda: len(desk.calls("GET", "tickets/")) > 3)  # more than one reading
    expect(page.locator("#connection")).to_be_hidden()
    told = page.locator(".rows-late, [role=alert]:visible")
    expect(told).to_have_count(1)
    first = told.element_handle()
    before = len(desk.calls("GET", "tickets/"))
    minute = page.evaluate("Math.floor(Date.now() / 60_000)")
    pass_time(lambda: page.evaluate("Math.floor(Date.now() / 60_000)") > minute)  # of when the list is, it says
    pass_time(lambda: len(desk.calls("GET", "tickets/")) > before + 3)
    assert first.evaluate("(place) => place.isConnected")  # nothing flickers, and nothing is said again
    desk.faults.clear()
    pass_time(lambda: page.locator(".row").count() == 3)
    expect(page.locator(".rows-late")).to_have_count(0)


@pytest.mark.parametrize("pressed", [True, False], ids=["by a press", "after a pause"])
def test_a_next_page_that_does_not_come_says_so_and_is_asked_for_again(open_app: OpenApp, pressed: bool) -> None:
    desk = a_desk(ANNA, 30)
    desk.page_of_tickets = 20
    page = open_app(desk, clock=True, expected=("503",))
    desk.fail("GET", "tickets/", 503, times=99)
    expect(page.locator(".row").first).to_be_visible()
    scroll = page.locator("#inbox-list")
    stuck = page.locator("#inbox-list .empty")
    for _try in range(4):  # a read is tried three times, with pauses
        page.wait_for_timeout(100)
        page.clock.run_for(1_600)
    scroll.evaluate("(scroll) => scroll.scrollTo(0, scroll.scrollHeight)")
    expect(stuck).to_contain_text("The next tickets could not be loaded.")
    asked = len(desk.calls("GET", "tickets/"))
    scroll.evaluate("(scroll) => scroll.scrollTo(0, 0)")
    scroll.evaluate("(scroll) => scroll.scrollTo(0, scroll.scrollHeight)")
    assert len(desk.calls("GET", "tickets/")) == asked  # moving about asks for nothing
    looks_well(page)
    picture(page, "list-stuck")
    desk.faults.clear()
    if pressed:
        stuck.locator("button").click()
    else:
        wait_until(page, lambda: page.clock.run_for(500) or stuck.inner_text() == "That is all")
    expect(page.locator("#inbox-list .rows")).to_have_css("block-size", re.compile(r"\d{4}px"))
    expect(stuck).to_have_text("That is all")
    expect(page.locator(".rows > li").last).to_have_attribute("aria-setsize", "30")


def test_the_end_of_a_long_list_is_said_quietly(open_app: OpenApp) -> None:
    page = open_app(a_desk(VERA, 12))
    expect(page.locator(".row")).to_have_count(12)
    expect(page.locator("#list-pane .empty")).to_have_text("That is all")
    page.locator("#list-pane .empty").scroll_into_view_if_needed()
    picture(page, "list-end")
    short = open_app(a_desk(VERA, 2))
    expect(short.locator(".row")).to_have_count(2)
    expect(short.locator("#list-pane .empty")).to_have_count(0)


def test_the_beginning_of_a_long_conversation_is_marked(open_app: OpenApp) -> None:
    desk = FakeDesk(VERA)
    ticket = desk.open_ticket("No parcel", status="open", assignee=ANNA)
    for number in range(60):
        desk.write(ticket, VERA, f"Message {number}", minutes_ago=100 - number)
    page = open_app(desk, f"tickets/{ticket['number']}")
    expect(page.locator(".message").last).to_contain_text("Message 59")
    begin = page.locator(".older")
    expect(begin).not_to_contain_text("begins")

    def at_beginning() -> bool:
        page.evaluate("() => { const s = document.querySelector('.messages-scroll'); s.scrollTop = -s.scrollHeight; }")
        return begin.count() == 1 and "The conversation begins here" in begin.inner_text()

    wait_until(page, at_beginning)
    picture(page, "conversation-begin")
