"""What one may see changes while the app is open: another role, a ticket that went while nothing could tell of it."""

import json
from typing import Any

import pytest
from playwright.sync_api import WebSocketRoute, expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, BORIS, GLEB, VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import open_ticket_page, runs, texts, wait_until, write
from tests.support.browser import DESKTOP, browser_marks

pytestmark = browser_marks


def test_a_customer_who_becomes_an_agent_gets_the_agents_app(open_app: OpenApp) -> None:
    desk = FakeDesk(VERA)
    for customer in (VERA, GLEB):
        desk.write(desk.open_ticket("Help", customer), customer, "Hello")
    page = open_app(desk)
    expect(page.locator(".row").first).to_be_visible()
    runs(page, "later.js")
    desk.me = {**VERA, "role": "agent"}
    desk.drop_sockets()
    expect(page.locator("[role=tab]").first).to_be_visible(timeout=15_000)


def test_an_agent_who_becomes_a_customer_keeps_nothing_of_the_desk(open_app: OpenApp, desk: FakeDesk) -> None:
    ticket = desk.open_ticket("Secret", VERA, assignee=ANNA, status="open")
    desk.write(ticket, BORIS, "An internal word", internal=True)
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP, expected=("404",))
    wait_until(page, lambda: page.evaluate("Boolean(localStorage.getItem('desk.kept'))"))
    runs(page, "later.js")
    wait_until(page, lambda: not ticket["unread"])
    desk.me = {**ANNA, "role": "customer"}
    desk.tickets.clear()
    desk.drop_sockets()
    expect(page.locator("[role=tab]")).to_have_count(0, timeout=15_000)
    expect(page.locator(".message")).to_have_count(0)
    assert "internal word" not in page.evaluate("JSON.stringify(localStorage)")


def test_the_same_role_goes_on_in_the_same_page(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    page = open_ticket_page(open_app, desk, ticket)
    runs(page, "later.js")
    page.evaluate("window.same = true")
    desk.drop_sockets()
    asks = [frame for frame in desk.frames if frame["type"] == "catch_up"]
    wait_until(page, lambda: len([one for one in desk.frames if one["type"] == "catch_up"]) > len(asks), seconds=15)
    page.wait_for_timeout(200)
    assert page.evaluate("window.same")
    assert texts(page) == ["Where is it?"]


@pytest.mark.parametrize("told", ["by the socket", "by the answer to a message"])
def test_a_ticket_that_left_ones_sight_unheard_closes(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_ticket_page(open_app, desk, ticket, viewport=DESKTOP, expected=("404",))
    runs(page, "later.js")
    wait_until(page, lambda: not ticket["unread"])  # it was read
    desk.tickets.pop(ticket["id"])
    if told == "by the socket":
        answer = desk._on_frame

        def refuse(socket: WebSocketRoute, frame: dict[str, Any]) -> None:
            if frame["type"] == "subscribe":
                refusal = {"type": "error", "code": "not_found", "message": "", "ticket": frame["ticket"]}
                socket.send(json.dumps(refusal))
            else:
                answer(socket, frame)

        monkeypatch.setattr(desk, "_on_frame", refuse)
        desk.drop_sockets()
    else:
        desk.fail("POST", r"tickets/[\w-]+/messages/", 404, code="not_found")
        write(page, "It comes")
    expect(page.locator(".composer")).to_have_count(0, timeout=15_000)
    expect(page.locator(".message")).to_have_count(0)
    expect(page.locator(".row")).to_have_count(0)
