"""What staff see of an answer's way to Telegram: why it did not arrive, in words, and a button to send it again."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenApp
from tests.browser.fake_answers import ANNA, BORIS, VERA
from tests.browser.fake_desk import FakeDesk
from tests.browser.views import open_ticket_page, states, wait_until
from tests.support.browser import browser_marks

pytestmark = browser_marks
RETRY = r"messages/[\w-]+/retry/"


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk(ANNA)


@pytest.fixture
def ticket(desk: FakeDesk) -> dict[str, Any]:
    return desk.open_ticket("The parcel has not arrived", status="open", assignee=ANNA)


def test_a_lost_answer_says_why_and_goes_out_again(open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]) -> None:
    message = desk.write(ticket, ANNA, "It comes tomorrow")
    page = open_ticket_page(open_app, desk, ticket)
    desk.deliver(message, "blocked", "blocked")
    line = page.locator(".delivery")
    expect(line).to_contain_text("Customer unreachable: The customer has blocked the bot.")
    line.get_by_role("button", name="Try again").click()
    wait_until(page, lambda: desk.calls("POST", RETRY))
    expect(line).to_be_hidden()
    assert states(page) == ["On its way to Telegram"]
    desk.deliver(message, "sent")
    expect(page.locator(".message.is-own .tick").last).to_have_attribute("aria-label", "Delivered")


def test_a_refused_retry_says_so_and_keeps_the_button(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    message = desk.write(ticket, ANNA, "It comes tomorrow")
    page = open_ticket_page(open_app, desk, ticket, expected=("409",))
    desk.deliver(message, "failed", "gave_up")
    desk.fail("POST", RETRY, 409, code="not_editable", message="This message can no longer be changed.")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#toasts")).to_have_text("This message can no longer be changed.")
    expect(page.get_by_role("button", name="Try again")).to_be_enabled()


def test_an_answer_that_may_have_come_twice_says_so_without_a_button(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    message = desk.write(ticket, ANNA, "It comes tomorrow")
    page = open_ticket_page(open_app, desk, ticket)
    desk.deliver(message, "sent", ambiguous=True)
    expect(page.locator(".delivery")).to_contain_text("Perhaps delivered twice")
    expect(page.get_by_role("button", name="Try again")).to_be_hidden()


def test_a_customer_sees_nothing_of_it(open_app: OpenApp) -> None:
    desk = FakeDesk(VERA)
    ticket = desk.open_ticket("The parcel has not arrived", status="open", assignee=ANNA)
    desk.write(ticket, ANNA, "It comes tomorrow")
    page = open_ticket_page(open_app, desk, ticket)
    expect(page.locator(".delivery")).to_be_hidden()


def test_it_is_seen_once_the_customer_has_opened_the_ticket(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any]
) -> None:
    message = desk.write(ticket, ANNA, "It comes tomorrow")
    page = open_ticket_page(open_app, desk, ticket)
    desk.deliver(message, "sent")
    expect(page.locator(".message.is-own .tick").last).to_have_attribute("aria-label", "Delivered")
    read = {"user": VERA, "sequence": message["sequence"]}
    desk.send({"type": "message_read", "ticket": ticket["id"], "data": read})
    expect(page.locator(".message.is-own .tick").last).to_have_attribute("aria-label", "Seen")


@pytest.mark.parametrize("way", ["writes", "reads"])
@pytest.mark.parametrize(
    ("state", "ambiguous", "words"),
    [
        ("queued", False, "On its way to Telegram"),
        ("failed", False, "Not delivered to Telegram"),
        ("blocked", False, "Customer unreachable"),
        ("sent", True, "Perhaps delivered twice: an answer of Telegram was lost"),
    ],
    ids=["queued", "failed", "blocked", "ambiguous"],
)
def test_what_did_not_surely_arrive_is_not_called_seen_though_the_customer_reads_or_writes(
    open_app: OpenApp, desk: FakeDesk, ticket: dict[str, Any], state: str, ambiguous: bool, words: str, way: str
) -> None:
    arrived = desk.write(ticket, ANNA, "We look after it")
    answer = desk.write(ticket, ANNA, "It comes tomorrow")
    page = open_ticket_page(open_app, desk, ticket)
    desk.deliver(arrived, "sent")
    desk.deliver(answer, state, ambiguous=ambiguous)
    wait_until(page, lambda: states(page) == ["Delivered", words])
    if way == "writes":
        desk.write(ticket, VERA, "Hello?")
    else:
        read = {"user": VERA, "sequence": answer["sequence"]}
        desk.send({"type": "message_read", "ticket": ticket["id"], "data": read})
    wait_until(page, lambda: states(page)[0] == "Seen")  # which had arrived
    assert states(page) == ["Seen", words]
    desk.deliver(answer, state, ambiguous=ambiguous, seen_at="2026-01-01T10:00:00Z")  # as a new page is told
    desk.write(ticket, BORIS, "I call them")
    wait_until(page, lambda: states(page) == ["Seen", words, "Sent"])
    desk.deliver(answer, "sent")
    wait_until(page, lambda: states(page) == ["Seen", "Seen", "Sent"])
