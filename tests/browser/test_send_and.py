"""Sending and setting the status with one press: only once the words have arrived."""

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, BORIS, VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import expect_texts, open_ticket_page, wait_until, write
from tests.support.browser import browser_marks, picture
from tests.support.everybody import CONTRASTS

pytestmark = browser_marks
POST, STATUS = r"tickets/[\w-]+/messages/", r"tickets/[\w-]+/status/"


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk(ANNA)


@pytest.fixture
def ticket(desk: FakeDesk) -> dict[str, Any]:
    ticket = desk.open_ticket("No parcel", VERA, status="open", assignee=ANNA)
    desk.write(ticket, VERA, "Where is it?", minutes_ago=5)
    return ticket


def hold(page: Page) -> None:
    """The button that sends, as a finger does it."""
    page.hover(".composer [data-ref=send]")
    page.mouse.down()
    expect(page.locator("dialog.sheet")).to_be_visible()
    page.mouse.up()


def statuses(desk: FakeDesk) -> list[str]:
    return [body["status"] for body in desk.calls("POST", STATUS)]


def test_held_down_it_sends_and_then_resolves_and_that_is_undone(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    page.fill(".composer textarea", "It is at your door")
    page.wait_for_selector(".composer [data-ref=send][title]", state="attached")
    hold(page)
    assert desk.calls("POST", POST) == [], "the press itself sends nothing"
    assert page.evaluate(CONTRASTS) == []
    picture(page, "send-and")
    page.get_by_role("button", name="Resolved").click()
    expect_texts(page, ["Where is it?", "It is at your door"])
    wait_until(page, lambda: statuses(desk) == ["resolved"])
    assert ["keyboard.hide"] in page.evaluate("telegramCalls")
    verbs = [
        where for verb, where, _body in desk.requests if verb == "POST" and ("messages/" in where or "status" in where)
    ]
    assert [where.rsplit("/", 2)[1] for where in verbs] == ["messages", "status"]
    page.get_by_role("button", name="Undo").click()
    wait_until(page, lambda: statuses(desk) == ["resolved", "open"])


def test_its_keys_do_the_same(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport={"width": 1000, "height": 800})
    page.wait_for_selector(".composer [data-ref=send][title]", state="attached")
    page.keyboard.press("Control+Shift+Enter")
    page.fill(".composer textarea", "It is at your door")
    page.keyboard.press("Control+Shift+Enter")
    wait_until(page, lambda: statuses(desk) == ["resolved"])
    assert len(desk.calls("POST", POST)) == 1


def test_what_is_refused_leaves_the_status_alone(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket, expected=("400",))
    page.wait_for_selector(".composer [data-ref=send][title]", state="attached")
    desk.fail("POST", POST, 400, code="invalid", message="No.")
    page.fill(".composer textarea", "It is at your door")
    hold(page)
    page.get_by_role("button", name="Resolved").click()
    page.get_by_role("button", name="Delete").click()
    expect_texts(page, ["Where is it?"])
    write(page, "Another")
    expect_texts(page, ["Where is it?", "Another"])
    assert statuses(desk) == []


def send_and_resolve(page: Page, text: str) -> None:
    page.wait_for_selector(".composer [data-ref=send][title]", state="attached")
    page.fill(".composer textarea", text)
    page.keyboard.press("Control+Shift+Enter")


def test_an_answer_that_becomes_a_note_instead_sets_no_status(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport={"width": 1000, "height": 800}, expected=("409",))
    page.wait_for_selector(".composer [data-ref=send][title]", state="attached")
    page.locator(".composer textarea").press_sequentially("It is at your door")
    desk.write(ticket, BORIS, "Please send me the photo")
    expect_texts(page, ["Where is it?", "Please send me the photo"])
    page.keyboard.press("Control+Shift+Enter")
    page.get_by_role("button", name="Turn into an internal note").click()
    wait_until(page, lambda: desk.messages[ticket["id"]][-1]["internal"])
    # the second half would come before it is forgotten
    wait_until(page, lambda: page.evaluate("Object.keys(localStorage).every(key => !key.startsWith('desk.outbox'))"))
    assert statuses(desk) == []
    assert ticket["status"] == "open"


def test_a_reload_before_it_is_sent_forgets_neither_half(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport={"width": 1000, "height": 800})
    page.evaluate("localStorage.setItem('desk.hold', '10')")
    send_and_resolve(page, "It is at your door")
    expect(page.locator("[data-action=callBack]:visible")).to_have_count(1)
    with page.expect_event("load"):
        page.evaluate("history.replaceState({}, '', '/app/'); location.reload()")  # into the list
    wait_until(page, lambda: statuses(desk) == ["resolved"])
    assert [message["text"] for message in desk.messages[ticket["id"]]] == ["Where is it?", "It is at your door"]
    expect(page.locator(".toast.undo")).to_contain_text("Resolved")


def test_a_page_that_ends_between_the_halves_leaves_the_second_to_the_next(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport={"width": 1000, "height": 800}, expected=("ERR_",))
    held: list[Route] = []
    page.route("**/status/", lambda route: route.fallback() if held else held.append(route))
    send_and_resolve(page, "It is at your door")
    wait_until(page, lambda: held)
    page.reload()
    wait_until(page, lambda: statuses(desk) == ["resolved"])
    expect_texts(page, ["Where is it?", "It is at your door"])
    assert len(desk.messages[ticket["id"]]) == 2
    [body] = desk.calls("POST", STATUS)
    assert body["expected_sequence"] == desk.messages[ticket["id"]][-1]["sequence"]


def test_what_went_into_another_ticket_sets_no_status(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    into = desk.open_ticket("The same", VERA, status="open", assignee=ANNA)
    page = open_ticket_page(open_app, desk, ticket, viewport={"width": 1000, "height": 800}, expected=("409",))
    page.get_by_text("Internal note").click()
    desk.merge(ticket, into, silent=True)
    send_and_resolve(page, "She has called")
    wait_until(page, lambda: [message["text"] for message in desk.messages[into["id"]]] == ["She has called"])
    wait_until(page, lambda: page.evaluate("Object.keys(localStorage).every(key => !key.startsWith('desk.outbox'))"))
    assert statuses(desk) == []
