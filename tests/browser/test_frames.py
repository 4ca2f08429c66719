"""The socket as it really is: frames get lost, come twice and too late; connections break and come back."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import expect_texts, follows, open_ticket_page, texts, wait_until, write
from tests.support.browser import browser_marks

pytestmark = browser_marks
EVENTS = r"tickets/[\w-]+/events/"


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def ticket(desk: FakeDesk) -> dict[str, Any]:
    ticket = desk.open_ticket("The parcel has not arrived", status="open", assignee=ANNA)
    desk.write(ticket, VERA, "one")
    return ticket


def test_a_lost_frame_is_fetched_when_the_next_one_comes(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    desk.write(ticket, ANNA, "two", silent=True)
    desk.write(ticket, ANNA, "three")
    expect_texts(page, ["one", "two", "three"])
    assert len(desk.calls("GET", EVENTS)) == 1


def test_a_lost_frame_is_noticed_by_the_heartbeat(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    desk.write(ticket, ANNA, "two", silent=True)
    tickets = {ticket["id"]: ticket["sequence"]}
    desk.send({"type": "heartbeat", "data": {"server_time": ticket["updated_at"], "tickets": tickets}})
    expect_texts(page, ["one", "two"])


def test_frames_that_come_twice_or_too_late_change_nothing(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    for text in ("two", "three", "four"):
        desk.write(ticket, ANNA, text, silent=True)
    _one, two, three, four = desk.log[ticket["id"]]
    for frame in (four, two, four, two, three, three, two):
        desk.send(frame)
    expect_texts(page, ["one", "two", "three", "four"])


def test_asking_for_lost_events_goes_on_until_they_come(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    desk.fail("GET", EVENTS, 503, times=4)
    page = open_ticket_page(open_app, desk, ticket, expected=("503",))
    desk.write(ticket, ANNA, "two", silent=True)
    desk.write(ticket, ANNA, "three")
    expect_texts(page, ["one", "two", "three"])


def test_after_a_break_the_missed_events_are_caught_up(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    desk.frames.clear()
    desk.drop_sockets()
    desk.write(ticket, ANNA, "two")
    desk.write(ticket, ANNA, "three")
    follows(page, desk, ticket)
    expect_texts(page, ["one", "two", "three"])
    assert desk.calls("GET", EVENTS) == []
    assert len(desk.calls("POST", "auth/socket-ticket/")) == 1


def test_a_short_break_is_nobodys_business_and_a_long_one_is_told(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, clock=True, expected=("503",))
    bar = page.locator("#connection")
    desk.fail("POST", "auth/socket-ticket/", 503, times=5)
    desk.drop_sockets()
    page.clock.run_for(1_000)
    expect(bar).to_be_hidden()
    page.clock.run_for(1_000)
    expect(bar).to_have_text("Connecting…")
    for _second in range(60):
        page.clock.run_for(1_000)
        page.wait_for_timeout(50)  # an answer takes real time
        if desk.sockets and bar.is_hidden():
            break
    expect(bar).to_be_hidden()


def test_it_never_gives_up_and_connects_at_once_when_the_network_is_back(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, clock=True, expected=("503",))
    desk.fail("POST", "auth/socket-ticket/", 503, times=1000)
    desk.drop_sockets()
    for _half_minute in range(20):
        page.clock.run_for(15_000)
        page.wait_for_timeout(20)
    assert len(desk.calls("POST", "auth/socket-ticket/")) >= 15
    desk.faults.clear()
    page.evaluate("dispatchEvent(new Event('online'))")
    wait_until(page, lambda: desk.sockets, seconds=2)


def passes_until(page: Page, condition: Callable[[], object]) -> float:
    """Seconds of the page's clock until the condition holds."""
    for tenth in range(200):
        if condition():
            return tenth / 10
        page.clock.run_for(100)
        page.wait_for_timeout(20)  # an answer takes real time
    raise AssertionError("it did not happen in time")


def test_a_socket_that_died_without_a_word_is_given_up_once_the_network_is_back(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, clock=True)
    desk.mute_sockets()
    page.evaluate("dispatchEvent(new Event('offline'))")
    page.clock.run_for(15_000)
    desk.write(ticket, ANNA, "two")
    page.evaluate("dispatchEvent(new Event('online'))")
    assert passes_until(page, lambda: texts(page) == ["one", "two"]) <= 2.5
    assert len(desk.sockets) == 1


def test_a_try_to_connect_that_hangs_is_given_up_once_the_network_is_back(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, clock=True, expected=("ERR_ABORTED",))
    held: list[Route] = []
    page.route("**/auth/socket-ticket/", lambda route: route.fallback() if held else held.append(route))
    desk.drop_sockets()
    passes_until(page, lambda: held)
    page.evaluate("dispatchEvent(new Event('online'))")
    assert passes_until(page, lambda: desk.sockets) <= 2.5


def test_a_socket_that_answers_is_kept_when_one_comes_back_to_the_page(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, clock=True)
    before = list(desk.sockets)
    for event in ("online", "visibilitychange"):
        page.evaluate("(event) => (event === 'online' ? window : document).dispatchEvent(new Event(event))", event)
    wait_until(page, lambda: [frame["type"] for frame in desk.frames].count("ping") == 2)
    page.clock.run_for(5_000)
    desk.write(ticket, ANNA, "two")
    expect_texts(page, ["one", "two"])
    assert desk.sockets == before
    assert desk.calls("POST", "auth/socket-ticket/") == []


def without_sockets(page: Page, desk: FakeDesk) -> None:
    """Until the page says so."""
    desk.fail("POST", "auth/socket-ticket/", 503, times=1000)
    desk.drop_sockets()

    def is_told() -> bool:
        page.clock.run_for(500)
        return page.locator("#connection").is_visible()

    wait_until(page, is_told)


def test_without_any_socket_the_conversation_still_goes_on(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, clock=True, expected=("503",))
    without_sockets(page, desk)
    for count, text in enumerate(("two", "three", "four"), start=2):
        desk.write(ticket, ANNA, text)
        page.clock.run_for(11_000)
        expect(page.locator(".message .text")).to_have_count(count)
    expect_texts(page, ["one", "two", "three", "four"])
    assert len(desk.calls("GET", EVENTS)) < 10


def test_without_any_socket_a_ticket_that_left_ones_sight_closes(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, clock=True, expected=("503", "404"))
    without_sockets(page, desk)
    del desk.tickets[ticket["id"]]
    page.clock.run_for(11_000)
    expect(page.locator(".message")).to_have_count(0)
    expect(page.locator(".composer")).to_have_count(0)
    expect(page.locator(".chat")).to_contain_text("There is no such ticket")
    asked = len(desk.calls("GET", EVENTS))
    page.clock.run_for(31_000)
    assert len(desk.calls("GET", EVENTS)) == asked


def test_without_any_socket_a_ticket_that_is_opened_again_asks_at_once_for_what_it_missed(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, clock=True, expected=("503",))
    without_sockets(page, desk)
    page.evaluate("telegram.back()")
    page.clock.run_for(100)
    desk.write(ticket, ANNA, "two")
    page.click(".row")
    page.clock.run_for(100)
    expect_texts(page, ["one", "two"])


def test_without_any_socket_lists_counts_and_the_bell_are_asked_for_while_somebody_looks(open_app: OpenApp) -> None:
    desk = FakeDesk(ANNA)
    desk.write(desk.open_ticket("No parcel", VERA, assignee=ANNA, status="open"), VERA, "Where is it?")
    page = open_app(desk, clock=True, expected=("503",))
    page.wait_for_selector(".row")
    page.clock.run_for(1_000)
    expect(page.locator("[data-ref=mineCount]")).to_have_text("1")
    without_sockets(page, desk)
    page.clock.run_for(31_000)
    for count in (2, 3):
        new = desk.open_ticket(f"Parcel {count}", VERA, assignee=ANNA, status="open")
        desk.write(new, VERA, "Hello?")
        desk.notify(new, "A new ticket")
        page.clock.run_for(31_000)
        expect(page.locator(".row")).to_have_count(count)
        page.clock.run_for(6_000)
        expect(page.locator("[data-ref=mineCount]")).to_have_text(str(count))
        expect(page.locator("#bell-count")).to_have_text(str(count - 1))
        expect(page.locator(".pane-list")).to_contain_text("as of ")
    asked = len(desk.calls("GET", "tickets/"))
    page.evaluate(
        """() => {
          Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    page.clock.run_for(120_000)
    assert len(desk.calls("GET", "tickets/")) == asked


def test_without_any_socket_what_failed_goes_out_once_requests_get_through(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, clock=True, expected=("503",))
    without_sockets(page, desk)
    desk.fail("POST", r"tickets/[\w-]+/messages/", 503, times=4)
    write(page, "two")
    retry = page.get_by_role("button", name="Retry")
    wait_until(page, lambda: page.clock.run_for(1_000) or retry.is_visible(), seconds=20)
    page.clock.run_for(31_000)
    wait_until(page, lambda: [message["text"] for message in desk.messages[ticket["id"]]] == ["one", "two"])


def test_a_reset_fetches_the_conversation_anew(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    desk.write(ticket, ANNA, "two", silent=True)
    desk.send({"type": "reset", "ticket": ticket["id"], "sequence": 0})
    expect_texts(page, ["one", "two"])
    desk.write(ticket, ANNA, "three")
    expect_texts(page, ["one", "two", "three"])


def test_where_reading_anew_fails_what_stands_there_stays_and_it_is_tried_again(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, clock=True, expected=("503",))
    messages = r"tickets/[\w-]+/messages/"
    read = len(desk.calls("GET", messages))
    desk.fail("GET", messages, 503, times=3)  # a read is tried three times
    desk.write(ticket, ANNA, "two", silent=True)
    desk.send({"type": "reset", "ticket": ticket["id"], "sequence": 0})
    wait_until(page, lambda: page.clock.run_for(500) or len(desk.calls("GET", messages)) == read + 3)
    expect_texts(page, ["one"])
    write(page, "three")
    expect_texts(page, ["one", "three"])
    wait_until(page, lambda: page.clock.run_for(500) or texts(page) == ["one", "two", "three"])
    desk.write(ticket, ANNA, "four")
    expect_texts(page, ["one", "two", "three", "four"])


def test_what_happens_before_the_page_of_messages_arrives_is_not_lost(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    desk.fail("GET", r"tickets/[\w-]+/messages/", 503)
    page = open_app(desk, f"tickets/{ticket['number']}", expected=("503",))
    wait_until(page, lambda: desk.calls("GET", r"tickets/[\w-]+/messages/"))
    desk.write(ticket, ANNA, "two")
    follows(page, desk, ticket)
    desk.write(ticket, ANNA, "three")
    expect_texts(page, ["one", "two", "three"])


def test_frames_of_unknown_kinds_and_of_other_tickets_do_no_harm(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    desk.send({"type": "something_new", "data": {}})
    desk.send({"type": "message_new", "ticket": "another", "sequence": 7, "data": {"id": "x", "author": ANNA}})
    desk.send({"type": "error", "code": "rate_limited", "message": "Slower."})
    desk.write(ticket, ANNA, "two")
    expect_texts(page, ["one", "two"])
