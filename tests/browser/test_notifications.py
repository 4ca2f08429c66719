"""The bell of staff and the list behind it: what waits to be read, live, and read with its ticket."""

import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, GLEB, VERA, person
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import hold_requests, open_ticket_page, wait_until
from tests.support.browser import DESKTOP, PHONE, browser_marks, picture
from tests.support.everybody import CONTRASTS, DARK, LIGHT, PRESSED, sideways

pytestmark = browser_marks
READ = r"notifications/read/"
BELL = {"en": "Notifications", "ru": "Уведомления"}


@pytest.fixture
def desk() -> FakeDesk:
    desk = FakeDesk(ANNA)
    parcel = desk.open_ticket("Parcel", status="open", assignee=ANNA)
    refund = desk.open_ticket("Refund", GLEB, status="open", assignee=ANNA)
    for ticket, author in ((parcel, VERA), (refund, GLEB)):
        desk.write(ticket, author, "Hello")
    desk.notify(refund, "Ticket #102 is yours: Refund", kind="ticket_assigned", read_at="2026-01-01", minutes_ago=60)
    desk.notify(refund, "A message in ticket #102 was not delivered", kind="delivery_failed", minutes_ago=30)
    desk.notify(parcel, "New message in ticket #101: Parcel", minutes_ago=5)
    return desk


def tickets(desk: FakeDesk) -> list[dict[str, Any]]:
    return list(desk.tickets.values())


def hold_list(page: Page, desk: FakeDesk) -> Callable[[], None]:
    """Opens the list, whose answer is read now and comes when what this returns is called."""
    held: list[tuple[Route, Any]] = []

    def read(route: Route) -> None:
        held.append((route, deepcopy(desk.answer("GET", "notifications/", {}, None)[1])))

    page.route("**/api/v1/notifications/", read, times=1)
    page.get_by_role("link", name=BELL["en"]).click()
    wait_until(page, lambda: held)
    route, answer = held.pop()
    return lambda: route.fulfill(json=answer)


def bell(page: Page) -> Any:
    return page.locator("#bell-count")


@pytest.mark.parametrize(
    ("name", "theme", "size", "language"),
    [("light", LIGHT, PHONE, "ru"), ("dark", DARK, DESKTOP, "en"), ("dark", DARK, PHONE, "en")],
)
def test_the_bell_counts_and_leads_to_the_list(
    open_app: OpenApp, desk: FakeDesk, name: str, theme: dict[str, str], size: dict[str, int], language: str
) -> None:
    desk.language = language
    page = open_app(desk, theme=theme, viewport=size)
    expect(bell(page)).to_have_text("2")
    link = page.get_by_role("link", name=BELL[language])
    expect(link).to_have_accessible_name(
        {"en": "Notifications 2 unread notifications", "ru": "Уведомления 2 непрочитанных уведомления"}[language]
    )
    link.click()
    expect(page.get_by_role("heading", name=BELL[language])).to_be_focused()
    rows = page.locator(".notification")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("New message in ticket #101: Parcel")
    expect(page.locator(".notification.is-unread")).to_have_count(2)
    assert sideways(page) == []
    assert page.evaluate(CONTRASTS) == []
    assert page.evaluate(PRESSED) == []
    picture(page, f"notifications-{name}-{size['width']}")


def test_a_press_opens_the_ticket_and_marks_it_as_read(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, "notifications")
    page.locator(".notification", has_text="not delivered").click()
    expect(page.locator("main h1")).to_have_text("Refund")
    wait_until(page, lambda: desk.calls("POST", READ))
    assert desk.calls("POST", READ) == [{"ids": [desk.notifications[1]["id"]]}]
    page.evaluate("telegram.back()")
    expect(page.locator(".notification.is-unread")).to_have_count(1)


def test_all_are_marked_as_read(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, "notifications", viewport=DESKTOP)
    expect(bell(page)).to_have_text("2")
    button = page.get_by_role("button", name="Mark all as read")
    button.click()
    expect(page.locator(".notification.is-unread")).to_have_count(0)
    expect(bell(page)).to_have_text("")
    expect(button).to_be_disabled()
    assert desk.calls("POST", READ) == [{"ids": None}]


@pytest.mark.parametrize(("status", "said"), [(403, "No."), (0, "No answer. Check the connection.")])
def test_what_is_refused_or_lost_stands_there_as_it_was(
    open_app: OpenApp, desk: FakeDesk, status: int, said: str
) -> None:
    page = open_app(desk, "notifications", viewport=DESKTOP, expected=("403", "ERR_CONNECTION_FAILED"))
    expect(bell(page)).to_have_text("2")
    desk.fail("POST", READ, status, message="No.")
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.locator(".toast")).to_have_text(said)
    expect(page.locator(".notification.is-unread")).to_have_count(2)
    expect(bell(page)).to_have_text("2")


def test_what_came_while_nothing_could_be_read_is_counted_with_what_stands_there_as_it_was(
    open_app: OpenApp, desk: FakeDesk
) -> None:
    page = open_app(desk, "notifications", viewport=DESKTOP, expected=("ERR_CONNECTION_FAILED",))
    expect(bell(page)).to_have_text("2")
    wait_until(page, lambda: desk.sockets)
    held = hold_requests(page, "**/notifications/read/")
    page.get_by_role("button", name="Mark all as read").click()
    wait_until(page, lambda: held)
    desk.notify(tickets(desk)[0], "2 new messages in ticket #101: Parcel")
    unread = page.locator(".notification.is-unread")
    expect(unread).to_have_count(1)
    held[0].abort("connectionfailed")
    expect(page.locator(".toast")).to_have_text("No answer. Check the connection.")
    expect(unread).to_have_text([re.compile("2 new messages"), re.compile("not delivered")])
    expect(bell(page)).to_have_text("2")


def test_a_new_one_is_told_at_once_and_what_is_missed_with_the_connection(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, "notifications", viewport=DESKTOP)
    expect(bell(page)).to_have_text("2")
    wait_until(page, lambda: desk.sockets)
    desk.notify(tickets(desk)[1], "New message in ticket #102: Refund")
    expect(bell(page)).to_have_text("3")
    expect(page.locator(".notification").first).to_contain_text("New message in ticket #102: Refund")
    desk.send({"type": "notification", "data": desk.notifications[0]})  # once more
    desk.drop_sockets()
    desk.notify(tickets(desk)[0], "Ticket #101, which was put aside, is back: Parcel", kind="ticket_woken")
    expect(page.locator(".notification").first).to_contain_text("is back", timeout=15_000)
    expect(bell(page)).to_have_text("4")
    expect(page.locator(".notification")).to_have_count(5)


def test_messages_of_one_ticket_count_once_until_they_are_read(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, "notifications", viewport=DESKTOP)
    expect(bell(page)).to_have_text("2")
    wait_until(page, lambda: desk.sockets)
    desk.notify(tickets(desk)[0], "2 new messages in ticket #101: Parcel")
    rows = page.locator(".notification")
    expect(rows.first).to_contain_text("2 new messages in ticket #101: Parcel")
    expect(rows).to_have_count(3)
    expect(bell(page)).to_have_text("2")
    page.get_by_role("button", name="Mark all as read").click()
    expect(bell(page)).to_have_text("")
    desk.notify(tickets(desk)[0], "New message in ticket #101: Parcel")
    expect(rows).to_have_count(4)
    expect(bell(page)).to_have_text("1")


def test_the_answer_to_what_was_read_forgets_nothing_that_came_before_it(open_app: OpenApp, desk: FakeDesk) -> None:
    page = open_app(desk, "notifications", viewport=DESKTOP)
    expect(bell(page)).to_have_text("2")
    wait_until(page, lambda: desk.sockets)
    held: list[Route] = []

    def hold(route: Route) -> None:
        for one in desk.notifications:
            one["read_at"] = "2026-01-01"
        held.append(route)

    page.route("**/notifications/read/", hold)
    page.get_by_role("button", name="Mark all as read").click()
    wait_until(page, lambda: held)
    desk.notify(tickets(desk)[0], "New message in ticket #101: Parcel")
    expect(bell(page)).to_have_text("1")
    asked = len(desk.calls("GET", r"notifications/"))
    held[0].fulfill(json={"unread": 0})
    wait_until(page, lambda: len(desk.calls("GET", r"notifications/")) == asked + 1)
    page.evaluate("new Promise(requestAnimationFrame)")
    expect(bell(page)).to_have_text("1")


def test_an_answer_that_is_late_brings_back_nothing_that_a_newer_one_stands_for(
    open_app: OpenApp, desk: FakeDesk
) -> None:
    page = open_app(desk, viewport=DESKTOP)
    expect(bell(page)).to_have_text("2")
    wait_until(page, lambda: desk.sockets)
    let_come = hold_list(page, desk)
    desk.notify(tickets(desk)[0], "2 new messages in ticket #101: Parcel")
    rows = page.locator(".notification")
    expect(rows.first).to_contain_text("2 new messages")
    let_come()
    expect(rows).to_have_count(3)
    expect(bell(page)).to_have_text("2")


def test_one_that_is_not_loaded_is_counted_once_too(open_app: OpenApp, desk: FakeDesk) -> None:
    desk.page_of_notifications = 1
    desk.notify(tickets(desk)[1], "Ticket #102 is yours: Refund", kind="ticket_assigned")
    page = open_app(desk, viewport=DESKTOP)
    expect(bell(page)).to_have_text("3")
    wait_until(page, lambda: desk.sockets)
    desk.notify(tickets(desk)[0], "2 new messages in ticket #101: Parcel")
    desk.notify(tickets(desk)[1], "New message in ticket #102: Refund")
    expect(bell(page)).to_have_text("4")


def test_an_answer_that_was_read_before_the_socket_is_not_the_last_word(open_app: OpenApp, desk: FakeDesk) -> None:
    desk.takes_sockets = False
    page = open_app(desk, viewport=DESKTOP)
    expect(bell(page)).to_have_text("2")
    let_come = hold_list(page, desk)
    desk.notify(tickets(desk)[1], "New message in ticket #102: Refund")
    desk.takes_sockets = True
    wait_until(page, lambda: desk.frames, seconds=20)
    let_come()
    expect(bell(page)).to_have_text("3")
    expect(page.locator(".notification").first).to_contain_text("New message in ticket #102: Refund")


def test_what_concerns_the_ticket_in_front_is_read(open_app: OpenApp, desk: FakeDesk) -> None:
    parcel, refund = tickets(desk)
    page = open_ticket_page(open_app, desk, parcel, viewport=DESKTOP)
    expect(bell(page)).to_have_text("1")
    desk.notify(parcel, "New message in ticket #101: Parcel")
    wait_until(page, lambda: len(desk.calls("POST", READ)) == 2)
    expect(bell(page)).to_have_text("1")
    page.evaluate("Telegram.WebApp.isActive = false; telegram.fire('deactivated')")
    desk.notify(parcel, "New message in ticket #101: Parcel")
    expect(bell(page)).to_have_text("2")
    page.evaluate("Telegram.WebApp.isActive = true; telegram.fire('activated')")
    expect(bell(page)).to_have_text("1")
    page.locator(".row", has_text=refund["subject"]).click()
    expect(bell(page)).to_have_text("")


def test_earlier_ones_come_by_a_press(open_app: OpenApp, desk: FakeDesk) -> None:
    desk.page_of_notifications = 2
    page = open_app(desk, "notifications")
    rows = page.locator(".notification")
    expect(rows).to_have_count(2)
    page.get_by_role("button", name="Show earlier ones").click()
    expect(rows).to_have_count(3)
    expect(page.get_by_role("button", name="Show earlier ones")).to_be_hidden()


def test_nothing_to_tell_and_what_could_not_be_loaded_are_said(open_app: OpenApp) -> None:
    desk = FakeDesk(person("Mila Orlova", "manager"))
    desk.open_ticket("Parcel")
    desk.fail("GET", r"notifications/", 400, times=9)
    page = open_app(desk, "notifications", expected=("400",))
    expect(page.get_by_role("alert")).to_contain_text("could not be loaded")
    desk.faults.clear()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Nothing to tell yet.")).to_be_visible()
    expect(page.get_by_role("alert")).to_be_hidden()
    page.evaluate("telegram.back()")
    page.set_viewport_size({"width": 320, "height": 600})
    page.get_by_role("link", name="Notifications").wait_for()
    assert sideways(page) == []
    picture(page, "bell-320")
